// nlohmann::json, its templates made once (json.cpp) and not in every file that includes it.
#pragma once

#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<>;
// What the literal _json reads with; the header instantiates it whether anybody writes one or not.
extern template class nlohmann::detail::parser<nlohmann::json, nlohmann::detail::iterator_input_adapter<const char*>>;
extern template nlohmann::json nlohmann::json::parse<const char*>(const char*, const char*, nlohmann::json::parser_callback_t, bool, bool);
