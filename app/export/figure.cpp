#include "app/export/figure.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/export/sheet.h"
#include "app/export/trace_list.h"
#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/platform/imgui_compat.h"
#include "app/timeline/capture.h"
#include "app/timeline/layout.h"
#include "app/timeline/legend.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/timeline_view.h"
#include "core/base/error.h"

namespace forklight::app::figure {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;
using timeline_view::Layout;

constexpr float kMargin = 24, kGap = 14;  // points
constexpr float kComfortable = 2400;      // points: a higher page has its lanes closer together

// A place to draw off screen, with a context and fonts of its own; what was current before is so again afterwards.
class Studio {
 public:
  Studio(const Subject& subject, const Wanted& wanted) : before_(ImGui::GetCurrentContext()), theme_(platform::theme()), scale_(platform::scale()) {
    if (before_ != nullptr)
      for (const Font role : kFonts) fonts_before_[static_cast<std::size_t>(role)] = platform::font(role);
    context_ = ImGui::CreateContext();
    ImGui::SetCurrentContext(context_);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DeltaTime = 1.0f / 60;
    io.MousePos = ImVec2(-1, -1);
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    platform::set_theme(wanted.theme);
    need_glyphs(subject);
    fonts.update(wanted.scale);
    platform::set_theme(wanted.theme);
    platform::compat::headless_atlas(io);
    ImGuiStyle& style = ImGui::GetStyle();
    style.AntiAliasedLines = style.AntiAliasedFill = true;
    style.AntiAliasedLinesUseTex = false;  // or thick lines would be a texture's
    style.CurveTessellationTol = 0.3f;
    style.CircleTessellationMaxError = 0.08f;
  }
  ~Studio() {
    ImGui::DestroyContext(context_);
    ImGui::SetCurrentContext(before_);
    for (const Font role : kFonts) platform::set_font(role, fonts_before_[static_cast<std::size_t>(role)]);
    platform::set_theme(theme_);
    platform::set_scale(scale_);
  }
  Studio(const Studio&) = delete;
  Studio& operator=(const Studio&) = delete;

  platform::Fonts fonts;

 private:
  static constexpr std::array kFonts{Font::body, Font::strong, Font::small, Font::title, Font::code};

  void need_glyphs(const Subject& subject) {
    fonts.need(i18n::all_text(i18n::language()));
    for (const timeline::Task& task : subject.model.tasks()) fonts.need(task.name);
    for (const timeline::Object& object : subject.model.objects()) fonts.need(object.name);
    for (const timeline::ConsoleLine& line : subject.model.console()) fonts.need(line.text);
    for (const store::Note& note : subject.notes) fonts.need(note.text);
    fonts.need(subject.meta.python);
    fonts.need(subject.meta.machine);
    for (const auto& [key, value] : subject.meta.settings) fonts.need(value);
  }

  ImGuiContext *before_, *context_;
  session::ThemeName theme_;
  float scale_;
  std::array<ImFont*, kFonts.size()> fonts_before_{};
};

std::string title_of(const store::Meta& meta) {
  const std::string key = "scenario." + meta.scenario + ".title";
  return i18n::has(key) ? tr(key) : meta.scenario;
}

std::string about(const Subject& subject, const std::optional<timeline::TimeRange>& part) {
  std::string settings;
  for (const auto& [key, value] : subject.meta.settings) settings += fmt::format("{} = {} · ", key, value);
  std::string time = subject.meta.recorded_at;  // "2026-01-02T03:04:05Z"
  if (time.size() == 20) time = time.substr(0, 10) + " " + time.substr(11, 5) + " UTC";
  if (part) {
    const std::int64_t begin = subject.model.begin_ns();
    time = tr("figure.part", fmt::arg("begin", i18n::format_duration(part->begin_ns - begin)), fmt::arg("end", i18n::format_duration(part->end_ns - begin))) + " · " + time;
  }
  return tr("figure.about", fmt::arg("settings", settings), fmt::arg("time", time), fmt::arg("version", subject.meta.program_version),
            fmt::arg("machine", subject.meta.machine));
}

class Figure {
 public:
  Figure(const Subject& subject, session::UiState& ui, const Wanted& wanted) : subject_(subject), ui_(ui), wanted_(wanted) {
    ui_.hover = {};
    ui_.follow = false;
    ui_.vertical_scroll = 0;
    ui_.compare = session::Compare::nothing;
    ui_.filmed = true;
    view_ = ui_.view;
    if (subject_.range) view_ = view_of(*subject_.range);
    chosen_ = subject_.range || subject_.view_chosen;
    // What is seen of the run, as time.
    const timeline::Axis axis(ui_.axis, subject_.model);
    part_ = subject_.range.value_or(timeline::TimeRange{subject_.model.begin_ns(), subject_.model.end_ns()});
    if (chosen_ && !subject_.range) part_ = {std::max(axis.time_ns(view_.begin), part_.begin_ns), std::min(axis.time_ns(view_.end), part_.end_ns)};
  }

  [[nodiscard]] Page page() const { return {wanted_.width, height_, wanted_.scale, title_of(subject_.meta)}; }

