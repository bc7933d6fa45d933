// What tests of films have in common: a directory of their own, and what ffprobe and ffmpeg say of a film.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "app/platform/theme.h"
#include "tests/app/display.h"
#include "tests/support/folder.h"

namespace forklight::tests::film {

namespace fs = std::filesystem;
using tests::Folder;

inline std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  char part[256];
  while (std::fgets(part, sizeof part, pipe) != nullptr) text += part;
  ::pclose(pipe);
  return text;
}

inline std::string probed(const fs::path& film, const std::string& entries) {
  return output_of("ffprobe -v error -count_frames -select_streams v:0 -show_entries stream=" + entries + " -of default=noprint_wrappers=1:nokey=1 '" + film.string() + "'");
}

inline std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// As near as a lossy film may come.
inline bool shows(const Picture& picture, app::platform::Color wanted) {
  const auto near = [](unsigned a, unsigned b) { return a > b ? a - b < 24 : b - a < 24; };
  const unsigned r = wanted & 0xff, g = wanted >> 8 & 0xff, b = wanted >> 16 & 0xff;
  int found = 0;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const unsigned seen = picture.at(x, y);
      if (near(seen >> 16 & 0xff, r) && near(seen >> 8 & 0xff, g) && near(seen & 0xff, b)) ++found;
    }
  }
  return found > 60;
}

// A program that stands for ffmpeg.
inline fs::path program(const Folder& folder, const std::string& body) {
  const fs::path path = folder / "stand-in";
  std::ofstream(path) << "#!/bin/sh\n" << body << '\n';
  fs::permissions(path, fs::perms::owner_all);
  return path;
}

// One picture of it, counted from 0.
inline Picture picture_of(const fs::path& film, int number, const fs::path& png) {
  output_of("ffmpeg -v error -y -i '" + film.string() + "' -vf \"select=eq(n\\," + std::to_string(number) + ")\" -frames:v 1 '" + png.string() + "'");
  return read_png(png.string());
}

}  // namespace forklight::tests::film
