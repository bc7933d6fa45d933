// What the kernel says, drawn: a lane for each core with who was on it, a strip under each task with when it was on one, and a lane
// for the memory of each process.
#include <algorithm>
#include <cmath>

#include "app/i18n/i18n.h"
#include "app/timeline/bands.h"
#include "app/timeline/canvas.h"
#include "app/timeline/curve.h"
#include "app/timeline/fold.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Color;
using platform::Font;
using platform::px;
using timeline::CpuTrack;
using timeline::Left;
using timeline::OnCpu;

Color color_of(const Canvas& canvas, const OnCpu& span) {
  const platform::Palette& colors = platform::palette();
  if (span.is_hole()) return colors.lost;
  const timeline::Task* task = canvas.model.find(span.who);
  if (task == nullptr) return colors.zombie;  // grey: no task of the lesson
  return platform::task_color(static_cast<std::size_t>(task - canvas.model.tasks().data()));
}

// Many stretches in a few pixels: columns as high as the share of the time that was used.
void draw_fold(Canvas& canvas, const CpuTrack& track, const Piece& piece, const Rect& bar) {
  const Plot& plot = canvas.plot;
  const float from = std::max(piece.x0, plot.area().x0), to = std::min(std::max(piece.x1, piece.x0 + 1), plot.area().x1);
  const auto& spans = track.spans();
  std::int64_t begin_ns = plot.time_ns(from);
  std::size_t first = first_ending_after(spans, piece.first, begin_ns);
  std::int64_t busy = track.busy_until(begin_ns, first);
  for (float x = from; x < to; x += kFoldColumn) {
    const float x1 = std::min(x + kFoldColumn, to);
    const std::int64_t end_ns = std::max(std::min(plot.time_ns(x1), plot.now_ns()), begin_ns);
    const std::size_t next = first_ending_after(spans, first, end_ns);
    const std::int64_t busy_then = track.busy_until(end_ns, next);
    const auto share = end_ns > begin_ns ? static_cast<float>(busy_then - busy) / static_cast<float>(end_ns - begin_ns) : 1.0f;
    // Nothing short vanishes; and what stands alone is a tick, not a share.
    const bool alone = to - from < 2 * kFoldColumn;
    const float height = alone ? bar.height() : std::max(bar.height() * std::clamp(share, 0.0f, 1.0f), px(2));
    if (busy_then > busy || next > first) {
      draw_bands(canvas.list, spans, first, std::min(std::max(next, first + 1), spans.size()), plot.now_ns(), {x, bar.y1 - height, x1, bar.y1},
                 [](const OnCpu& span) { return span.who; }, [&](const OnCpu& span) { return color_of(canvas, span); });
    }
    begin_ns = end_ns;
    busy = busy_then;
    first = next;
  }
}

// Wants to run, and others do: a comb on a pale ground, so that it is told from running without its colour.
void draw_waiting(Canvas& canvas, float x0, float x1, const Rect& bar) {
  const platform::Palette& colors = platform::palette();
  const Rect& plot = canvas.plot.area();
  const Rect box{std::max(x0, plot.x0), bar.y0, std::min(x1, plot.x1), bar.y1};
  if (box.width() < 1) return;
  const Color ink = platform::mix(colors.lane, colors.signal, 0.9f);
  fill(canvas.list, box, platform::mix(colors.lane, colors.signal, 0.25f));
  // The comb hangs on the plot, so that it stands still while time goes on.
  const float step = px(4);
  const float first = plot.x0 + std::ceil((box.x0 - plot.x0) / step) * step;
  for (float x = first; x < box.x1; x += step) line(canvas.list, x, box.y0, x, box.y1, ink, px(1));
}

void draw_track(Canvas& canvas, const CpuTrack& track, const Rect& bar, bool of_task) {
  const auto& spans = track.spans();
  const Rect& plot = canvas.plot.area();
  for_each_piece(spans, canvas.plot, kFoldBelow, [&](const Piece& piece) {
    if (piece.count > 1) {
      draw_fold(canvas, track, piece, bar);
    } else {
      const OnCpu& span = spans[piece.first];
      const Rect box{std::max(piece.x0, plot.x0), bar.y0, std::min(std::max(piece.x1, piece.x0 + 1), plot.x1), bar.y1};
      if (box.x1 > box.x0 && span.is_hole()) {
        torn_gap(canvas.list, box, platform::mix(platform::palette().lane, platform::palette().lost, 0.22f), platform::palette().lost);
      } else if (box.x1 > box.x0) {
        fill(canvas.list, box, color_of(canvas, span), box.width() > px(6) ? px(1) : 0);
      }
    }
    const std::size_t next = piece.first + piece.count;
    if (!of_task || spans[next - 1].left != Left::preempted) return;
    draw_waiting(canvas, piece.x1, next < spans.size() ? canvas.plot.x(spans[next].begin_ns) : canvas.plot.x(canvas.plot.now_ns()), bar);
  });
}

