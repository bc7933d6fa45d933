#include "app/panels/chart.h"

#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;

constexpr float kRow = 62, kAxis = 40, kNames = 18;  // points
constexpr double kLeast_ns = 1e4;

void dashed(ImDrawList* list, ImVec2 from, ImVec2 to, Color color, float thickness) {
  const float length = std::hypot(to.x - from.x, to.y - from.y), step = px(8);
  for (float at = 0; at < length; at += step) {
    const float end = std::min(at + step * 0.55f, length);
    const auto point = [&](float way) { return ImVec2(from.x + (to.x - from.x) * way / length, from.y + (to.y - from.y) * way / length); };
    list->AddLine(point(at), point(end), color, thickness);
  }
}

void text_at(ImDrawList* list, Font font, float x, float y, float share, Color color, std::string_view text) {
  draw_text(list, font, {x - text_width(font, text) * share, y}, color, text);
}

// What one speed-up chart maps.
struct Scale {
  ImVec2 low, high;  // corners of the field, at 0 and at the most
  double most_workers, most_times;
  [[nodiscard]] ImVec2 at(double workers, double times) const {
    return {low.x + static_cast<float>((workers - 0.5) / most_workers) * (high.x - low.x), low.y - static_cast<float>(times / most_times) * (low.y - high.y)};
  }
};

void draw_axes(ImDrawList* list, const Scale& scale, int workers, const ChartArea& area) {
  const int step = std::max(1, static_cast<int>(std::ceil(scale.most_times / 5)));
  for (int times = 0; times <= static_cast<int>(scale.most_times); times += step) {
    const float y = scale.at(1, times).y;
    list->AddLine({scale.low.x, y}, {scale.high.x, y}, times == 0 ? palette().text_dim : palette().grid, times == 0 ? px(1) : 1);
    text_at(list, Font::small, scale.low.x - px(6), y - line_height(Font::small) / 2, 1, palette().text_dim, fmt::format("{}×", times));
  }
  for (int n = 1; n <= workers; ++n) text_at(list, Font::small, scale.at(n, 0).x, scale.low.y + px(3), 0.5f, palette().text_dim, std::to_string(n));
  text_at(list, Font::small, (scale.low.x + scale.high.x) / 2, area.y1 - line_height(Font::small), 0.5f, palette().text_dim, tr("chart.workers"));
}

// A name at the end of its line.
struct Name {
  float y;
  std::string text;
  Color color;
};

// One below the other where they would touch, in the order of the lines.
void draw_names(ImDrawList* list, std::vector<Name>& names, float x, float right, float top, float bottom) {
  const float height = line_height(Font::small) + px(2);
  std::sort(names.begin(), names.end(), [](const Name& left, const Name& lower) { return left.y < lower.y; });
  float next = top;
  for (Name& name : names) {
    name.y = std::max(name.y, next);
    next = name.y + height;
  }
  const float over = std::max(0.0f, next - bottom);
  for (const Name& name : names)
    draw_text_in(list, Font::small, x, name.y - over, right, name.y - over + height, platform::readable(name.color, palette().panel), name.text);
}

std::string name_of(const SpeedUpCurve& curve) {
  return curve.parallel ? tr("chart.parallel", fmt::arg("name", curve.name), fmt::arg("percent", static_cast<int>(std::lround(*curve.parallel * 100)))) : curve.name;
}

}  // namespace

void draw_speed_up(const ChartArea& area, std::span<const SpeedUpCurve> curves, int cores) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  int workers = 2;
  double times = 1;
  float names = 0;
  for (const SpeedUpCurve& curve : curves) {
    for (const timeline::SpeedUp& point : curve.points) {
      workers = std::max(workers, point.workers);
      times = std::max(times, point.times);
    }
    names = std::max(names, text_width(Font::small, name_of(curve)));
  }
  draw_text(list, Font::strong, {area.x0, area.y0}, palette().text, tr("chart.speed_up"));
  const float room = area.x1 - area.x0;
  const Scale scale{{area.x0 + px(34), area.y1 - 2 * line_height(Font::small) - px(8)},
                    {area.x1 - std::min(names + px(12), room * 0.45f), area.y0 + line_height(Font::strong) + px(10)},
                    static_cast<double>(workers), std::max(std::ceil(times + 0.25), std::min<double>(workers, 3))};
  if (scale.high.x - scale.low.x < px(40) || scale.low.y - scale.high.y < px(24)) return;
  draw_axes(list, scale, workers, area);
  const double ideal = std::min<double>(workers, scale.most_times);
  dashed(list, scale.at(1, 1), scale.at(ideal, ideal), palette().text_dim, px(1.5f));
  // Above and left of a place on the line, where nobody is better than ideal.
  const ImVec2 named = scale.at(1 + 0.7 * (ideal - 1), 1 + 0.7 * (ideal - 1));
  text_at(list, Font::small, named.x - px(4), named.y - line_height(Font::small) - px(2), 1, palette().text_dim, tr("chart.ideal"));
  std::vector<Name> ends;
  float last_x = 0;
  for (const SpeedUpCurve& curve : curves) {
    if (curve.points.empty()) continue;
    ImVec2 last{};
    for (std::size_t i = 0; i < curve.points.size(); ++i) {
      const ImVec2 at = scale.at(curve.points[i].workers, curve.points[i].times);
      if (i > 0) list->AddLine(last, at, curve.color, px(2));
      list->AddCircleFilled(at, px(4), curve.color);
      last = at;
    }
    // The law goes on from the way's own single worker, as far as there are cores.
    if (curve.parallel) {
      const double one = curve.points.front().workers == 1 ? curve.points.front().times : 1;
      const int until = cores > 1 ? std::min(cores, workers) : workers;
      ImVec2 from = scale.at(1, one);
      for (double n = 1.1; n <= until + 0.01; n += 0.1) {
        const ImVec2 to = scale.at(n, one * timeline::amdahl_speed_up(*curve.parallel, n));
        list->AddLine(from, to, platform::with_alpha(curve.color, 0.6f), px(1));
        from = to;
      }
    }
    ends.push_back({last.y - line_height(Font::small) / 2, name_of(curve), curve.color});
    last_x = std::max(last_x, last.x);
  }
  draw_names(list, ends, last_x + px(8), area.x1, area.y0 + line_height(Font::strong), scale.low.y - px(2));
}

