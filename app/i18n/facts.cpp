#include "app/i18n/facts.h"

#include <algorithm>

#include "app/i18n/i18n.h"
#include "core/base/json.h"
#include "assets/texts.h"

namespace forklight::app::i18n {
namespace {

std::vector<std::string> strings(const nlohmann::json& entry, const char* key) {
  const auto found = entry.find(key);
  return found == entry.end() ? std::vector<std::string>() : found->get<std::vector<std::string>>();
}

// A damaged file has no facts, and a test says so.
std::vector<Fact> read_facts() {
  std::vector<Fact> all;
  const nlohmann::json json = nlohmann::json::parse(assets::assets_facts_json, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return all;
  for (const nlohmann::json& entry : json)
    all.push_back({entry.value("id", ""), entry.value("since", ""), entry.value("until", ""), strings(entry, "proof"), strings(entry, "lessons")});
  return all;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_word(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Of a number that begins there, 0 if none does: a part's letter, then two digits after a dash or one after a dot.
std::size_t length_of_number(std::string_view text) noexcept {
  constexpr std::string_view kParts = "PSQIELGM";
  if (text.size() < 3 || kParts.find(text[0]) == std::string_view::npos || (text[1] != '-' && text[1] != '.')) return 0;
  const std::size_t length = text[1] == '-' ? 4 : 3;
  if (text.size() < length || !std::all_of(text.begin() + 2, text.begin() + static_cast<std::ptrdiff_t>(length), is_digit)) return 0;
  return text.size() > length && is_word(text[length]) ? 0 : length;
}

}  // namespace

std::span<const Fact> facts() {
  static const std::vector<Fact> all = read_facts();
  return all;
}

const Fact* find_fact(std::string_view number) {
  const auto all = facts();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Fact& fact) { return fact.number == number; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string_view> cited(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at > 0 && is_word(text[at - 1])) continue;
    if (const std::size_t length = length_of_number(text.substr(at))) found.push_back(text.substr(at, length));
  }
  return found;
}

std::string fact_versions(const Fact& fact) {
  if (fact.since.empty() && fact.until.empty()) return tr("fact.python.all");
  if (fact.until.empty()) return tr("fact.python.from", fmt::arg("since", fact.since));
  return tr("fact.python.until", fmt::arg("since", fact.since), fmt::arg("until", fact.until));
}

std::string fact_proof(const Fact& fact) {
  std::string text, versions;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : tr("fact.joint")) + more; };
  for (const std::string& one : fact.proof) {
    if (one == "source")
      add(tr("fact.found.source"));
    else if (one == "docs")
      add(tr("fact.found.docs"));
    else
      versions += (versions.empty() ? "" : tr("fact.comma")) + one;
  }
  if (!versions.empty()) add(tr("fact.found.run", fmt::arg("versions", versions)));
  return text;
}

}  // namespace forklight::app::i18n
