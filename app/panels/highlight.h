// Light syntax colouring of the code pane: enough to read by, no parser.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace forklight::app::panels {

enum class CodeLanguage : std::uint8_t { python, cpp };
enum class TokenKind : std::uint8_t { text, keyword, string, number, comment };

struct Token {
  std::uint32_t begin, end;  // bytes of the line
  TokenKind kind;
};

struct CodeLine {
  std::string_view text;  // points into the program
  std::vector<Token> tokens;
};

// Cuts a program into lines and colours them; strings and comments may run over several.
[[nodiscard]] std::vector<CodeLine> highlight(std::string_view program, CodeLanguage language);

}  // namespace forklight::app::panels
