#include "app/session/webvtt.h"

#include <cmath>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/session/captions.h"

namespace forklight::app::session {
namespace {

// "00:01:02.345"
std::string cue_time(double seconds) {
  const auto ms = std::llround(seconds * 1000);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

// One line without what WebVTT reads as a mark.
std::string cue_text(const std::string& words) {
  std::string text;
  for (const char c : words) {
    if (c == '&')
      text += "&amp;";
    else if (c == '<')
      text += "&lt;";
    else if (c == '>')
      text += "&gt;";
    else
      text += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return text;
}

}  // namespace

std::string webvtt(std::span<const Line> lines) {
  std::string text = "WEBVTT\n";
  for (const Line& line : lines) text += fmt::format("\n{} --> {}\n{}\n", cue_time(line.begin_s), cue_time(line.end_s), cue_text(line.words));
  return text;
}

std::string webvtt(const timeline::Model& model, double speed) {
  constexpr double kSecond = 1e9, kLeast = 0.001;
  const auto dwell = static_cast<std::int64_t>(static_cast<double>(kCaptionDwell) * speed);
  const auto shown_s = [&](std::int64_t run_ns) { return static_cast<double>(run_ns - model.begin_ns()) / speed / kSecond; };
  std::vector<Line> lines;
  for (const Caption& caption : captions_of(model, dwell)) {
    const double begin = shown_s(caption.begin_ns);
    const double end = caption.end_ns == timeline::kOpen ? begin + static_cast<double>(kCaptionDwell) / kSecond : shown_s(caption.end_ns);
    if (end - begin < kLeast) continue;  // it gave way at once
    lines.push_back({begin, end, caption_words(model, caption)});
  }
  return webvtt(lines);
}

}  // namespace forklight::app::session
