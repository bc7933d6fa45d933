// The console's lines, cut from what the processes wrote, safe to show whatever the bytes were.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/session/ui_selection.h"
#include "core/timeline/model.h"

namespace forklight::app::panels {

struct ConsoleRow {
  std::int64_t time_ns;
  timeline::TaskId task;
  int stream;
  bool first;        // of its write: time and name stand beside it
  std::string text;  // printable UTF-8
};

class ConsoleRows {
 public:
  // Takes up what a model has gained since the last call; begins anew if it is another run.
  void update(const timeline::Model& model);
  [[nodiscard]] const std::vector<ConsoleRow>& rows() const noexcept { return rows_; }
  // Whether update() brought something new: whoever reads the end wants to see it.
  [[nodiscard]] bool grew() const noexcept { return grew_; }
  session::Selection shown;  // that the reader was last brought to

 private:
  void add(const timeline::ConsoleLine& write);

  std::vector<ConsoleRow> rows_;
  std::size_t taken_ = 0;
  std::int64_t last_time_ns_ = 0;
  bool grew_ = false;
  bool open_ = false;  // the last row has had no newline yet
};

// Bytes as printable UTF-8: what is no character or a control character is spelt \xNN, a tab becomes spaces.
[[nodiscard]] std::string printable(std::string_view bytes);

}  // namespace forklight::app::panels
