// The texts: both languages complete, every key that the sources name there, numbers as a person reads them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/session/command.h"

namespace {

using namespace forklight::app;
using i18n::Language;

// The {fields} of a text.
std::set<std::string> fields(const std::string& text) {
  static const std::regex field("\\{([a-z_]+)[^}]*\\}");
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), field), end; at != end; ++at) found.insert((*at)[1]);
  return found;
}

std::string in(Language language, std::string_view key) {
  i18n::set_language(language);
  std::string text = i18n::tr(key);
  i18n::set_language(Language::english);
  return text;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("i18n: both languages have the same keys") {
  const auto english = i18n::keys(Language::english);
  const auto chinese = i18n::keys(Language::chinese);
  REQUIRE(english.size() > 100);
  std::vector<std::string_view> only_one;
  std::set_symmetric_difference(english.begin(), english.end(), chinese.begin(), chinese.end(),
                                std::back_inserter(only_one));
  for (const std::string_view key : only_one) FAIL_CHECK("only in one language: " << std::string(key));
}

TEST_CASE("i18n: a text has the same fields in both languages") {
  for (const std::string_view key : i18n::keys(Language::english)) {
    CAPTURE(std::string(key));
    CHECK(fields(in(Language::english, key)) == fields(in(Language::chinese, key)));
  }
}

TEST_CASE("i18n: no text is empty") {
  for (const std::string_view key : i18n::keys(Language::english)) {
    if (key == "inspector.joint") continue;  // between two sentences; nothing in Chinese
    CAPTURE(std::string(key));
    CHECK_FALSE(in(Language::english, key).empty());
    CHECK_FALSE(in(Language::chinese, key).empty());
  }
}

TEST_CASE("i18n: every key that the sources name exists") {
  static const std::regex call("\\btr\\(\\s*\"([a-z0-9_.-]+)\"");
  int seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(SOURCE_DIR) / "app")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
      if ((*at)[1].str().ends_with('.')) continue;  // the rest of the key is put together at run time
      CAPTURE(entry.path().filename().string());
      CAPTURE((*at)[1].str());
      CHECK(i18n::has((*at)[1].str()));
      ++seen;
    }
  }
  CHECK(seen > 50);
}

TEST_CASE("i18n: what the engine says of the learner's acts comes in both languages") {
  std::string sources = read(std::filesystem::path(SOURCE_DIR) / "core/supervisor/learner.cpp") + read(std::filesystem::path(SOURCE_DIR) / "core/supervisor/engine.cpp");
  int seen = 0;
  for (const std::string_view key : i18n::keys(Language::english)) {
    if (!key.starts_with("engine: ")) continue;
    const std::string sentence(key.substr(8));
    CAPTURE(sentence);
    CHECK(in(Language::english, key) == sentence);
    CHECK(in(Language::chinese, key) != sentence);
    // What the engine no longer says needs no translation. The number is put together at run time.
    CHECK((sources.find(sentence) != std::string::npos || sentence.find("4000") != std::string::npos));
    ++seen;
  }
  static const std::regex refusal("(?:return|answer =) \"([A-Z][^\"]+\\.)\";");
  const std::string learner = read(std::filesystem::path(SOURCE_DIR) / "core/supervisor/learner.cpp");
  for (std::sregex_iterator at(learner.begin(), learner.end(), refusal), end; at != end; ++at) {
    CAPTURE((*at)[1].str());
    CHECK(i18n::has("engine: " + (*at)[1].str()));
  }
  CHECK(seen > 10);
}

TEST_CASE("i18n: every command has a title in both languages") {
  for (const session::Command& command : session::commands()) {
    const std::string key = "command." + std::string(command.id);
    CAPTURE(key);
    CHECK(in(Language::english, key) != key);
    CHECK(in(Language::chinese, key) != key);
  }
}

TEST_CASE("i18n: a missing key shows itself, a missing field does no harm") {
  CHECK(std::string(i18n::tr("no.such.key")) == "no.such.key");
  CHECK(i18n::tr("status.events", fmt::arg("wrong", 1)) == std::string(i18n::tr("status.events")));
}

TEST_CASE("i18n: the language comes from a locale's tag") {
  CHECK(i18n::language_for("zh_CN.UTF-8") == Language::chinese);
  CHECK(i18n::language_for("zh") == Language::chinese);
  CHECK(i18n::language_for("en_GB.UTF-8") == Language::english);
  CHECK(i18n::language_for("C") == Language::english);
  CHECK(i18n::language_for("") == Language::english);
}

TEST_CASE("i18n: counts have separators") {
  CHECK(i18n::format_count(0) == "0");
  CHECK(i18n::format_count(999) == "999");
  CHECK(i18n::format_count(1204) == "1,204");
  CHECK(i18n::format_count(12'345'678) == "12,345,678");
}

TEST_CASE("i18n: durations have a unit that fits") {
  CHECK(i18n::format_duration(0) == "0");
  CHECK(i18n::format_duration(812) == "812 ns");
  CHECK(i18n::format_duration(12'340) == "12.3 µs");
  CHECK(i18n::format_duration(1'204'000) == "1.204 ms");
  CHECK(i18n::format_duration(999'970) == "1.000 ms");
  CHECK(i18n::format_duration(999'970'000) == "1.00 s");
  CHECK(i18n::format_duration(3'020'000'000) == "3.02 s");
  CHECK(i18n::format_duration(59'999'000'000) == "1 min 00 s");
  CHECK(i18n::format_duration(125'000'000'000) == "2 min 05 s");
  CHECK(i18n::format_duration(-1'204'000) == "−1.204 ms");
  CHECK_FALSE(i18n::format_duration(INT64_MIN).empty());
}

TEST_CASE("i18n: exit codes and signals") {
  CHECK(i18n::format_exit_code(0) == "0");
  CHECK(i18n::format_exit_code(-15) == "−15");
  CHECK(i18n::signal_name(15) == "SIGTERM");
  CHECK(i18n::signal_name(9) == "SIGKILL");
  CHECK(i18n::signal_name(40) == "signal 40");
}