// Samples are points in time, and drawn as such: a diamond each, with nothing between them. Of those that fall together one is drawn.
void draw_sample(Canvas& canvas, float x, const Rect& bar, Color color) {
  const float middle = (bar.y0 + bar.y1) * 0.5f, half = std::min(px(4), bar.height() * 0.5f);
  canvas.list->AddQuadFilled({x, middle - half}, {x + half, middle}, {x, middle + half}, {x - half, middle}, color);
}

constexpr float kSamplesApart = 4;  // pixels between two diamonds that are drawn

void draw_core_samples(Canvas& canvas, const std::vector<timeline::Kernel::Sample>& samples, const Rect& bar) {
  const Rect& plot = canvas.plot.area();
  const float middle = (bar.y0 + bar.y1) * 0.5f;
  for (float x = plot.x0; x < plot.x1; x += px(6)) line(canvas.list, x, middle, x + px(1.5f), middle, platform::palette().line, 1);
  const auto before = [](const timeline::Kernel::Sample& sample, std::int64_t time_ns) { return sample.time_ns < time_ns; };
  auto at = std::lower_bound(samples.begin(), samples.end(), canvas.plot.time_ns(plot.x0), before);
  const std::int64_t end_ns = canvas.plot.time_ns(plot.x1);
  while (at != samples.end() && at->time_ns <= end_ns) {
    const float x = canvas.plot.x(at->time_ns);
    draw_sample(canvas, x, bar, color_of(canvas, {at->time_ns, at->time_ns, at->who, 0, Left::still_on}));
    at = std::lower_bound(at + 1, samples.end(), canvas.plot.time_ns(x + kSamplesApart), before);
  }
}

// Under a task, where samples are all that there is: each time that it was seen able to run.
void draw_task_samples(Canvas& canvas, const std::vector<timeline::Kernel::StateAt>& states, const Rect& bar, Color color) {
  const Rect& plot = canvas.plot.area();
  const auto before = [](const timeline::Kernel::StateAt& state, std::int64_t time_ns) { return state.time_ns < time_ns; };
  const std::int64_t end_ns = canvas.plot.time_ns(plot.x1);
  auto at = std::lower_bound(states.begin(), states.end(), canvas.plot.time_ns(plot.x0), before);
  while (at != states.end() && at->time_ns <= end_ns) {
    const float x = canvas.plot.x(at->time_ns);
    if (at->letter != 'R') {
      ++at;
      continue;
    }
    draw_sample(canvas, x, bar, color);
    at = std::lower_bound(at + 1, states.end(), canvas.plot.time_ns(x + kSamplesApart), before);
  }
}

std::string core_name(const Canvas& canvas, std::size_t lane) {
  return tr("timeline.core.name", fmt::arg("number", canvas.core(lane).cpu));
}

// Memory lanes share one scale: heights can be compared.
double most_memory(const timeline::Model& model) {
  std::uint32_t most = 1;
  for (const timeline::Task& task : model.tasks()) {
    const auto* kernel = task.is_thread() ? nullptr : model.kernel().find(task.id);
    if (kernel != nullptr) most = std::max(most, kernel->memory.whole().most.rss);
  }
  return most;
}

Rect header_box(const Canvas& canvas, std::size_t lane) {
  const Rect& gutter = canvas.layout.gutter();
  const Rect row = canvas.layout.lane(lane);
  return {gutter.x0, row.y0 + px(1), gutter.x1, row.y1 - px(1)};
}

// A name at the left, and what is known in fewer words at the right.
void write_header(Canvas& canvas, const Rect& box, float left, const std::string& name, std::initializer_list<std::string> details) {
  const platform::Palette& colors = platform::palette();
  const ImVec2 size = measure(Font::small, name);
  const float y = (box.y0 + box.y1 - size.y) * 0.5f;
  write(canvas.list, Font::small, ImVec2(left, y), colors.text, name);
  const std::string detail = first_that_fits(Font::small, box.x1 - left - size.x - px(18), details);
  write(canvas.list, Font::small, ImVec2(box.x1 - px(8) - measure(Font::small, detail).x, y), colors.text_dim, detail);
}

}  // namespace

