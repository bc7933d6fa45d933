// Pictures drawn where nobody sees them: what is drawn again in parts is what it would be as a whole; light and colour as films keep them.
#include <doctest/doctest.h>

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "app/film/yuv.h"
#include "app/platform/fonts.h"
#include "app/platform/imgui_compat.h"
#include "app/platform/offscreen.h"

using namespace forklight::app;
using platform::Offscreen;
using platform::PixelRect;

namespace {

constexpr int kWidth = 1100, kHeight = 620;

// Areas upon areas, some of them clear, words, lines and round things, cut off at odd places; some move, some come and go.
void draw_scene(int moment) {
  ImDrawList* const list = ImGui::GetBackgroundDrawList();
  std::mt19937 random(7);
  const auto number = [&](int least, int most) { return static_cast<float>(least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1))); };
  for (int i = 0; i < 150; ++i) {
    const bool moves = i == 31 || i == 80 || i == 96;
    const float step = moves ? static_cast<float>(moment) * 3.3f : 0;
    const ImVec2 at{number(-40, kWidth) + step, number(-40, kHeight) + step / 4}, to{at.x + number(1, moves ? 60 : 400), at.y + number(1, moves ? 60 : 300)};
    const ImU32 color = IM_COL32(random() % 256, random() % 256, random() % 256, i % 3 == 0 ? 140 : 255);
    if (i == 77 && moment % 4 == 1) continue;
    if (i % 5 == 0) list->PushClipRect({at.x + 10.6f, at.y + 3.4f}, {at.x + 90.2f, at.y + 70.7f}, true);
    switch (i % 6) {
      case 0:
      case 1: list->AddRectFilled(at, to, color); break;
      case 2: list->AddRectFilled(at, to, color, 6); break;
      case 3: list->AddText(at, color, "join Process-1"); break;
      case 4: list->AddLine(at, to, color, 2); break;
      default: list->AddCircleFilled(at, number(3, 40), color); break;
    }
    if (i % 5 == 0) list->PopClipRect();
  }
}

std::vector<std::uint8_t> shot(Offscreen& screen, int moment, session::Vision vision = session::Vision::normal) {
  screen.begin_frame(0.1);
  draw_scene(moment);
  screen.end_frame(vision);
  const platform::Picture picture = screen.picture();
  return {picture.pixels.begin(), picture.pixels.end()};
}

}  // namespace

TEST_CASE("pictures: drawn again in parts they are what they are as a whole, each pixel, and what is called unchanged is") {
  Offscreen screen(kWidth, kHeight);
  platform::Fonts fonts;
  fonts.update(1);
  screen.upload_fonts();
  std::vector<std::uint8_t> before;
  double drawn_area = 0;  // in whole pictures
  for (int moment = 0; moment < 30; ++moment) {
    screen.begin_frame(0.1);
    draw_scene(moment / 2);  // each twice
    const bool drawn = screen.end_frame();
    CHECK(drawn == (moment % 2 == 0));
    const platform::Picture picture = screen.picture();
    const std::vector<std::uint8_t> seen(picture.pixels.begin(), picture.pixels.end());
    CHECK(picture.changed.empty() == !drawn);
    for (const PixelRect& part : picture.changed) drawn_area += static_cast<double>(part.width) * part.height / (kWidth * kHeight);
    // Only there it differs.
    for (std::size_t i = 0; !before.empty() && i < seen.size(); i += 4) {
      if (std::equal(&seen[i], &seen[i] + 4, &before[i])) continue;
      const int x = static_cast<int>(i / 4) % kWidth, y = static_cast<int>(i / 4) / kWidth;
      const bool told = std::any_of(picture.changed.begin(), picture.changed.end(), [&](const PixelRect& part) { return !part.cut({x, y, 1, 1}).empty(); });
      if (!told) FAIL_CHECK("pixel ", x, ", ", y, " of picture ", moment);
      if (!told) break;
    }
    before = seen;
    if (moment % 10 != 9) continue;
    // A frame with a call of its own is drawn as it is, all of it.
    screen.begin_frame(0.1);
    draw_scene(moment / 2);
    ImGui::GetForegroundDrawList()->AddCallback([](const ImDrawList*, const ImDrawCmd*) {}, nullptr);
    screen.end_frame();
    const platform::Picture whole = screen.picture();
    CHECK((whole.changed.size() == 1 && whole.changed[0] == PixelRect{0, 0, kWidth, kHeight}));
    CHECK(std::equal(seen.begin(), seen.end(), whole.pixels.begin(), whole.pixels.end()));
  }
  CHECK(drawn_area < 12);  // of fifteen pictures
}

