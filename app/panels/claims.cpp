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

Color ink_of(Verdict verdict) {
  const Color hue = verdict == Verdict::held ? palette().ok : verdict == Verdict::broken ? palette().error : palette().text_dim;
  return platform::readable(platform::mix(hue, palette().text, 0.25f), palette().panel);
}

Icon sign_of(Verdict verdict) { return verdict == Verdict::held ? Icon::check : verdict == Verdict::broken ? Icon::cross : Icon::dots; }

// How many hold, then the others by name; all of them by the mouse.
void draw_brief(Context& context) {
  const auto& claims = context.session.claims();
  if (claims.empty()) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetWindowWidth(), right = corner.x + width - px(kMargin), y0 = corner.y + px(4), y1 = y0 + px(kLine);
  list->AddLine(corner, {corner.x + width, corner.y}, palette().line);
  std::string all;
  float x = corner.x + px(kMargin);
  draw_text_in(list, Font::small, x, y0, right, y1, palette().text_dim, tr("claims.title"));
  x += text_width(Font::small, tr("claims.title")) + px(16);
  const auto write = [&](Verdict verdict, const std::string& text) {
    draw_icon(list, sign_of(verdict), {x + px(6), (y0 + y1) / 2}, px(10), ink_of(verdict));
    draw_text_in(list, Font::small, x + px(18), y0, right, y1, ink_of(verdict), text);
    x += px(36) + text_width(Font::small, text);
  };
  const auto held = std::count_if(claims.begin(), claims.end(), [](const auto& claim) { return claim.verdict == Verdict::held; });
  if (held > 0) write(Verdict::held, tr("claims.hold", fmt::arg("count", held), fmt::arg("all", claims.size())));
  for (const Verdict wanted : {Verdict::broken, Verdict::pending})
    for (const session::ClaimState& claim : claims)
      if (claim.verdict == wanted && x < right) write(wanted, text_of(context, claim));
  for (const session::ClaimState& claim : claims) {
    const char* verdict = tr(claim.verdict == Verdict::held ? "claims.held" : claim.verdict == Verdict::broken ? "claims.broken" : "claims.pending");
    all += (all.empty() ? "" : "\n") + text_of(context, claim) + " – " + verdict;
  }
  ImGui::SetCursorScreenPos({corner.x + px(kMargin), y0});
  ImGui::Dummy({std::max(px(10), width - 2 * px(kMargin)), px(kLine)});
  tooltip(all);
}

}  // namespace

float claims_height(const Context& context, float width) {
  if (context.session.claims().empty()) return 0;
  const int lines = flow(context, width - 2 * px(kMargin), [](const session::ClaimState&, float, int) {});
  return static_cast<float>(lines) * px(kLine) + px(8);
}

float claims_height_brief(const Context& context) { return context.session.claims().empty() ? 0 : px(kLine) + px(8); }

void draw_claims(Context& context, bool brief) {
  if (brief) return draw_brief(context);
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
    const Color ink = ink_of(claim.verdict);
    draw_icon(list, sign_of(claim.verdict), {start.x + x + px(6), (y0 + y1) / 2}, px(10), ink);
    const std::string text = text_of(context, claim);
    ImGui::SetCursorScreenPos({start.x + x, y0});
    ImGui::Dummy({px(20) + text_width(Font::small, text), px(kLine)});
    tooltip(tr(claim.verdict == Verdict::held     ? "claims.held"
               : claim.verdict == Verdict::broken ? "claims.broken"
                                                  : "claims.pending"));
    draw_text_in(list, Font::small, start.x + x + px(18), y0, corner.x + width - px(kMargin), y1, ink, text);
    if (start.x + x + px(18) + text_width(Font::small, text) <= corner.x + width) mark_terms(context.ui, Font::small, {start.x + x + px(18), y0 + (px(kLine) - line_height(Font::small)) / 2}, {std::string_view(text)});
  });
}

}  // namespace forklight::app::panels
