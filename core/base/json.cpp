#include "core/base/json.h"

template class nlohmann::basic_json<>;
template class nlohmann::detail::parser<nlohmann::json, nlohmann::detail::iterator_input_adapter<const char*>>;
template nlohmann::json nlohmann::json::parse<const char*>(const char*, const char*, nlohmann::json::parser_callback_t, bool, bool);
