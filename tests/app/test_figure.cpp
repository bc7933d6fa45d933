// Figures: words stay text, shapes stay shapes; other programs draw the same from SVG and PDF as we do into a PNG.
#include <cairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "app/export/figure.h"
#include "app/i18n/i18n.h"
#include "app/session/range.h"
#include "core/base/error.h"
#include "tests/app/test_timeline_view.h"
#include "tests/core/store_files.h"
#include "tests/support/processes.h"

using namespace forklight;
using namespace forklight::app::figure;
using namespace forklight::timeline_test;
using app::session::parse_range;
using tests::Folder;

namespace {

constexpr int kFailed = 1 << 8;  // status of exit(1)

// One child ends with an error while MainProcess sleeps, and is joined; a name that an XML file must not take for a tag.
Model lesson() {
  Run run;
  run.at(0).begin(1, "MainProcess");
  run.at(1).write(1, Kind::start_begin, 2).at(2).write(1, Kind::start_end, 2, 4202);
  run.at(2).begin(2, "Process <1> & \"co\"", 1);
  run.at(3).write(1, Kind::sleep_begin, 0, 40 * kMs).at(20).write(2, Kind::output, 0, 1, 3, "进程 ok\n");
  run.at(30).die(2, kFailed).at(43).write(1, Kind::sleep_end).write(1, Kind::join_begin, 2, UINT64_MAX).reap(2, 1, kFailed);
  run.at(44).write(1, Kind::join_end, 2, 1).at(60).die(1, 0).reap(1, 0, 0);
  return run.model();
}

const store::Meta& meta() {
  static const store::Meta known{"exit-codes", {{"order", "join-first"}}, "0.1.0", "exit-codes.py", "", "", "", "2026-01-02T03:04:05Z", "Linux 6.1 x86_64, 2 cores"};
  return known;
}

void draw(const Model& model, const std::filesystem::path& file, const Wanted& wanted = {.width = 1000}, const std::string& range = {}) {
  Subject subject{.model = model, .meta = meta(), .now_ns = model.end_ns()};
  if (!range.empty()) subject.range = parse_range(model, range);
  save_figure(subject, {}, wanted, file);
}

struct Picture {
  int width = 0, height = 0;
  std::vector<std::array<int, 3>> pixels;
};

Picture read_png(const std::filesystem::path& file) {
  cairo_surface_t* surface = cairo_image_surface_create_from_png(file.c_str());
  REQUIRE(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS);
  Picture picture{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
  const unsigned char* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) {
      const unsigned char* pixel = data + y * stride + x * 4;
      picture.pixels.push_back({pixel[2], pixel[1], pixel[0]});
    }
  cairo_surface_destroy(surface);
  return picture;
}

// The share of squares of some pixels whose mean colour is clearly another one: edges may be smoothed differently, things not be elsewhere.
double difference(const Picture& a, const Picture& b) {
  REQUIRE(std::abs(a.width - b.width) <= 1);
  REQUIRE(std::abs(a.height - b.height) <= 1);
  constexpr int kSquare = 6;
  constexpr double kClear = 24;
  int squares = 0, other = 0;
  for (int y = 0; y + kSquare <= std::min(a.height, b.height); y += kSquare)
    for (int x = 0; x + kSquare <= std::min(a.width, b.width); x += kSquare) {
      double most = 0;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        double sum = 0;
        for (int dy = 0; dy < kSquare; ++dy)
          for (int dx = 0; dx < kSquare; ++dx) {
            const auto at = [&](const Picture& p) { return p.pixels[static_cast<std::size_t>(y + dy) * static_cast<std::size_t>(p.width) + static_cast<std::size_t>(x + dx)][channel]; };
            sum += at(a) - at(b);
          }
        most = std::max(most, std::abs(sum) / (kSquare * kSquare));
      }
      ++squares;
      other += most > kClear;
    }
  return static_cast<double>(other) / squares;
}

bool program_is_there(const char* name) { return tests::run_program({"sh", "-c", std::string("command -v ") + name}).status == 0; }

std::size_t colours(const Picture& picture) {
  std::vector<std::array<int, 3>> all = picture.pixels;
  std::sort(all.begin(), all.end());
  return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
}

}  // namespace

