// A pool's own lane: its jobs, each a bracket over its time, and under them the results in the order in which they came, in the colours of
// their places in the input. So what imap_unordered shuffles is seen as colours out of order.
#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/canvas.h"
#include "app/timeline/fold.h"
#include "app/timeline/pool_words.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Color;
using platform::Font;
using platform::px;
using timeline::kOpen;
using timeline::Pool;
using timeline::PoolArrival;
using timeline::PoolChunk;
using timeline::PoolJob;

constexpr std::size_t kJobsLookedAt = 512;  // the newest in view; how many there were before is counted
constexpr float kCell = 34, kCellHeight = 22;  // points: a result with its words

// The upper part of the lane is the jobs', the lower one the results'.
Rect results_rect(const Rect& bar) {
  const float height = std::min(px(kCellHeight), bar.height() * 0.48f);
  return {bar.x0, bar.y1 - height, bar.x1, bar.y1};
}

// One job, or several that share a place.
struct Block {
  float x0, x1;
  std::size_t job, count;
};

// Jobs from the oldest to the newest, each in the first row that is free there; where none is, the last row's block takes it in.
std::vector<std::vector<Block>> rows_of(const Canvas& canvas, const Pool& pool, std::size_t most_rows) {
  const Plot& plot = canvas.plot;
  const std::int64_t from_ns = plot.time_ns(plot.area().x0), to_ns = plot.time_ns(plot.area().x1);
  const auto begins = [](const PoolJob& job, std::int64_t time_ns) { return job.begin_ns < time_ns; };
  const auto end = std::lower_bound(pool.jobs.begin(), pool.jobs.end(), to_ns + 1, begins);
  const auto first = end - std::min<std::ptrdiff_t>(end - pool.jobs.begin(), kJobsLookedAt);
  std::vector<std::vector<Block>> rows(std::max<std::size_t>(most_rows, 1));
  const auto before = std::lower_bound(pool.jobs.begin(), first, from_ns, begins);
  if (before != first) {
    rows.back().push_back({plot.x(before->begin_ns), plot.x(first->begin_ns), static_cast<std::size_t>(before - pool.jobs.begin()), static_cast<std::size_t>(first - before)});
  }
  for (auto job = first; job != end; ++job) {
    if (job->end_ns < from_ns || job->begin_ns == kOpen) continue;
    const Block block{plot.x(job->begin_ns), std::max(plot.x(job->end_ns), plot.x(job->begin_ns) + kFoldBelow), static_cast<std::size_t>(job - pool.jobs.begin()), 1};
    const auto free = std::find_if(rows.begin(), rows.end(), [&](const std::vector<Block>& row) { return row.empty() || row.back().x1 + 1 <= block.x0; });
    if (free != rows.end()) {
      free->push_back(block);
    } else {
      Block& shared = rows.back().back();
      shared.x1 = std::max(shared.x1, block.x1);
      shared.count += block.count;
    }
  }
  return rows;
}

// The calls that nobody will do: who had them is dead, and the pool does not tell (L-21).
bool job_is_lost(const Canvas& canvas, const Pool& pool, const PoolJob& job) {
  if (job.end_ns != kOpen || job.chunks.size() != 1 || job.chunks.front().worker == 0) return false;
  const timeline::PoolWorker* worker = pool.find_worker(job.chunks.front().worker);
  const timeline::PoolWorker::Turn* turn = worker == nullptr ? nullptr : turn_at(*worker, canvas.plot.now_ns());
  return turn != nullptr && turn->job == job.number && timeline_view::is_lost(canvas.model, pool, *worker, *turn, canvas.plot.now_ns());
}

void draw_job(Canvas& canvas, const Pool& pool, const Block& block, const Rect& row) {
  const platform::Palette& colors = platform::palette();
  const Rect& plot = canvas.plot.area();
  const Rect rect{std::max(block.x0, plot.x0), row.y0, std::min(block.x1, plot.x1), row.y1};
  if (rect.x1 <= rect.x0) return;
  const PoolJob& job = pool.jobs[block.job];
  const bool one = block.count == 1, lost = one && job_is_lost(canvas, pool, job);
  const bool failed = one && job.how && *job.how != trace::JobEnd::value && job.end_ns <= canvas.plot.now_ns();
  const Color ink = lost || failed ? colors.error : colors.text_dim;
  const float y = rect.y1 - px(2), up = rect.y0 + px(3), thick = px(1.8f);
  line(canvas.list, rect.x0, y, rect.x1, y, ink, thick);
  if (block.x0 >= plot.x0) line(canvas.list, rect.x0, up, rect.x0, y, ink, thick);
  if (block.x1 <= plot.x1 && (!one || job.end_ns <= canvas.plot.now_ns())) line(canvas.list, rect.x1, up, rect.x1, y, ink, thick);
  float left = rect.x0 + px(5);
  if (one && (job.kind == trace::JobKind::apply || job.kind == trace::JobKind::submit) && rect.width() > px(14)) {
    fill(canvas.list, {left, up, left + px(8), y - px(3)}, platform::order_color(order_share(pool, job, 0)), px(1));
    left += px(12);
  }
  std::string text;
  if (one) {
    const std::string brief = job_words(canvas.model, job, true);
    text = lost ? first_that_fits(Font::small, rect.x1 - left - px(4), {tr("timeline.pool.job.lost", fmt::arg("job", brief)), brief})
                : first_that_fits(Font::small, rect.x1 - left - px(4), {job_words(canvas.model, job, false), brief});
  } else {
    const std::string count = i18n::format_count(block.count);
    text = first_that_fits(Font::small, rect.x1 - left - px(4), {tr("timeline.pool.folded.jobs", fmt::arg("count", count)), count});
  }
  const float height = line_height(Font::small);
  if (!text.empty()) write(canvas.list, Font::small, ImVec2(left, y - height - px(0.5f)), lost || failed ? platform::readable(colors.error, colors.lane) : colors.text, text);
  canvas.taken.push_back(rect);
  canvas.items.push_back({{Drawn::What::job, pool.object, rect.x0, rect.y0, rect.x1, rect.y1, text}, job.begin_ns, job.end_ns, 0, block.count,
                          timeline::kNone, timeline::Stage::deque, job.number});
}

