#include "core/process/args.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/process/facts.h"

namespace forklight::process {

Departure& Departure::part(const void* part) {
  fields_.push_back(part != nullptr ? region_->offset_of(part) : 0);
  return *this;
}

Departure& Departure::descriptor(int fd) {
  if (fd < 0) return number(-1);
  const auto known = std::find(descriptors_.begin(), descriptors_.end(), fd);
  const auto index = known - descriptors_.begin();
  if (known == descriptors_.end()) descriptors_.push_back(fd);
  return number(index);
}

Departure& Departure::semaphores(trace::StartMethod made_under) {
  if (made_under == trace::StartMethod::fork && method_ != trace::StartMethod::fork) throw PythonError(Fact::S_32);
  return number(made_under);
}

const nlohmann::json& Arrival::next() { return fields_->at(place_++); }

int Arrival::descriptor() {
  const auto index = number<std::int64_t>();
  if (index < 0) return -1;
  return descriptors_[static_cast<std::size_t>(index)];
}

std::map<std::pair<std::uint32_t, std::uint32_t>, std::shared_ptr<void>>& Arrival::arrived() {
  static std::map<std::pair<std::uint32_t, std::uint32_t>, std::shared_ptr<void>> handles;
  return handles;
}

std::string_view type_name(const nlohmann::json& value) noexcept {
  switch (value.type()) {
    case nlohmann::json::value_t::null:
      return "NoneType";
    case nlohmann::json::value_t::boolean:
      return "bool";
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
      return "int";
    case nlohmann::json::value_t::number_float:
      return "float";
    case nlohmann::json::value_t::string:
      return "str";
    case nlohmann::json::value_t::binary:
      return "bytes";
    case nlohmann::json::value_t::array:
      return "list";
    default:
      return "dict";
  }
}

bool truth(const nlohmann::json& value) noexcept {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value.get<double>() != 0;
  if (value.is_string()) return !value.get_ref<const std::string&>().empty();
  return !value.empty();
}

Args Args::of(const nlohmann::json& iterable) {
  Args args;
  if (iterable.is_string()) {
    const auto& text = iterable.get_ref<const std::string&>();
    for (std::size_t begin = 0, end; begin < text.size(); begin = end) {
      end = begin + 1;
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;  // the rest of a character
      args.list_.emplace_back(text.substr(begin, end - begin));
    }
  } else if (iterable.is_array()) {
    for (const auto& value : iterable) args.list_.emplace_back(value);
  } else if (iterable.is_object()) {
    for (const auto& [key, value] : iterable.items()) args.list_.emplace_back(key);
  } else {
    throw PythonError("TypeError", fmt::format("'{}' object is not iterable", type_name(iterable)));
  }
  return args;
}

Args Args::from(std::size_t index) const {
  Args rest = *this;
  rest.list_.erase(rest.list_.begin(), rest.list_.begin() + static_cast<std::ptrdiff_t>(std::min(index, list_.size())));
  return rest;
}

nlohmann::json Args::depart(Departure& out) const {
  auto parts = nlohmann::json::array();
  for (const Arg& arg : list_) {
    if (arg.unloadable_ != nullptr) {
      parts.push_back({{"raises", {arg.unloadable_->type, arg.unloadable_->message}}});
    } else if (arg.object_ == nullptr) {
      parts.push_back({{"value", arg.value_}});
    } else {
      arg.depart_(arg.object_.get(), out);
      parts.push_back({{"shared", out.take_fields()}});
    }
  }
  return parts;
}

Args Args::arrive(const trace::Region& region, const nlohmann::json& parts, std::vector<int> descriptors) {
  Args args;
  args.region_ = &region;
  args.descriptors_ = std::make_shared<const std::vector<int>>(std::move(descriptors));
  for (const auto& part : parts) {
    if (part.contains("raises")) throw PythonError(part.at("raises").at(0).get<std::string>(), part.at("raises").at(1).get<std::string>());
  }
  for (const auto& part : parts) args.list_.emplace_back(part.contains("shared") ? part.at("shared") : part.at("value"));
  return args;
}

}  // namespace forklight::process