TEST_CASE("pictures: as others see them they are finished as a whole") {
  Offscreen screen(kWidth, kHeight);
  platform::Fonts fonts;
  fonts.update(1);
  screen.upload_fonts();
  const std::vector<std::uint8_t> seen = shot(screen, 0);
  const std::vector<std::uint8_t> other = shot(screen, 0, session::Vision::deuteranopia);
  CHECK((other != seen));
  shot(screen, 1, session::Vision::deuteranopia);
  CHECK((shot(screen, 0, session::Vision::deuteranopia) == other));
  CHECK((shot(screen, 0) == seen));
}

TEST_CASE("pictures: light and colour are those of BT.709, from above, and of a part only that part") {
  constexpr int kSide = 16;
  std::vector<std::uint8_t> bgra(kSide * kSide * 4), yuv(kSide * kSide * 3 / 2, 1);
  const auto paint = [&](int y, std::array<std::uint8_t, 3> rgb) {
    for (int x = 0; x < kSide; ++x)
      for (int channel = 0; channel < 3; ++channel) bgra[static_cast<std::size_t>((y * kSide + x) * 4 + channel)] = rgb[static_cast<std::size_t>(2 - channel)];
  };
  for (int y = 0; y < kSide; ++y) paint(y, y < 8 ? std::array<std::uint8_t, 3>{255, 0, 0} : std::array<std::uint8_t, 3>{90, 200, 30});
  film::to_yuv(bgra, kSide, kSide, {0, 0, kSide, kSide}, yuv);
  const auto near = [](int seen, double wanted) { return std::abs(seen - wanted) <= 0.51; };
  const auto light = [](double r, double g, double b) { return 16 + 219.0 / 255 * (0.2126 * r + 0.7152 * g + 0.0722 * b); };
  CHECK(near(yuv[0], light(90, 200, 30)));  // the row that is uppermost comes last from OpenGL
  CHECK(near(yuv[15 * kSide], light(255, 0, 0)));
  const std::uint8_t *u = yuv.data() + kSide * kSide, *v = u + kSide * kSide / 4;
  CHECK(near(v[63], 240));
  CHECK(near(u[63], 128 - 112 * 0.2126 / (1 - 0.0722)));
  for (const int grey : {0, 17, 128, 255}) {
    for (int y = 0; y < kSide; ++y) paint(y, {static_cast<std::uint8_t>(grey), static_cast<std::uint8_t>(grey), static_cast<std::uint8_t>(grey)});
    film::to_yuv(bgra, kSide, kSide, {0, 0, kSide, kSide}, yuv);
    CHECK(near(yuv[5], 16 + 219.0 / 255 * grey));
    CHECK(u[9] == 128);
    CHECK(v[9] == 128);
  }
  for (int y = 0; y < kSide; ++y) paint(y, {0, 0, 0});
  film::to_yuv(bgra, kSide, kSide, {4, 13, 3, 2}, yuv);  // rows 1 and 2 from above, with their neighbours of the same fours
  CHECK(yuv[4] == 16);
  CHECK(yuv[3 * kSide + 7] == 16);
  CHECK(yuv[4 * kSide + 4] == 235);
  CHECK(yuv[3] == 235);
  CHECK(yuv[8] == 235);
}
