#include "app/session/palette.h"

#include <algorithm>
#include <array>

#include "app/i18n/i18n.h"
#include "core/scenario/scenario.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

// They say nothing without being told of what, or are about what is open just now.
constexpr std::array<std::string_view, 32> kNotOffered = {
    "pace.rate",      "set",           "select",     "scenario",   "gil.interval", "compare.run",        "measured.round",      "measured.moment",
    "object.put",     "object.set",    "object.clear", "object.close.first", "object.close.second", "palette", "clear", "dismiss", "menu",
    "predict.answer", "predict.show", "predict.close", "find.close", "note.go", "note.edit", "note.remove", "note.keep", "tour.next", "tour.back",
    "tour.end", "cause", "quiz.answer", "quiz.next", "quiz.show"};

constexpr int kLetter = 4, kBeginOfWord = 6, kSideBySide = 5;
constexpr int kOfId = 6;  // less than a title

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }
bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }
bool is_separator(char byte) { return byte == ' ' || byte == '.' || byte == '-' || byte == '_' || byte == ',' || byte == ':' || byte == '('; }

// The bytes of the character that begins at `at`.
std::size_t character(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_continuation(text[end])) ++end;
  return end - at;
}

bool same(std::string_view x, std::string_view y) {
  return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

// One word, from some place of the text on.
std::optional<int> score_from(std::string_view word, std::string_view text, std::size_t from) {
  int score = 0;
  std::size_t at = from, last_end = std::string_view::npos;
  for (std::size_t typed = 0; typed < word.size();) {
    const std::string_view letter = word.substr(typed, character(word, typed));
    while (at < text.size() && !same(text.substr(at, character(text, at)), letter)) at += character(text, at);
    if (at >= text.size()) return std::nullopt;
    score += kLetter;
    if (at == 0 || is_separator(text[at - 1])) score += kBeginOfWord;
    if (at == last_end) score += kSideBySide;
    at += letter.size();
    last_end = at;
    typed += letter.size();
  }
  return score;
}

}  // namespace

std::optional<int> fuzzy_score(std::string_view typed, std::string_view text) {
  int score = -static_cast<int>(text.size()) / 8;
  while (!typed.empty()) {
    const std::size_t end = std::min(typed.find(' '), typed.size());
    const std::string_view word = typed.substr(0, end);
    typed.remove_prefix(std::min(end + 1, typed.size()));
    if (word.empty()) continue;
    std::optional<int> best;  // the first place that fits need not be the best one
    for (std::size_t from = 0; from < text.size(); from += character(text, from)) best = std::max(best, score_from(word, text, from));
    if (!best) return std::nullopt;
    score += *best;
  }
  return score;
}

std::vector<PaletteEntry> palette_entries(const Context& context, std::string_view typed) {
  struct Found {
    PaletteEntry entry;
    int score;
  };
  std::vector<Found> found;
  const auto consider = [&](PaletteEntry entry, std::string_view id) {
    const auto by_title = fuzzy_score(typed, entry.title), by_id = fuzzy_score(typed, id);
    const auto score = std::max(by_title, by_id ? std::optional(*by_id - kOfId) : std::nullopt);
    if (score) found.push_back({std::move(entry), *score});
  };
  for (const Command& command : commands()) {
    const bool offered = std::find(kNotOffered.begin(), kNotOffered.end(), command.id) == kNotOffered.end();
    if (offered && command.enabled(context)) consider({command.id, {}, tr("command." + std::string(command.id)), to_string(command.shortcut)}, command.id);
  }
  for (const scenario::Scenario* scenario : scenario::all()) {
    const std::string id(scenario->id);
    consider({"scenario", id, tr("palette.scenario", fmt::arg("title", tr("scenario." + id + ".title"))), {}}, id);
  }
  if (!typed.empty()) std::stable_sort(found.begin(), found.end(), [](const Found& x, const Found& y) { return x.score > y.score; });
  std::vector<PaletteEntry> entries;
  for (Found& one : found) entries.push_back(std::move(one.entry));
  return entries;
}

}  // namespace forklight::app::session
