// What must be true of every run: checked while it goes on, and shown under it.
#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using scenario::Verdict;

constexpr float kLine = 24, kMargin = 12;

std::string text_of(const Context& context, const session::ClaimState& claim) {
  return tr("scenario." + std::string(context.session.scenario().id) + ".claim." + std::string(claim.id));
}

// Walks over the claims as they flow into lines of a width; tells visit(claim, x, line) where each goes, and how many
// lines there are.
template <typename Visit>
int flow(const Context& context, float width, Visit visit) {
  float x = text_width(Font::small, tr("claims.title")) + px(16);
  int line = 0;
  for (const session::ClaimState& claim : context.session.claims()) {
    const float needed = px(20) + text_width(Font::small, text_of(context, claim)) + px(16);
    if (x + needed > width && x > 0) {
      x = 0;
      ++line;
    }
    visit(claim, x, line);
    x += needed;
  }
  return line + 1;
}

}  // namespace

float claims_height(const Context& context, float width) {
  if (context.session.claims().empty()) return 0;
  const int lines = flow(context, width - 2 * px(kMargin), [](const session::ClaimState&, float, int) {});
  return static_cast<float>(lines) * px(kLine) + px(8);
}

void draw_claims(Context& context) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetWindowWidth();
  const ImVec2 start(corner.x + px(kMargin), corner.y + px(4));
  list->AddLine(corner, {corner.x + width, corner.y}, palette().line);
  draw_text_in(list, Font::small, start.x, start.y, corner.x + width, start.y + px(kLine), palette().text_dim,
               tr("claims.title"));
  flow(context, width - 2 * px(kMargin), [&](const session::ClaimState& claim, float x, int line) {
    const float y0 = start.y + static_cast<float>(line) * px(kLine);
    const float y1 = y0 + px(kLine);
    const Color hue = claim.verdict == Verdict::held     ? palette().ok
                      : claim.verdict == Verdict::broken ? palette().error
                                                         : palette().text_dim;
    const Color ink = platform::readable(platform::mix(hue, palette().text, 0.25f), palette().panel);
    const Icon sign = claim.verdict == Verdict::held     ? Icon::check
                      : claim.verdict == Verdict::broken ? Icon::cross
                                                         : Icon::dots;
    draw_icon(list, sign, {start.x + x + px(6), (y0 + y1) / 2}, px(10), ink);
    const std::string text = text_of(context, claim);
    ImGui::SetCursorScreenPos({start.x + x, y0});
    ImGui::Dummy({px(20) + text_width(Font::small, text), px(kLine)});
    tooltip(tr(claim.verdict == Verdict::held     ? "claims.held"
               : claim.verdict == Verdict::broken ? "claims.broken"
                                                  : "claims.pending"));
    draw_text_in(list, Font::small, start.x + x + px(18), y0, corner.x + width - px(kMargin), y1, ink, text);
  });
}

}  // namespace forklight::app::panels
