#include "app/panels/highlight.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace forklight::app::panels {
namespace {

constexpr std::array<std::string_view, 35> kPython = {
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
constexpr std::array<std::string_view, 46> kCpp = {
    "auto",      "bool",     "break",       "case",     "catch",   "char",     "class",  "const",
    "constexpr", "continue", "default",     "do",       "double",  "else",     "enum",   "explicit",
    "false",     "float",    "for",         "if",       "inline",  "int",      "long",   "namespace",
    "noexcept",  "nullptr",  "operator",    "override", "private", "public",   "return", "short",
    "sizeof",    "static",   "static_cast", "struct",   "switch",  "template", "this",   "throw",
    "true",      "try",      "typename",    "using",    "void",    "while"};

bool word_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool word_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

class Scanner {
 public:
  explicit Scanner(CodeLanguage language) : language_(language) {}

  CodeLine scan(std::string_view line) {
    CodeLine result{line, {}};
    std::size_t at = 0;
    while (at < line.size()) {
      const std::size_t begin = at;
      const TokenKind kind = next(line, at);
      at = std::max(at, begin + 1);
      if (!result.tokens.empty() && result.tokens.back().kind == kind)
        result.tokens.back().end = static_cast<std::uint32_t>(at);
      else
        result.tokens.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at), kind});
    }
    return result;
  }

 private:
  TokenKind next(std::string_view line, std::size_t& at) {
    if (!open_.empty()) return finish(line, at);
    const std::string_view rest = line.substr(at);
    const bool python = language_ == CodeLanguage::python;
    if (rest.starts_with(python ? "#" : "//")) {
      at = line.size();
      return TokenKind::comment;
    }
    if (!python && rest.starts_with("/*")) return begin_open(line, at, 2, "*/", TokenKind::comment);
    if (python && (rest.starts_with("\"\"\"") || rest.starts_with("'''")))
      return begin_open(line, at, 3, rest.substr(0, 3), TokenKind::string);
    if (!python && rest.starts_with("R\"")) {
      const auto bracket = rest.find('(');
      if (bracket != std::string_view::npos)
        return begin_open(line, at, bracket + 1, fmt::format("){}\"", rest.substr(2, bracket - 2)), TokenKind::string);
    }
    const char c = rest.front();
    if (c == '"' || c == '\'') return quoted(line, at);
    if (word_start(c)) return word(line, at);
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      while (at < line.size() && (word_part(line[at]) || line[at] == '.' || line[at] == '\'')) ++at;
      return TokenKind::number;
    }
    ++at;
    return TokenKind::text;
  }

  TokenKind begin_open(std::string_view line, std::size_t& at, std::size_t skip, std::string_view end, TokenKind kind) {
    at += skip;
    open_ = end;
    open_kind_ = kind;
    return finish(line, at);
  }

  TokenKind finish(std::string_view line, std::size_t& at) {
    const auto end = line.find(open_, at);
    if (end == std::string_view::npos) {
      at = line.size();
    } else {
      at = end + open_.size();
      open_.clear();
    }
    return open_kind_;
  }

  static TokenKind quoted(std::string_view line, std::size_t& at) {
    const char quote = line[at++];
    while (at < line.size() && line[at] != quote) at += line[at] == '\\' ? 2 : 1;
    at = std::min(at + 1, line.size());
    return TokenKind::string;
  }

  TokenKind word(std::string_view line, std::size_t& at) {
    const std::size_t begin = at;
    while (at < line.size() && word_part(line[at])) ++at;
    const std::string_view name = line.substr(begin, at - begin);
    // f"…", rb'…': the prefix belongs to the string.
    if (language_ == CodeLanguage::python && name.size() <= 2 && at < line.size() &&
        (line[at] == '"' || line[at] == '\'') && name.find_first_not_of("fFrRbBuU") == std::string_view::npos)
      return TokenKind::string;
    const bool known = language_ == CodeLanguage::python
                           ? std::find(kPython.begin(), kPython.end(), name) != kPython.end()
                           : std::find(kCpp.begin(), kCpp.end(), name) != kCpp.end();
    return known ? TokenKind::keyword : TokenKind::text;
  }

  CodeLanguage language_;
  std::string open_;  // what ends the string or comment that runs over lines, "" = none
  TokenKind open_kind_ = TokenKind::string;
};

}  // namespace

std::vector<CodeLine> highlight(std::string_view program, CodeLanguage language) {
  std::vector<CodeLine> lines;
  Scanner scanner(language);
  while (!program.empty()) {
    const auto end = program.find('\n');
    std::string_view line = program.substr(0, end);
    program.remove_prefix(end == std::string_view::npos ? program.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(scanner.scan(line));
  }
  return lines;
}

}  // namespace forklight::app::panels