void draw_core(Canvas& canvas, std::size_t lane) {
  const Rect row = canvas.layout.lane(lane);
  canvas.items.push_back({{Drawn::What::core, 0, row.x0, row.y0, row.x1, row.y1, core_name(canvas, lane)},
                          0, 0, canvas.layout.lanes()[lane].index});
  if (!canvas.core(lane).samples.empty()) return draw_core_samples(canvas, canvas.core(lane).samples, canvas.layout.bar(lane));
  draw_track(canvas, canvas.core(lane).track, canvas.layout.bar(lane), false);
}

void draw_core_header(Canvas& canvas, std::size_t lane) {
  const platform::Palette& colors = platform::palette();
  const Rect box = header_box(canvas, lane);
  fill(canvas.list, box, colors.lane_header);
  if (!canvas.core(lane).samples.empty()) {
    const auto* const seen = canvas.core(lane).sample_at(canvas.moment());
    const timeline::Task* const who = seen == nullptr ? nullptr : canvas.model.find(seen->who);
    if (who != nullptr) fill(canvas.list, {box.x0, box.y0, box.x0 + px(4), box.y1}, platform::task_color(static_cast<std::size_t>(who - canvas.model.tasks().data())));
    const std::string samples = tr("timeline.core.samples");
    return write_header(canvas, box, box.x0 + px(14), core_name(canvas, lane), {who == nullptr ? samples : samples + ": " + who->name, samples});
  }
  const OnCpu* on = canvas.core(lane).track.at(canvas.moment());
  const timeline::Task* task = on == nullptr ? nullptr : canvas.model.find(on->who);
  if (task != nullptr) fill(canvas.list, {box.x0, box.y0, box.x0 + px(4), box.y1}, color_of(canvas, *on));
  const std::string who = on == nullptr ? tr("timeline.core.idle") : task != nullptr ? task->name : std::string("…");
  write_header(canvas, box, box.x0 + px(14), core_name(canvas, lane), {who});
}

void draw_strip(Canvas& canvas, std::size_t lane) {
  const timeline::Task& task = canvas.task(lane);
  const auto* kernel = canvas.model.kernel().find(task.id);
  if (kernel == nullptr) return;
  const Rect bar = canvas.layout.strip(lane);
  const Rect& plot = canvas.plot.area();
  if (canvas.model.kernel().mode() == trace::Observing::sampling && !kernel->states.empty()) {
    const Rect life{std::max(canvas.plot.x(kernel->states.front().time_ns), plot.x0), bar.y0, std::min(canvas.plot.x(task.death_ns), plot.x1), bar.y1};
    if (life.x1 <= life.x0) return;
    canvas.items.push_back({{Drawn::What::strip, task.id, life.x0, life.y0 - px(1), life.x1, life.y1 + px(2), {}}, 0, 0});
    return draw_task_samples(canvas, kernel->states, bar, platform::task_color(canvas.layout.lanes()[lane].index));
  }
  if (kernel->on_cpu.spans().empty()) return;
  const auto& spans = kernel->on_cpu.spans();
  const float x0 = canvas.plot.x(std::min(kernel->birth_ns, spans.front().begin_ns));
  const float x1 = canvas.plot.x(std::max(spans.back().end_ns, task.death_ns));
  const Rect life{std::max(x0, plot.x0), bar.y0, std::min(x1, plot.x1), bar.y1};
  if (life.x1 <= life.x0) return;
  canvas.items.push_back({{Drawn::What::strip, task.id, life.x0, life.y0 - px(1), life.x1, life.y1 + px(2), {}}, 0, 0});
  // Off the cores there is a thread of a line: it lives.
  const float middle = bar.y1 - px(1);
  line(canvas.list, life.x0, middle, life.x1, middle, platform::with_alpha(platform::palette().text_dim, 0.35f), 1);
  // Born, it waits for its first turn.
  if (kernel->birth_ns < spans.front().begin_ns) draw_waiting(canvas, x0, canvas.plot.x(spans.front().begin_ns), bar);
  draw_track(canvas, kernel->on_cpu, bar, true);
}