std::string result_words(const Canvas& canvas, const PoolJob& job, const PoolChunk& chunk) {
  if (chunk.count > 1) return fmt::format("{}–{}", chunk.first, chunk.first + chunk.count - 1);
  const auto call = std::lower_bound(job.calls.begin(), job.calls.end(), chunk.first, [](const timeline::PoolItem& one, std::uint32_t at) { return one.index < at; });
  if (call == job.calls.end() || call->index != chunk.first || call->result == 0) return {};
  return first_line(canvas.model.text(call->result), 8);
}

// Each result from the moment at which it came, to the next one's; those that share a few pixels are counted.
void draw_results(Canvas& canvas, const Pool& pool, const Rect& area) {
  const platform::Palette& colors = platform::palette();
  const Plot& plot = canvas.plot;
  const auto before = [](const PoolArrival& one, std::int64_t time_ns) { return one.time_ns < time_ns; };
  const std::int64_t to_ns = std::min(plot.time_ns(plot.area().x1), plot.now_ns());
  auto at = std::lower_bound(pool.arrivals.begin(), pool.arrivals.end(), plot.time_ns(plot.area().x0 - px(kCell)), before);
  while (at != pool.arrivals.end() && at->time_ns <= to_ns) {
    const float x0 = plot.x(at->time_ns);
    const auto next = std::lower_bound(at + 1, pool.arrivals.end(), std::max(plot.time_ns(x0 + kFoldBelow), at->time_ns + 1), before);
    const float next_x = next == pool.arrivals.end() ? plot.area().x1 : plot.x(next->time_ns);
    const Rect rect{std::max(x0, plot.area().x0), area.y0, std::min({std::max(next_x - 1, x0 + 2), x0 + px(kCell), plot.area().x1}), area.y1};
    const PoolJob* job = pool.find_job(at->job);
    const PoolChunk* chunk = job == nullptr ? nullptr : job->find_chunk(at->chunk);
    if (chunk != nullptr && rect.x1 > rect.x0) {
      const Color color = platform::order_color(order_share(pool, *job, chunk->first));
      fill(canvas.list, rect, color, std::min(px(3), rect.width() * 0.25f));
      if (chunk->failed) outline(canvas.list, rect, colors.error, px(3), px(2));
      const auto count = static_cast<std::size_t>(next - at);
      const std::string text = first_that_fits(Font::small, rect.width() - px(4), {count > 1 ? "×" + i18n::format_count(count) : result_words(canvas, *job, *chunk)});
      const ImVec2 size = measure(Font::small, text);
      if (!text.empty() && size.y <= rect.height() + px(2))
        write(canvas.list, Font::small, ImVec2((rect.x0 + rect.x1 - size.x) * 0.5f, (rect.y0 + rect.y1 - size.y) * 0.5f), platform::text_on(color), text);
      canvas.items.push_back({{Drawn::What::result, pool.object, rect.x0, rect.y0, rect.x1, rect.y1, text}, at->time_ns, at->time_ns, chunk->index, count,
                              timeline::kNone, timeline::Stage::deque, job->number});
    }
    at = next;
  }
  canvas.taken.push_back(area);
}

