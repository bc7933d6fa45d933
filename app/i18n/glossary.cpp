#include "app/i18n/glossary.h"

#include <algorithm>
#include <array>

#include "app/i18n/i18n.h"
#include "core/base/json.h"
#include "assets/texts.h"

namespace forklight::app::i18n {
namespace {

// A damaged file has no terms, and a test says so.
std::vector<Term> read_terms() {
  std::vector<Term> all;
  const nlohmann::json json = nlohmann::json::parse(assets::assets_glossary_json, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return all;
  for (const nlohmann::json& entry : json) all.push_back({entry.value("id", ""), entry.value("facts", std::vector<std::string>())});
  return all;
}

// A form of a term, as it is looked for.
struct Form {
  std::string words;
  const Term* term;
};

// By first byte, the longest first, so that "feeder thread" is found before "feeder".
using Forms = std::array<std::vector<Form>, 256>;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

const Forms& forms() {
  static std::array<Forms, 2> tables = [] {
    std::array<Forms, 2> both;
    const Language shown = language();
    for (const Language one : {Language::english, Language::chinese}) {
      set_language(one);
      Forms& table = both[static_cast<std::size_t>(one)];
      for (const Term& term : terms()) {
        const std::string words = tr("glossary." + term.id + ".words");
        for (std::size_t from = 0; from <= words.size();) {
          const std::size_t end = std::min(words.find('|', from), words.size());
          if (end > from) table[static_cast<unsigned char>(lower(words[from]))].push_back({words.substr(from, end - from), &term});
          from = end + 1;
        }
      }
      for (auto& list : table) std::stable_sort(list.begin(), list.end(), [](const Form& x, const Form& y) { return x.words.size() > y.words.size(); });
    }
    set_language(shown);
    return both;
  }();
  return tables[static_cast<std::size_t>(language())];
}

bool is_of_word(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Whether a form stands there: the first letter may be a capital one at a sentence's begin, and no word goes on before or behind it.
bool stands_at(std::string_view text, std::size_t at, std::string_view words) noexcept {
  if (text.size() - at < words.size()) return false;
  const char first = text[at];
  const bool sentence = lower(first) == words[0] && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\n');
  if (first != words[0] && !sentence) return false;
  if (text.substr(at + 1, words.size() - 1) != words.substr(1)) return false;
  const std::size_t end = at + words.size();
  if (is_of_word(words.front()) && at > 0 && (is_of_word(text[at - 1]) || text[at - 1] == '.' || text[at - 1] == '-')) return false;
  if (!is_of_word(words.back()) || end >= text.size()) return true;
  if (is_of_word(text[end]) || text[end] == '(') return false;  // "join(": a call of the program's
  const bool goes_on = text[end] == '-' || text[end] == '.';  // "Process-1" is a name, "queue.put" is of the program
  return !goes_on || end + 1 >= text.size() || !is_of_word(text[end + 1]);
}

}  // namespace

std::span<const Term> terms() {
  static const std::vector<Term> all = read_terms();
  return all;
}

const Term* find_term(std::string_view id) {
  const auto all = terms();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Term& term) { return term.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string term_name(const Term& term) { return tr("glossary." + term.id + ".name"); }

std::string term_text(const Term& term) {
  std::string text = tr("glossary." + term.id + ".text"), numbers;
  for (const std::string& number : term.facts) numbers += (numbers.empty() ? "" : tr("fact.comma")) + number;
  return numbers.empty() ? text : text + tr("predict.fact", fmt::arg("number", numbers));
}

std::vector<FoundTerm> terms_in(std::string_view text) {
  std::vector<FoundTerm> found;
  const Forms& table = forms();
  for (std::size_t at = 0; at < text.size();) {
    const auto& list = table[static_cast<unsigned char>(lower(text[at]))];
    const auto form = std::find_if(list.begin(), list.end(), [&](const Form& one) { return stands_at(text, at, one.words); });
    if (form == list.end()) {
      ++at;
      continue;
    }
    const auto is_same = [&](const FoundTerm& one) { return one.term == form->term; };
    if (std::none_of(found.begin(), found.end(), is_same)) found.push_back({form->term, text.substr(at, form->words.size())});
    at += form->words.size();
  }
  return found;
}

}  // namespace forklight::app::i18n