  // Twice: the first frame finds the sizes, and fits the run into the view.
  void draw(timeline_view::Capture& capture) {
    // Words are measured inside a frame.
    ImGui::GetIO().DisplaySize = ImVec2(wanted_.width, wanted_.width);
    ImGui::NewFrame();
    share_room();
    ImGui::EndFrame();
    ImGui::GetIO().DisplaySize = ImVec2(wanted_.width, height_);
    for (int frame = 0; frame < 2; ++frame) {
      if (frame > 0 && chosen_) ui_.view = view_;
      capture.clear();
      draw_frame();
    }
  }

 private:
  timeline::View view_of(const timeline::TimeRange& range) const {
    const timeline::Axis axis(ui_.axis, subject_.model);
    timeline::View view;
    view.fit(axis.coordinate(range.begin_ns), axis.coordinate(range.end_ns), 0);
    return view;
  }

  void share_room() {
    margin_ = px(kMargin);
    const float width = wanted_.width - 2 * margin_;
    top_ = bottom_ = margin_;
    if (wanted_.legend) {
      top_ += timeline_view::line_height(Font::title) + px(4) + timeline_view::line_height(Font::small) + px(kGap);
      legend_height_ = timeline_view::legend_rows(nullptr, {0, 0, width, 0}, subject_.model, part_);
      bottom_ += legend_height_ + px(kGap);
    }
    height_ = wanted_.height;
    if (height_ > 0) return;
    const auto needed = [&](float given) {
      const Layout layout({0, 0, width, given}, subject_.model, 0, {ui_.unfolded, &ui_});
      return given - layout.plot().height() + layout.content_height() + px(8);
    };
    constexpr float kHuge = 1e6f, kLow = 300;
    float lanes = needed(kHuge);
    if (lanes > px(kComfortable)) lanes = std::max(needed(px(kLow)), px(kComfortable));
    height_ = std::ceil(std::clamp(top_ + lanes + bottom_, kLeastSide * 0.5f, kMostSide));
  }

  void draw_frame() {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize({wanted_.width, height_});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, {1, 1});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
    ImGui::Begin("figure", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav);
    ImGui::PopStyleVar(3);
    ImDrawList* list = ImGui::GetWindowDrawList();
    timeline_view::prepare_list(list);
    const platform::Palette& colors = platform::palette();
    timeline_view::fill(list, {0, 0, wanted_.width, height_}, colors.panel);
    if (wanted_.legend) draw_words(list);
    ImGui::SetCursorPos({margin_, top_});
    ImGui::PushStyleVar(ImGuiStyleVar_ChildBorderSize, 0);
    if (ImGui::BeginChild("room", {wanted_.width - 2 * margin_, height_ - top_ - bottom_}, false, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoNav))
      view_drawn_.draw({subject_.model, subject_.now_ns, subject_.live, subject_.meta.scenario, false, {}, subject_.notes}, ui_);
    ImGui::EndChild();
    ImGui::PopStyleVar();
    ImGui::End();
    ImGui::Render();
  }

  void draw_words(ImDrawList* list) {
    const platform::Palette& colors = platform::palette();
    const float room = wanted_.width - 2 * margin_;
    timeline_view::write(list, Font::title, {margin_, margin_}, colors.text, timeline_view::shortened(Font::title, title_of(subject_.meta), room));
    const float below = margin_ + timeline_view::line_height(Font::title) + px(4);
    std::optional<timeline::TimeRange> part;
    const bool whole = part_.begin_ns <= subject_.model.begin_ns() && part_.end_ns >= subject_.model.end_ns();
    if (chosen_ && !whole) part = part_;
    timeline_view::write(list, Font::small, {margin_, below}, colors.text_dim, timeline_view::shortened(Font::small, about(subject_, part), room));
    const float y = height_ - margin_ - legend_height_;
    timeline_view::legend_rows(list, {margin_, y, wanted_.width - margin_, height_}, subject_.model, part_);
  }

  const Subject& subject_;
  session::UiState& ui_;
  const Wanted& wanted_;
  timeline::View view_;
  bool chosen_ = false;
  timeline::TimeRange part_{};
  float margin_ = 0, top_ = 0, bottom_ = 0, legend_height_ = 0, height_ = 0;
  timeline_view::TimelineView view_drawn_;
};

}  // namespace

void check_name(const std::filesystem::path& file) {
  if (!is_figure(file)) throw base::UsageError(tr("figure.bad_ending", fmt::arg("file", file.string())));
}

void save_figure(const Subject& subject, session::UiState ui, const Wanted& wanted, const std::filesystem::path& file) {
  check_name(file);
  if (subject.model.tasks().empty()) throw base::Failure(tr("figure.nothing"));
  Studio studio(subject, wanted);
  timeline_view::Capture capture;
  Figure figure(subject, ui, wanted);
  figure.draw(capture);
  const auto sheet = make_sheet(file, figure.page(), studio.fonts);
  put_on(*sheet, *ImGui::GetDrawData(), capture);
  sheet->finish();
}

}  // namespace forklight::app::figure
