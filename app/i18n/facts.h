// The facts about CPython that the window cites by their numbers ("G.2", "L-21"): for which versions each holds, and how it is known
// (assets/facts.json). What it says is a text like others: fact.NUMBER.title, fact.NUMBER.text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forklight::app::i18n {

struct Fact {
  std::string number;
  std::string since, until;          // Python versions, both included; "" = no bound
  std::vector<std::string> proof;    // versions that it was run on; "source": read there; "docs": said there, and not run
  std::vector<std::string> lessons;  // ids of scenarios that show it
};

// All of them, in order.
[[nodiscard]] std::span<const Fact> facts();
// nullptr if there is no such fact.
[[nodiscard]] const Fact* find_fact(std::string_view number);

// Whatever looks like a fact's number in a text, as parts of it, in order; whether there is such a fact or not.
[[nodiscard]] std::vector<std::string_view> cited(std::string_view text);

// "3.2 and later".
[[nodiscard]] std::string fact_versions(const Fact& fact);
// "read in CPython's source; run on Python 3.11, 3.14".
[[nodiscard]] std::string fact_proof(const Fact& fact);

}  // namespace forklight::app::i18n
