#include "app/session/webvtt.h"

#include <cmath>

#include "app/i18n/i18n.h"
#include "app/session/captions.h"

namespace forklight::app::session {
namespace {

// "00:01:02.345"
std::string cue_time(std::int64_t ms) {
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

std::string webvtt(const timeline::Model& model, double speed) {
  const auto dwell = static_cast<std::int64_t>(static_cast<double>(kCaptionDwell) * speed);
  const auto shown_ms = [&](std::int64_t run_ns) { return std::llround(static_cast<double>(run_ns - model.begin_ns()) / speed / 1e6); };
  std::string text = "WEBVTT\n";
  for (const Caption& caption : captions_of(model, dwell)) {
    const bool last = caption.end_ns == timeline::kOpen;
    const std::int64_t begin = shown_ms(caption.begin_ns), end = last ? begin + kCaptionDwell / 1'000'000 : shown_ms(caption.end_ns);
    if (end <= begin) continue;  // one that gave way at once
    text += fmt::format("\n{} --> {}\n{}\n", cue_time(begin), cue_time(end), cue_text(caption_words(model, caption)));
  }
  return text;
}

}  // namespace forklight::app::session
