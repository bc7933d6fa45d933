// A pool's worker: its tasks as blocks above its bar, coloured by their place in the input, chunks as brackets over their calls, what was lost
// with it, and the time at the end of a job in which it had nothing left to do.
#include <algorithm>
#include <span>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/badge.h"
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
using timeline::PoolChunk;
using timeline::PoolItem;
using timeline::PoolJob;
using timeline::PoolWorker;

constexpr std::size_t kTailsLookedAt = 256;  // the newest in view, for their tails

// What the drawing of one worker's tasks needs to know.
struct Here {
  Canvas& canvas;
  const Pool& pool;
  const PoolWorker& worker;
  const timeline::Task& task;
  Rect room;    // for its tasks, across the plot
  float end_x;  // of its life
};

// What of a stretch is seen; a little of it, however short it is.
Rect visible(const Here& here, float x0, float x1) {
  const Rect& plot = here.canvas.plot.area();
  return {std::max(x0, plot.x0), here.room.y0, std::min(std::max(std::min(x1, here.end_x), x0 + kFoldBelow), plot.x1), here.room.y1};
}

Font block_font(const Rect& rect) { return rect.height() >= line_height(Font::strong) + px(2) ? Font::strong : Font::small; }

// In the middle of a block, or at its left where it is wide.
std::string write_in(const Here& here, const Rect& rect, Color ink, std::initializer_list<std::string> words) {
  const Font font = block_font(rect);
  if (line_height(font) > rect.height() + px(2)) return {};
  std::string text = first_that_fits(font, rect.width() - px(6), words);
  if (text.empty()) return text;
  const ImVec2 size = measure(font, text);
  const float x = rect.width() > size.x + px(60) ? rect.x0 + px(7) : (rect.x0 + rect.x1 - size.x) * 0.5f;
  here.canvas.labels.push_back({font, ImVec2(x, (rect.y0 + rect.y1 - size.y) * 0.5f), ink, {}, 0, text});
  return text;
}

void add(const Here& here, const Rect& rect, std::string label, std::int64_t begin_ns, std::int64_t end_ns, std::size_t index, std::size_t count,
         std::uint32_t job) {
  here.canvas.items.push_back({{Drawn::What::work, here.task.id, rect.x0, rect.y0, rect.x1, rect.y1, std::move(label)},
                               begin_ns, end_ns, index, count, timeline::kNone, timeline::Stage::deque, job});
  here.canvas.taken.push_back(rect);
}

void draw_call(const Here& here, const PoolJob& job, const PoolItem& item, bool lost, float x0, float x1) {
  const platform::Palette& colors = platform::palette();
  const Rect rect = visible(here, x0, x1);
  if (rect.x1 <= rect.x0) return;
  const Color color = platform::order_color(order_share(here.pool, job, item.index));
  const float round = std::min(px(3), rect.width() * 0.25f);
  const bool open = item.end_ns > here.canvas.plot.now_ns();
  Color ink = platform::text_on(color);
  if (lost) {
    // Pale, crossed out, in the colour of what went wrong: there is no result.
    const Color ground = platform::mix(colors.lane, color, 0.35f);
    fill(here.canvas.list, rect, ground, round);
    cross_hatch(here.canvas.list, rect, rect.x0, rect.x1, platform::with_alpha(colors.error, 0.7f), px(9));
    outline(here.canvas.list, rect, colors.error, round, px(2));
    ink = platform::text_on(ground);
  } else {
    fill(here.canvas.list, rect, color, round);
    if (item.raised) outline(here.canvas.list, rect, colors.error, round, px(2.5f));
    // Blocks that follow at once stay apart.
    else if (rect.width() > px(4) && !open) line(here.canvas.list, rect.x1 - 1, rect.y0, rect.x1 - 1, rect.y1, colors.lane, 1);
  }
  std::string label;
  const std::string arguments = item.arguments == 0 ? std::string() : first_line(here.canvas.model.text(item.arguments), 12);
  if (lost) {
    const std::string word = tr("timeline.pool.lost"), name = job_words(here.canvas.model, job, true);
    label = write_in(here, rect, ink, {tr("timeline.pool.lost.call", fmt::arg("call", call_words(here.canvas.model, job, item, false))), word});
    // Nothing is more important on this lane: where the block is too narrow for the word, it stands beside it.
    const std::string beside = tr("timeline.pool.lost.call", fmt::arg("call", call_words(here.canvas.model, job, item, false)));
    const ImVec2 size = measure(Font::strong, beside);
    // After the badge of the death that took it.
    const auto exit_code = here.task.exit_code();
    const float from = rect.x1 + px(5) + (exit_code ? badge_size(exit_code, rect.height()).x + px(6) : 0), middle = (rect.y0 + rect.y1) * 0.5f;
    const Rect box{from, middle - size.y * 0.5f, from + px(4) + size.x, middle + size.y * 0.5f};
    if (label.empty() && box.x1 < here.canvas.plot.area().x1 && here.canvas.place(box)) {
      here.canvas.labels.push_back({Font::strong, ImVec2(box.x0 + px(2), box.y0), platform::readable(colors.error, colors.lane), box, colors.lane, beside});
      label = beside;
    }
  } else {
    label = write_in(here, rect, ink, {call_words(here.canvas.model, job, item, false), call_words(here.canvas.model, job, item, true), arguments});
  }
  add(here, rect, std::move(label), item.begin_ns, item.end_ns, item.index, 1, job.number);
}