TEST_CASE("figure: an SVG has its words as text, and rsvg-convert draws what we draw") {
  app::i18n::set_language(app::i18n::Language::english);
  const Folder folder;
  const Model model = lesson();
  draw(model, folder / "run.svg");
  const std::string svg = tests::bytes_of(folder / "run.svg");
  for (const char* word : {">MainProcess<", ">Exit codes<", "order = join-first", ">sleep 40 ms<", "ended with an error", "asleep", "pid 4202"}) {
    CAPTURE(word);
    CHECK(svg.find(word) != std::string::npos);
  }
  CHECK(svg.find("Process &lt;1&gt; &amp;") != std::string::npos);
  CHECK(svg.find("held at the gate") == std::string::npos);  // the legend says what is to be seen, and no more
  CHECK(svg.size() < 100'000);
  CHECK(folder.files() == 1);
  if (!program_is_there("rsvg-convert")) {
    MESSAGE("rsvg-convert is not there: nobody else has drawn it");
    return;
  }
  draw(model, folder / "run.png");
  REQUIRE(tests::run_program({"rsvg-convert", "-o", (folder / "svg.png").string(), (folder / "run.svg").string()}).status == 0);
  const Picture ours = read_png(folder / "run.png"), theirs = read_png(folder / "svg.png");
  CHECK(ours.width == 1000);
  CHECK(colours(ours) > 50);
  CHECK(difference(ours, theirs) < 0.02);
}

TEST_CASE("figure: a PDF has its words as text, and pdftoppm draws what we draw") {
  app::i18n::set_language(app::i18n::Language::chinese);
  const Folder folder;
  const Model model = lesson();
  draw(model, folder / "run.pdf");
  app::i18n::set_language(app::i18n::Language::english);
  if (!program_is_there("pdftoppm")) {
    MESSAGE("pdftoppm is not there: nobody else has drawn it");
    return;
  }
  const tests::Finished text = tests::run_program({"pdftotext", "-layout", (folder / "run.pdf").string(), "-"});
  CHECK(text.out.find("MainProcess") != std::string::npos);
  CHECK(text.out.find("睡眠") != std::string::npos);
  app::i18n::set_language(app::i18n::Language::chinese);
  draw(model, folder / "run.png");
  app::i18n::set_language(app::i18n::Language::english);
  // A PDF's pixel is three quarters of a point.
  REQUIRE(tests::run_program({"pdftoppm", "-png", "-r", "96", "-singlefile", (folder / "run.pdf").string(), (folder / "pdf").string()}).status == 0);
  CHECK(difference(read_png(folder / "run.png"), read_png(folder / "pdf.png")) < 0.02);
}

TEST_CASE("figure: theme, size and range are as asked for, and everything is as before afterwards") {
  const Folder folder;
  const Model model = lesson();
  Screen screen;
  screen.frame(model);
  ImGuiContext* const context = ImGui::GetCurrentContext();
  ImFont* const font = app::platform::font(app::platform::Font::body);
  draw(model, folder / "paper.png", {.width = 800, .height = 500});
  draw(model, folder / "stage.png", {.width = 800, .height = 500, .theme = app::session::ThemeName::stage});
  draw(model, folder / "part.svg", {.width = 800}, "20ms..40ms");
  CHECK(ImGui::GetCurrentContext() == context);
  CHECK(app::platform::font(app::platform::Font::body) == font);
  CHECK(app::platform::theme() == app::session::ThemeName::stage);
  screen.frame(model);
  const Picture paper = read_png(folder / "paper.png"), stage = read_png(folder / "stage.png");
  CHECK(paper.width == 800);
  CHECK(paper.height == 500);
  CHECK(paper.pixels[0][0] > 200);
  CHECK(stage.pixels[0][0] < 80);
  const std::string part = tests::bytes_of(folder / "part.svg");
  CHECK(part.find("20.00 ms to 40.00 ms") != std::string::npos);
  CHECK(part.find("ended well") == std::string::npos);  // MainProcess ends later
}

TEST_CASE("figure: a million events are folded as on screen") {
  const Folder folder;
  Run run;
  run.at(0).begin(1, "MainProcess");
  for (int i = 0; i < 100'000; ++i) run.at_ns(1000 + i * 2000).write(1, Kind::sleep_begin, 0, 1000).at_ns(2000 + i * 2000).write(1, Kind::sleep_end, 0, 1000);
  draw(run.model(), folder / "run.svg", {.width = 1600});
  CHECK(std::filesystem::file_size(folder / "run.svg") < 500'000);
}

TEST_CASE("figure: what cannot be is one sentence, and nothing half-written stays") {
  const Folder folder;
  const Model model = lesson();
  CHECK_THROWS_AS(draw(model, folder / "run.jpg"), base::UsageError);
  CHECK_THROWS_AS(draw(Model{}, folder / "run.svg"), base::Failure);
  for (const char* name : {"none/run.svg", "none/run.pdf", "none/run.png"}) CHECK_THROWS_AS(draw(model, folder / name), base::Failure);
  for (const char* name : {"run.svg", "run.pdf", "run.png"}) {
    const tests::FileSizeLimit limit(2'000);
    CHECK_THROWS_AS(draw(model, folder / name), base::Failure);
  }
  CHECK(folder.files() == 0);
  for (const char* range : {"", "..", "1s", "2s..1s", "x..y", "1s..1s", "-1s..2s"}) CHECK_THROWS_AS((void)parse_range(model, range), base::UsageError);
  CHECK_THROWS_AS((void)parse_range(model, "5s..6s"), base::UsageError);
  const timeline::TimeRange range = parse_range(model, "10ms..0.02");
  CHECK(range.begin_ns == kBegin + 10 * kMs);
  CHECK(range.end_ns == kBegin + 20 * kMs);
  CHECK(parse_range(model, "..20ms").begin_ns == kBegin);
  CHECK(parse_range(model, "50ms..").end_ns == model.end_ns());
}
