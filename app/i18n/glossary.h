// The glossary: every term that the window uses, in one or two sentences, with the facts behind it (assets/glossary.json). Its texts are
// glossary.ID.name, .text and .words: the forms in which it comes up in texts, a bar between them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forklight::app::i18n {

struct Term {
  std::string id;
  std::vector<std::string> facts;  // numbers
};

// All of them, in order.
[[nodiscard]] std::span<const Term> terms();
// nullptr if there is no such term.
[[nodiscard]] const Term* find_term(std::string_view id);

[[nodiscard]] std::string term_name(const Term& term);
// What it means, and behind it the numbers of its facts.
[[nodiscard]] std::string term_text(const Term& term);

struct FoundTerm {
  const Term* term;
  std::string_view words;  // a part of the text
};
// The terms in a text in the language that is shown, in order: whole words, the longest where several fit, each term where it comes up first.
[[nodiscard]] std::vector<FoundTerm> terms_in(std::string_view text);

}  // namespace forklight::app::i18n