// Several in a few pixels: columns in the colours of those that lie there, and how many they are.
template <typename Spans, typename ColorOf>
std::string draw_fold(const Here& here, const Spans& spans, const Piece& piece, const Rect& rect, const char* key, ColorOf&& color_of) {
  const platform::Palette& colors = platform::palette();
  std::size_t at = piece.first;
  for (float x = rect.x0; x < rect.x1; x += kFoldColumn) {
    at = std::min(first_ending_after(spans, at, here.canvas.plot.time_ns(x)), piece.first + piece.count - 1);
    fill(here.canvas.list, {x, rect.y0, std::min(x + kFoldColumn, rect.x1), rect.y1}, color_of(spans[at]));
    // Ribs, so that a fold is told from one block.
    fill(here.canvas.list, {x, rect.y0, x + 1, rect.y1}, platform::with_alpha(colors.lane, 0.6f));
  }
  const std::string count = i18n::format_count(piece.count);
  const Font font = Font::small;
  std::string text = first_that_fits(font, rect.width() - px(10), {tr(key, fmt::arg("count", count)), count});
  if (text.empty() || line_height(font) > rect.height() + px(2)) return {};
  const ImVec2 size = measure(font, text);
  const ImVec2 place((rect.x0 + rect.x1 - size.x) * 0.5f, (rect.y0 + rect.y1 - size.y) * 0.5f);
  here.canvas.labels.push_back({font, place, colors.text, {place.x - px(4), place.y, place.x + size.x + px(4), place.y + size.y}, colors.lane, text});
  return text;
}

Color color_of_turn(const Here& here, const PoolWorker::Turn& turn) {
  const PoolJob* job = here.pool.find_job(turn.job);
  const PoolChunk* chunk = job == nullptr ? nullptr : job->find_chunk(turn.chunk);
  return chunk == nullptr ? platform::palette().zombie : platform::order_color(order_share(here.pool, *job, chunk->first));
}

// Over the calls that travelled together.
void draw_bracket(const Here& here, const PoolWorker::Turn& turn, float x0, float x1) {
  const Color ink = platform::palette().text_dim;
  const float y = here.room.y0 - px(3), foot = here.room.y0 - px(0.5f), thick = px(1.4f);
  const float left = std::max(x0 + 1, here.canvas.plot.area().x0), right = std::min(std::min(x1, here.end_x) - 2, here.canvas.plot.area().x1);
  if (right <= left) return;
  line(here.canvas.list, left, y, right, y, ink, thick);
  if (x0 >= here.canvas.plot.area().x0) line(here.canvas.list, left, y, left, foot, ink, thick);
  if (x1 <= here.canvas.plot.area().x1) line(here.canvas.list, right, y, right, foot, ink, thick);
  here.canvas.items.push_back({{Drawn::What::chunk, here.task.id, left, y - thick, right, foot, {}}, turn.begin_ns, std::min(turn.end_ns, here.task.death_ns), turn.chunk, 1,
                               timeline::kNone, timeline::Stage::deque, turn.job});
}

void draw_turn(const Here& here, const PoolWorker::Turn& turn, float x0, float x1) {
  const PoolJob* job = here.pool.find_job(turn.job);
  const PoolChunk* chunk = job == nullptr ? nullptr : job->find_chunk(turn.chunk);
  if (chunk == nullptr) return;
  if (chunk->count > 1) draw_bracket(here, turn, x0, x1);
  const auto before = [](const PoolItem& one, std::uint32_t at) { return one.index < at; };
  const auto first = std::lower_bound(job->calls.begin(), job->calls.end(), chunk->first, before);
  const auto end = std::lower_bound(first, job->calls.end(), chunk->first + std::max(chunk->count, 1u), before);
  const bool lost = is_lost(here.canvas.model, here.pool, here.worker, turn, here.canvas.plot.now_ns());
  if (first == end) {
    // It never came to a call: what was sent was an error (L-19, L-20), or it has just got it.
    const Rect rect = visible(here, x0, x1);
    if (rect.x1 <= rect.x0) return;
    fill(here.canvas.list, rect, platform::mix(platform::palette().lane, color_of_turn(here, turn), 0.5f), px(3));
    return add(here, rect, write_in(here, rect, platform::palette().text, {job_words(here.canvas.model, *job, true)}), turn.begin_ns, turn.end_ns, chunk->first, 1, job->number);
  }
  const std::span<const PoolItem> calls(first, end);
  for_each_piece(calls, here.canvas.plot, kFoldBelow, [&](const Piece& piece) {
    const PoolItem& item = calls[piece.first];
    if (piece.count == 1) return draw_call(here, *job, item, lost && item.end_ns == kOpen, piece.x0, piece.x1);
    const Rect rect = visible(here, piece.x0, piece.x1);
    if (rect.x1 <= rect.x0) return;
    std::string label = draw_fold(here, calls, piece, rect, "timeline.pool.folded.calls",
                                  [&](const PoolItem& one) { return platform::order_color(order_share(here.pool, *job, one.index)); });
    add(here, rect, std::move(label), item.begin_ns, calls[piece.first + piece.count - 1].end_ns, item.index, piece.count, job->number);
  });
}

