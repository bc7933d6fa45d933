// Every text a person reads, by key, in the language of the moment (assets/i18n/*.json, built into the program).
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forklight::app::i18n {

enum class Language { english, chinese };  // en, zh-CN

void set_language(Language language) noexcept;
[[nodiscard]] Language language() noexcept;
// From a tag such as "zh_CN.UTF-8" (LANG): Chinese for zh*, else English.
[[nodiscard]] Language language_for(std::string_view tag) noexcept;

// The text of a key; English where the language has none; the key itself where no language has it. Zero-terminated, lives for ever.
[[nodiscard]] const char* tr(std::string_view key) noexcept;
[[nodiscard]] bool has(std::string_view key) noexcept;
// A sentence of the engine's, which speaks English, in the language that is shown; as it came where there is none for it (engine.json).
[[nodiscard]] std::string engine_words(const std::string& sentence);

// tr(key) with {name} fields: tr("inspector.ended", fmt::arg("name", …)). A faulty text comes back unformatted.
template <typename... Args>
[[nodiscard]] std::string tr(std::string_view key, const Args&... args) {
  try {
    return fmt::format(fmt::runtime(tr(key)), args...);
  } catch (const fmt::format_error&) {
    return tr(key);
  }
}

// All keys of a language, sorted: for the test that compares the sets, and for the glyphs that the fonts need.
[[nodiscard]] std::vector<std::string_view> keys(Language language);
[[nodiscard]] std::string all_text(Language language);

}  // namespace forklight::app::i18n
