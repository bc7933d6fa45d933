#include "app/i18n/i18n.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "assets/texts.h"

#include "core/base/json.h"

namespace forklight::app::i18n {
namespace {

using Table = std::map<std::string, std::string, std::less<>>;

constexpr std::array<std::string_view, 2> kFolders = {"assets/i18n/en/", "assets/i18n/zh-CN/"};

Language& current() noexcept {
  static Language language = Language::english;
  return language;
}

// Every file of a language's folder, merged. A damaged file contributes nothing: its keys show up as themselves, and a
// test says so.
Table read(std::string_view folder) {
  Table table;
  for (const assets::File& file : assets::kFiles) {
    if (!file.path.starts_with(folder)) continue;
    const nlohmann::json json = nlohmann::json::parse(file.text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) continue;
    for (const auto& [key, value] : json.items())
      if (value.is_string()) table.emplace(key, value.get<std::string>());
  }
  return table;
}

const Table& table(Language language) {
  static const std::array<Table, 2> tables = {read(kFolders[0]), read(kFolders[1])};
  return tables[static_cast<std::size_t>(language)];
}

// A key that no language has is shown as it is; the copies live as long as the program, as tr() promises.
const char* keep(std::string_view key) {
  static std::set<std::string, std::less<>> kept;
  return kept.emplace(key).first->c_str();
}

}  // namespace

void set_language(Language language) noexcept {
  current() = language;
}

Language language() noexcept {
  return current();
}

Language language_for(std::string_view tag) noexcept {
  return tag.starts_with("zh") || tag.starts_with("ZH") ? Language::chinese : Language::english;
}

const char* tr(std::string_view key) noexcept {
  for (const Language wanted : {language(), Language::english}) {
    const Table& texts = table(wanted);
    if (const auto found = texts.find(key); found != texts.end()) return found->second.c_str();
  }
  return keep(key);
}

bool has(std::string_view key) noexcept {
  return table(language()).contains(key) || table(Language::english).contains(key);
}

std::string engine_words(const std::string& sentence) {
  const std::string key = "engine: " + sentence;
  return has(key) ? tr(key) : sentence;
}

std::vector<std::string_view> keys(Language language) {
  std::vector<std::string_view> result;
  for (const auto& [key, text] : table(language)) result.push_back(key);
  return result;
}

std::string all_text(Language language) {
  std::string result;
  for (const auto& [key, text] : table(language)) result += text;
  return result;
}

}  // namespace forklight::app::i18n