// Nothing left to do, and others at work: an empty frame with the word.
void draw_tail(const Here& here, const timeline::TimeRange& tail, std::uint32_t job) {
  const platform::Palette& colors = platform::palette();
  const std::int64_t end_ns = std::min({tail.end_ns, here.task.death_ns, here.canvas.plot.now_ns()});
  if (end_ns <= tail.begin_ns) return;
  const float x0 = here.canvas.plot.x(tail.begin_ns), x1 = here.canvas.plot.x(end_ns);
  if (x1 - x0 < px(6)) return;
  const Rect& plot = here.canvas.plot.area();
  const Rect rect{std::max(x0 + px(2), plot.x0), here.room.y0, std::min(x1, plot.x1), here.room.y1};
  if (rect.x1 <= rect.x0) return;
  fill(here.canvas.list, rect, platform::mix(colors.lane, colors.signal, 0.12f), px(2));
  dotted_frame(here.canvas.list, {x0 + px(2), rect.y0, x1, rect.y1}, rect.x0, rect.x1, colors.signal, px(1.3f));
  const std::string length = short_duration(end_ns - tail.begin_ns);
  std::string label = write_in(here, rect, colors.text, {tr("timeline.pool.tail.for", fmt::arg("duration", length)), tr("timeline.pool.idle.for", fmt::arg("duration", length)),
                                                         tr("timeline.pool.idle")});
  here.canvas.items.push_back({{Drawn::What::tail, here.task.id, rect.x0, rect.y0, rect.x1, rect.y1, std::move(label)},
                               tail.begin_ns, end_ns, 0, 1, timeline::kNone, timeline::Stage::deque, job});
  here.canvas.taken.push_back(rect);
}

}  // namespace

void draw_work(Canvas& canvas, std::size_t lane) {
  const timeline::Task& task = canvas.task(lane);
  const auto [pool, worker] = worker_of(canvas.model, task.id);
  if (worker == nullptr) return;
  const Here here{canvas, *pool, *worker, task, canvas.layout.work(lane), canvas.plot.x(task.death_ns)};
  const std::int64_t from_ns = canvas.plot.time_ns(canvas.plot.area().x0), to_ns = canvas.plot.time_ns(canvas.plot.area().x1);
  const auto last = std::partition_point(pool->jobs.begin(), pool->jobs.end(), [to_ns](const PoolJob& job) { return job.begin_ns <= to_ns; });
  std::size_t left = kTailsLookedAt;
  for (auto job = last; job != pool->jobs.begin() && left > 0; --left) {
    --job;
    if (job->end_ns < from_ns) continue;
    if (const auto tail = timeline::idle_tail(*worker, *job)) draw_tail(here, *tail, job->number);
  }
  for_each_piece(worker->turns, canvas.plot, kFoldBelow, [&](const Piece& piece) {
    const PoolWorker::Turn& turn = worker->turns[piece.first];
    const bool lost = piece.count == 1 && is_lost(canvas.model, *pool, *worker, turn, canvas.plot.now_ns());
    if (piece.count == 1 && (piece.x1 - piece.x0 >= kFoldBelow || lost)) return draw_turn(here, turn, piece.x0, piece.x1);
    const Rect rect = visible(here, piece.x0, piece.x1);
    if (rect.x1 <= rect.x0) return;
    std::string label = draw_fold(here, worker->turns, piece, rect, "timeline.pool.folded", [&](const PoolWorker::Turn& one) { return color_of_turn(here, one); });
    add(here, rect, std::move(label), turn.begin_ns, worker->turns[piece.first + piece.count - 1].end_ns, turn.chunk, piece.count, turn.job);
    // What was lost is shown, however little time it took.
    const PoolWorker::Turn& end = worker->turns.back();
    if (piece.first + piece.count == worker->turns.size() && is_lost(canvas.model, *pool, *worker, end, canvas.plot.now_ns()))
      draw_turn(here, end, canvas.plot.x(end.begin_ns), here.end_x);
  });
}

}  // namespace forklight::app::timeline_view