std::optional<timeline::Memory> known_memory(const timeline::Steps<timeline::Memory>& memory, const timeline::Task& task, std::int64_t when) {
  if (when >= task.death_ns) return std::nullopt;
  for (std::size_t i = memory.after(when); i > 0; --i) {
    if (const timeline::Memory& sample = memory.points()[i - 1].value; sample.rss > 0) return sample;
  }
  return std::nullopt;
}

void draw_memory(Canvas& canvas, std::size_t lane) {
  const platform::Palette& colors = platform::palette();
  const timeline::Task& task = canvas.task(lane);
  const auto* kernel = canvas.model.kernel().find(task.id);
  if (kernel == nullptr) return;
  const Rect row = canvas.layout.lane(lane), bar = canvas.layout.bar(lane);
  canvas.items.push_back({{Drawn::What::memory, task.id, row.x0, row.y0, row.x1, row.y1, {}}, 0, 0});
  const double most = most_memory(canvas.model) * 1.1;
  const float end = canvas.plot.x(task.death_ns);
  const Color own = platform::task_color(canvas.layout.lanes()[lane].index), shared = platform::mix(colors.lane, own, 0.3f);
  const auto y = [&](std::uint32_t kib) { return bar.y1 - static_cast<float>(kib / most) * bar.height(); };
  const auto draw = [&](auto get, Color ground, Color edge) {
    for_each_step(kernel->memory, canvas.plot, get, [&](float x0, float x1, std::uint32_t, std::uint32_t high) {
      x1 = std::min(x1, end);
      if (high == 0 || x1 <= x0) return;
      fill(canvas.list, {x0, y(high), x1, bar.y1}, ground);
      fill(canvas.list, {x0, y(high), x1, y(high) + std::max(px(1.5f), 1.0f)}, edge);
    });
  };
  // Stacked: what is its own below, what it shares with others on top of it.
  draw([](const timeline::Memory& memory) { return memory.private_pages + memory.shared_pages; }, shared, platform::mix(colors.lane, own, 0.6f));
  draw([](const timeline::Memory& memory) { return memory.private_pages; }, own, own);
  line(canvas.list, bar.x0, bar.y1, bar.x1, bar.y1, platform::with_alpha(colors.line, 0.8f), 1);
}

void draw_memory_header(Canvas& canvas, std::size_t lane) {
  const platform::Palette& colors = platform::palette();
  const timeline::Task& task = canvas.task(lane);
  const auto* kernel = canvas.model.kernel().find(task.id);
  if (kernel == nullptr) return;
  const Rect box = header_box(canvas, lane);
  fill(canvas.list, box, colors.lane_header);
  fill(canvas.list, {box.x0, canvas.layout.lane(lane).y0 - px(4), box.x0 + px(4), box.y1},
       platform::task_color(canvas.layout.lanes()[lane].index));
  const auto known = known_memory(kernel->memory, task, std::min(canvas.moment(), task.death_ns - 1));  // of a dead one: what it had last
  if (!known) {
    canvas.items.push_back({{Drawn::What::header, task.id, box.x0, box.y0, box.x1, box.y1, {}}, 0, 0});
    return;
  }
  const std::string own = bytes_words(std::int64_t{known->private_pages} * 1024);
  const std::string shared = bytes_words(std::int64_t{known->shared_pages} * 1024);
  const std::string first = tr("timeline.memory.header.private", fmt::arg("bytes", own));
  const std::string second = tr("timeline.memory.header.shared", fmt::arg("bytes", shared));
  const float height = line_height(Font::small), left = box.x0 + px(14);
  const bool two = 2 * height <= box.height();
  float y = box.y0 + (box.height() - (two ? 2 : 1) * height) * 0.5f;
  canvas.list->PushClipRect(ImVec2(box.x0, std::max(box.y0, canvas.layout.gutter().y0)),
                            ImVec2(box.x1, std::min(box.y1, canvas.layout.gutter().y1)), true);
  write(canvas.list, Font::small, ImVec2(left, y), colors.text, first);
  if (two) write(canvas.list, Font::small, ImVec2(left, y + height), colors.text_dim, second);
  canvas.list->PopClipRect();
  canvas.items.push_back({{Drawn::What::header, task.id, box.x0, box.y0, box.x1, box.y1, first + ", " + second}, 0, 0});
}

}  // namespace forklight::app::timeline_view
