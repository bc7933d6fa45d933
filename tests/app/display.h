// A display of the test's own: Xvfb with Mesa's software GL, and a hand on keyboard and mouse.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace forklight::tests {

class Display {
 public:
  // Starts Xvfb on a free display and points DISPLAY at it. Fails the test if there is none within 20 s.
  Display(int width, int height);
  ~Display();
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  // Starts xdotool with these words ("key space"), and returns at once: the window under test must go on drawing.
  void type(const std::vector<std::string>& words);
  // Whether everything typed has been sent.
  [[nodiscard]] bool typed();

 private:
  pid_t server_ = -1;
  std::vector<pid_t> typing_;
};

// A picture as the program saved it.
struct Picture {
  int width = 0, height = 0;
  std::vector<unsigned char> bgra;
  // 0xRRGGBB
  [[nodiscard]] unsigned at(int x, int y) const;
};
[[nodiscard]] Picture read_png(const std::string& file);

}  // namespace forklight::tests