Histogram::Histogram(std::vector<std::int64_t> values_ns) : sorted_(std::move(values_ns)), bins_(kBins, 0) {
  std::sort(sorted_.begin(), sorted_.end());
  for (const std::int64_t value : sorted_) ++bins_[static_cast<std::size_t>(bin_of(value))];
}

std::int64_t Histogram::quantile(double share) const noexcept {
  if (sorted_.empty()) return 0;
  const auto index = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(sorted_.size() - 1) + 0.5);
  return sorted_[index];
}

int Histogram::bin_of(std::int64_t ns) noexcept {
  if (static_cast<double>(ns) < kLeast_ns) return 0;
  return std::min(1 + static_cast<int>(std::log10(static_cast<double>(ns) / kLeast_ns) * kPerDecade + 1e-9), kBins - 1);
}

double Histogram::place(std::int64_t ns) noexcept {
  const double bins = 1 + std::log10(std::max(static_cast<double>(ns), kLeast_ns) / kLeast_ns) * kPerDecade;
  return std::clamp(bins / kBins, 0.0, 1.0);
}

float histograms_height(std::size_t rows) {
  return px(kRow) * static_cast<float>(rows) + px(kAxis) + line_height(Font::strong) + px(6);
}

void draw_histograms(const ChartArea& area, std::span<const HistogramRow> rows) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_text(list, Font::strong, {area.x0, area.y0}, palette().text, tr("chart.latency"));
  float y = area.y0 + line_height(Font::strong) + px(6);
  const float width = area.x1 - area.x0;
  const auto x_of = [&](double place) { return area.x0 + static_cast<float>(place) * width; };
  for (const HistogramRow& row : rows) {
    const float top = y + px(kNames), bottom = y + px(kRow) - px(4);
    const Histogram& histogram = *row.histogram;
    const auto time = [](std::int64_t ns) { return timeline_view::short_duration(ns); };
    draw_text_in(list, Font::small, area.x0, y, area.x1, y + px(kNames), platform::readable(row.color, palette().panel),
                 tr("chart.latency.row", fmt::arg("name", row.name), fmt::arg("count", i18n::format_count(histogram.count())),
                    fmt::arg("median", time(histogram.quantile(0.5))), fmt::arg("p90", time(histogram.quantile(0.9))), fmt::arg("most", time(histogram.quantile(1)))));
    const std::uint32_t most = std::max(1u, *std::max_element(histogram.bins().begin(), histogram.bins().end()));
    for (int bin = 0; bin < Histogram::kBins; ++bin) {
      const std::uint32_t count = histogram.bins()[static_cast<std::size_t>(bin)];
      if (count == 0) continue;
      const float height = std::max((bottom - top) * static_cast<float>(count) / static_cast<float>(most), px(2));  // nothing rare vanishes
      list->AddRectFilled({x_of(static_cast<double>(bin) / Histogram::kBins) + 1, bottom - height}, {x_of(static_cast<double>(bin + 1) / Histogram::kBins), bottom}, row.color);
    }
    list->AddLine({area.x0, bottom}, {area.x1, bottom}, palette().text_dim, 1);
    if (row.interval_ns > 0) {
      const float x = x_of(Histogram::place(row.interval_ns));
      list->AddLine({x, top - px(2)}, {x, bottom}, palette().error, px(1.5f));
      const std::string mark = tr("chart.interval", fmt::arg("duration", time(row.interval_ns)));
      const bool left = x + text_width(Font::small, mark) + px(8) > area.x1;
      const float from = left ? x - px(4) - text_width(Font::small, mark) : x + px(4);
      list->AddRectFilled({from - px(2), top - px(2)}, {from + text_width(Font::small, mark) + px(2), top - px(1) + line_height(Font::small)}, platform::with_alpha(palette().panel, 0.85f));
      text_at(list, Font::small, from, top - px(2), 0, platform::readable(palette().error, palette().panel), mark);
    }
    y += px(kRow);
  }
  for (std::int64_t tick = 10'000; tick <= 1'000'000'000; tick *= 10) {
    const float x = x_of(Histogram::place(tick));
    list->AddLine({x, y - px(4)}, {x, y + px(1)}, palette().text_dim, 1);
    text_at(list, Font::small, x, y + px(2), tick == 10'000 ? 0.3f : 0.5f, palette().text_dim, timeline_view::short_duration(tick));
  }
  text_at(list, Font::small, (area.x0 + area.x1) / 2, y + px(4) + line_height(Font::small), 0.5f, palette().text_dim, tr("chart.latency.axis"));
}

}  // namespace forklight::app::panels
