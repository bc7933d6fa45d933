#include "app/timeline/answers.h"

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/session/question_words.h"
#include "app/session/session.h"
#include "app/timeline/canvas.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;

constexpr float kHeight = 24, kSide = 10, kSign = 10, kAway = 12, kMost = 380;  // points

// Beside the moment, above the bar or below it: where there is room, else above it all the same.
Rect place_for(Canvas& canvas, const Rect& bar, float x, float width) {
  const Rect& plot = canvas.plot.area();
  const float height = px(kHeight), away = px(kAway);
  const Rect right{x + away, bar.y0 - height - px(4), x + away + width, bar.y0 - px(4)};
  const float left = x - away - width;
  const auto below = [&](const Rect& above) { return Rect{above.x0, bar.y1 + px(4), above.x1, bar.y1 + px(4) + height}; };
  const Rect other{left, right.y0, left + width, right.y1};
  for (const Rect& one : {right, other, below(right), below(other)}) {
    if (one.x0 >= plot.x0 && one.x1 <= plot.x1 && one.y0 >= plot.y0 && one.y1 <= plot.y1 && canvas.place(one)) return one;
  }
  const float from = std::clamp(right.x0, plot.x0, std::max(plot.x0, plot.x1 - width));
  return {from, right.y0, from + width, right.y1};
}

}  // namespace

std::vector<AnswerFlag> answer_flags(const session::Session& session) {
  std::vector<AnswerFlag> flags;
  const session::QuestionWords words{session.scenario(), session.run_settings()};
  for (const session::Prediction& one : session.predictions()) {
    const auto said = one.said(), truth = one.truth();
    if (!one.asked || !said || !truth || one.was->task == 0) continue;
    const std::string was = words.choice(*one.question, *truth);
    flags.push_back({one.was->task, one.was->time_ns, one.is_right(),
                     one.is_right() ? tr("predict.flag.right", fmt::arg("was", was)) : tr("predict.flag.wrong", fmt::arg("said", words.choice(*one.question, *said)), fmt::arg("was", was))});
  }
  return flags;
}

void draw_answers(Canvas& canvas, std::span<const AnswerFlag> flags) {
  const platform::Palette& colors = platform::palette();
  for (const AnswerFlag& flag : flags) {
    const std::size_t lane = canvas.lane_of(flag.subject);
    const float x = canvas.plot.x(flag.time_ns);
    if (lane >= canvas.layout.lanes().size() || !canvas.plot.sees(x)) continue;
    const Rect bar = canvas.layout.bar(lane);
    if (bar.y1 < canvas.plot.area().y0 || bar.y0 > canvas.plot.area().y1) continue;
    const std::string words = shortened(Font::small, flag.words, std::min(px(kMost), canvas.plot.area().width() - px(3 * kSide + kSign)));
    const ImVec2 extent = measure(Font::small, words);
    const Rect pill = place_for(canvas, bar, x, extent.x + px(2 * kSide + kSign + 6));
    const platform::Color ink = flag.right ? colors.ok : colors.error;
    const float middle = (pill.y0 + pill.y1) * 0.5f;
    line(canvas.list, x, std::min(middle, bar.y0), x, std::max(middle, bar.y1), ink, px(2));
    line(canvas.list, x, middle, std::clamp(x, pill.x0, pill.x1), middle, ink, px(2));
    fill(canvas.list, pill, colors.panel, pill.height() * 0.5f);
    outline(canvas.list, pill, ink, pill.height() * 0.5f, px(1.5f));
    sign(canvas.list, flag.right ? Sign::check : Sign::cross, ImVec2(pill.x0 + px(kSide + kSign * 0.5f), middle), px(kSign), platform::readable(ink, colors.panel));
    write(canvas.list, Font::small, ImVec2(pill.x0 + px(kSide + kSign + 6), middle - extent.y * 0.5f), colors.text, words);
    canvas.items.push_back({{Drawn::What::answer, flag.subject, pill.x0, pill.y0, pill.x1, pill.y1, flag.words}, flag.time_ns, flag.time_ns});
  }
}

}  // namespace forklight::app::timeline_view
