#include "tests/app/display.h"

#include <cairo.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "core/base/posix_call.h"
#include "tests/support/processes.h"

extern char** environ;

namespace forklight::tests {
namespace {

pid_t start(std::vector<std::string> words, int display_fd = -1) {
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int fd : {1, 2}) ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
  if (display_fd >= 0) ::posix_spawn_file_actions_adddup2(&actions, display_fd, 3);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  REQUIRE_MESSAGE(error == 0, words[0]);
  return pid;
}

}  // namespace

Display::Display(int width, int height) {
  base::Pipe number = base::make_pipe();
  const std::string screen = std::to_string(width) + "x" + std::to_string(height) + "x24";
  server_ = start({"Xvfb", "-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp", "-noreset"}, number.write.get());
  number.write.reset();
  pollfd ready{number.read.get(), POLLIN, 0};
  REQUIRE(::poll(&ready, 1, 20'000) == 1);
  char text[16] = {};
  REQUIRE(::read(number.read.get(), text, sizeof text - 1) > 0);
  ::setenv("DISPLAY", (":" + std::to_string(std::atoi(text))).c_str(), 1);
  // The number comes a moment before the first client is served.
  REQUIRE(wait_until([] {
    int status = 1;
    ::waitpid(start({"xdotool", "getmouselocation"}), &status, 0);
    return status == 0;
  }));
  ::setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
  ::unsetenv("WAYLAND_DISPLAY");
}

Display::~Display() {
  for (const pid_t pid : typing_) ::waitpid(pid, nullptr, 0);
  if (server_ > 0) {
    ::kill(server_, SIGTERM);
    ::waitpid(server_, nullptr, 0);
  }
}

void Display::type(const std::vector<std::string>& words) {
  std::vector<std::string> arguments = {"xdotool"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  typing_.push_back(start(std::move(arguments)));
}

bool Display::typed() {
  std::erase_if(typing_, [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; });
  return typing_.empty();
}

Picture read_png(const std::string& file) {
  cairo_surface_t* surface = cairo_image_surface_create_from_png(file.c_str());
  REQUIRE(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS);
  Picture picture{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
  const int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; y < picture.height; ++y) {
    const unsigned char* row = cairo_image_surface_get_data(surface) + static_cast<std::ptrdiff_t>(y) * stride;
    picture.bgra.insert(picture.bgra.end(), row, row + static_cast<std::ptrdiff_t>(picture.width) * 4);
  }
  cairo_surface_destroy(surface);
  return picture;
}

unsigned Picture::at(int x, int y) const {
  const std::size_t i = (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) * 4;
  return static_cast<unsigned>(bgra[i + 2] << 16 | bgra[i + 1] << 8 | bgra[i]);
}

}  // namespace forklight::tests
