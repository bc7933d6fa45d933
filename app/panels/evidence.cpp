// The evidence board: each claim of the lesson beside what the program measured for it in this run, a click away from the moment it
// came from.
#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/console_rows.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using scenario::Verdict;
using timeline::Model;

constexpr float kPadding = 7, kGap = 20;  // points

void add_line(std::string_view line, const timeline::ConsoleLine& write, std::span<const scenario::Claim> claims, std::vector<Evidence>& all) {
  for (const scenario::Claim& claim : claims) {
    if (!claim.measured.empty() && line.starts_with(claim.measured))
      all.push_back({claim.id, printable(line.substr(claim.measured.size())), write.task, write.time_ns});
  }
}

}  // namespace

std::vector<Evidence> evidence_of(const Model& model, std::span<const scenario::Claim> claims) {
  std::vector<Evidence> all;
  for (const timeline::ConsoleLine& write : model.console()) {
    std::string_view rest = write.text;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      add_line(rest.substr(0, end), write, claims, all);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  return all;
}

void draw_evidence(Context& context, std::span<const Evidence> evidence) {
  const std::string base = "scenario." + std::string(context.session.scenario().id) + ".claim.";
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float width = std::max(ImGui::GetContentRegionAvail().x, px(120));
  const float claims = std::min(px(340), width * 0.45f), numbers = width - claims - px(28) - px(kGap);
  label(Font::strong, palette().text, tr("evidence.title", fmt::arg("number", context.session.run_number())));
  for (const session::ClaimState& claim : context.session.claims()) {
    std::vector<const Evidence*> own;
    for (const Evidence& one : evidence)
      if (one.claim == claim.id) own.push_back(&one);
    if (own.empty()) continue;
    const std::string text = tr(base + std::string(claim.id));
    std::string said;
    for (const Evidence* one : own) said += (said.empty() ? "" : "\n") + one->text;
    const auto left = wrap(Font::body, text, claims), right = wrap(Font::strong, said, numbers);
    const float height = leading(Font::body) * static_cast<float>(std::max(left.size(), right.size())) + 2 * px(kPadding);
    const Hit row = hit(context.ui, std::string(claim.id).c_str(), {width, height});
    tooltip(tr("evidence.help"));
    if (row.clicked) context.ui.push("measured.moment", fmt::format("{}@{}ns", own.back()->task, own.back()->time_ns - context.session.model().begin_ns()));
    if (row.hovered) list->AddRectFilled({row.min.x - px(4), row.min.y}, row.max, palette().hover, px(4));
    const Color hue = claim.verdict == Verdict::held ? palette().ok : claim.verdict == Verdict::broken ? palette().error : palette().text_dim;
    const Icon sign = claim.verdict == Verdict::held ? Icon::check : claim.verdict == Verdict::broken ? Icon::cross : Icon::dots;
    draw_icon(list, sign, {row.min.x + px(8), row.min.y + px(kPadding) + line_height(Font::body) / 2}, px(10), platform::readable(hue, palette().panel));
    draw_lines(list, Font::body, {row.min.x + px(26), row.min.y + px(kPadding)}, palette().text, left);
    draw_lines(list, Font::strong, {row.min.x + px(26) + claims + px(kGap), row.min.y + px(kPadding)}, palette().text, right);
    list->AddLine({row.min.x, row.max.y}, row.max, platform::with_alpha(palette().line, 0.6f));
    draw_focus(row, px(4));
  }
}

}  // namespace forklight::app::panels