// Of its workers together, while there was work.
std::optional<double> busy_share(const Canvas& canvas, const Pool& pool) {
  double sum = 0;
  std::size_t count = 0;
  for (const timeline::PoolWorker& worker : pool.workers) {
    const timeline::Task* task = canvas.model.find(worker.task);
    const std::optional<double> share = task == nullptr ? std::nullopt : timeline::utilisation(pool, worker, task->death_ns, canvas.plot.now_ns());
    if (!share) continue;
    sum += *share;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

// Where a share lies between nothing and all.
void draw_meter(Canvas& canvas, const Rect& rect, double share, Color color) {
  fill(canvas.list, rect, platform::palette().line, rect.height() * 0.5f);
  fill(canvas.list, {rect.x0, rect.y0, rect.x0 + rect.width() * static_cast<float>(std::clamp(share, 0.0, 1.0)), rect.y1}, color, rect.height() * 0.5f);
}

}  // namespace

void draw_pool(Canvas& canvas, std::size_t lane) {
  const Pool& pool = canvas.pool(lane);
  const Rect row = canvas.layout.lane(lane), bar = canvas.layout.bar(lane), results = results_rect(bar);
  canvas.items.push_back({{Drawn::What::pool, pool.object, row.x0, row.y0, row.x1, row.y1, name_words(canvas.model, pool.object)}, 0, 0});
  const Rect jobs{bar.x0, bar.y0, bar.x1, results.y0 - px(3)};
  const auto count = std::max<std::size_t>(1, static_cast<std::size_t>(jobs.height() / (line_height(Font::small) + px(2))));
  const float height = jobs.height() / static_cast<float>(count);
  const auto rows = rows_of(canvas, pool, count);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const float y = jobs.y0 + height * static_cast<float>(i);
    for (const Block& block : rows[i]) draw_job(canvas, pool, block, {jobs.x0, y, jobs.x1, y + height});
  }
  draw_results(canvas, pool, results);
}

void draw_pool_header(Canvas& canvas, std::size_t lane) {
  const platform::Palette& colors = platform::palette();
  const Pool& pool = canvas.pool(lane);
  const timeline::Object* object = canvas.model.find_object(pool.object);
  if (object == nullptr) return;
  const Rect& gutter = canvas.layout.gutter();
  const Rect row = canvas.layout.lane(lane);
  const Rect box{gutter.x0, row.y0 + px(2), gutter.x1, row.y1 - px(2)};
  const bool selected = canvas.ui.selection.task == pool.object, hovered = canvas.ui.hover.task == pool.object;
  fill(canvas.list, box, selected ? colors.selected : hovered ? colors.hover : colors.lane_header);
  canvas.list->PushClipRect(ImVec2(box.x0, std::max(box.y0, gutter.y0)), ImVec2(box.x1, std::min(box.y1, gutter.y1)), true);
  fill(canvas.list, {box.x0, box.y0, box.x0 + px(4), box.y1}, colors.accent_text);
  const std::string name = name_words(canvas.model, pool.object), kind = kind_words(object->kind);
  const std::optional<double> share = busy_share(canvas, pool);
  std::string second = tr("timeline.pool.workers", fmt::arg("count", i18n::format_count(object->size)));
  if (share) second += tr("timeline.channel.joint") + tr("timeline.pool.busy", fmt::arg("percent", std::lround(*share * 100)));
  const auto here = std::lower_bound(pool.arrivals.begin(), pool.arrivals.end(), canvas.plot.now_ns() + 1, [](const PoolArrival& one, std::int64_t t) { return one.time_ns < t; });
  const std::string third = tr("timeline.pool.results", fmt::arg("count", i18n::format_count(static_cast<std::uint64_t>(here - pool.arrivals.begin()))));
  const float left = box.x0 + px(14), name_height = line_height(Font::strong), small = line_height(Font::small);
  const bool three = name_height + 2 * small + px(8) <= box.height();
  float y = box.y0 + std::max((box.height() - name_height - small * (three ? 2.0f : 1.0f) - px(6)) * 0.5f, px(1));
  write(canvas.list, Font::strong, ImVec2(left, y), colors.text, name);
  const float after = left + measure(Font::strong, name).x + px(8);
  if (kind != name && after + measure(Font::small, kind).x <= box.x1) write(canvas.list, Font::small, ImVec2(after, y + name_height - small), colors.text_dim, kind);
  y += name_height;
  write(canvas.list, Font::small, ImVec2(left, y), platform::mix(colors.text, colors.text_dim, 0.4f), second);
  if (three) write(canvas.list, Font::small, ImVec2(left, y + small), colors.text_dim, third);
  if (share) draw_meter(canvas, {left, box.y1 - px(5), box.x1 - px(8), box.y1 - px(2)}, *share, colors.accent_text);
  canvas.list->PopClipRect();
  canvas.items.push_back({{Drawn::What::header, pool.object, box.x0, box.y0, box.x1, box.y1, name + ", " + second + ", " + third}, 0, 0});
}

void draw_pool_edge(Canvas& canvas, std::size_t lane) {
  const timeline::Task& task = canvas.task(lane);
  const auto [pool, worker] = worker_of(canvas.model, task.id);
  if (worker == nullptr) return;
  const platform::Palette& colors = platform::palette();
  const Rect& gutter = canvas.layout.gutter();
  const Rect row = canvas.layout.lane(lane);
  const std::optional<double> share = timeline::utilisation(*pool, *worker, task.death_ns, canvas.plot.now_ns());
  fill(canvas.list, {gutter.x0 + px(6), row.y0, gutter.x0 + px(9), row.y1}, colors.accent_text);
  if (share) draw_meter(canvas, {gutter.x0 + px(14), row.y1 - px(7), gutter.x1 - px(8), row.y1 - px(4)}, *share, platform::task_color(canvas.layout.lanes()[lane].index));
}

}  // namespace forklight::app::timeline_view
