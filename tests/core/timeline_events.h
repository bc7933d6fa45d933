// Hand-written events, and what every picture made of them must keep to.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/timeline/model.h"

namespace forklight::tests {

using timeline::kOpen;
using timeline::Model;
using timeline::Span;
using timeline::State;
using timeline::Task;
using trace::BlockReason;
using trace::Kind;
using trace::ObjectKind;
using trace::Record;
using trace::TaskId;

inline constexpr std::uint64_t kForEver = ~0ULL;  // a timeout

constexpr std::uint64_t reason(trace::BlockReason value) {
  return static_cast<std::uint64_t>(value);
}
constexpr std::uint64_t exited(int code) {
  return static_cast<std::uint64_t>(code) << 8;
}
constexpr std::uint64_t killed(int signal) {
  return static_cast<std::uint64_t>(signal);
}

inline Record event(std::int64_t time_ns, TaskId task, Kind kind, std::uint32_t object = 0, std::uint64_t a = 0,
                    std::uint64_t b = 0, std::uint16_t line = 0, std::string text = {}) {
  return {{time_ns, kind, line, object, a, b}, task, std::move(text)};
}

inline Record begin(std::int64_t time_ns, TaskId task, std::string name, TaskId parent = 1, std::uint64_t pid = 100) {
  return event(time_ns, task, Kind::task_begin, 0, (pid + task) << 32 | (pid + task), parent, 0, std::move(name));
}

inline Model model_of(std::vector<Record> records) {
  Model model;
  model.append(records);
  return model;
}

// A thread of the process whose main thread is `process`.
inline Record begin_thread(std::int64_t time_ns, TaskId task, std::string name, TaskId process) {
  return event(time_ns, task, Kind::task_begin, 0, (100ULL + process) << 32 | (100ULL + task), process, 0,
               std::move(name));
}

inline Record object(std::int64_t time_ns, std::uint32_t id, ObjectKind kind, std::string name, std::uint64_t size = 0,
                     std::uint64_t owner = 0) {
  return event(time_ns, 1, Kind::object_new, id, static_cast<std::uint64_t>(kind), owner << 32 | size, 0,
               std::move(name));
}

inline Record blocked(std::int64_t time_ns, TaskId task, BlockReason why, std::uint32_t on,
                      std::uint64_t timeout = kForEver) {
  return event(time_ns, task, Kind::block_begin, on, reason(why), timeout);
}

inline Record unblocked(std::int64_t time_ns, TaskId task, BlockReason why, std::uint32_t on) {
  return event(time_ns, task, Kind::block_end, on, reason(why));
}

inline Record death(std::int64_t time_ns, TaskId task, std::uint64_t status) {
  return event(time_ns, 0, Kind::death, task, status, 100ULL + task);
}

// MainProcess starts Process-1, which ends with `status` at 60 and is joined from 40 to 80.
inline std::vector<Record> started_and_joined(std::uint64_t status) {
  return {begin(10, 1, "MainProcess", 0),
          event(20, 1, Kind::start_begin, 2, static_cast<std::uint64_t>(trace::StartMethod::spawn)),
          event(25, 0, Kind::born, 2, 102, 1),
          event(30, 1, Kind::start_end, 2, 102),
          begin(35, 2, "Process-1"),
          event(40, 1, Kind::join_begin, 2, ~0ULL),
          event(40, 1, Kind::block_begin, 2, reason(trace::BlockReason::join), ~0ULL),
          event(60, 0, Kind::death, 2, status, 102),
          event(70, 1, Kind::reap, 2, status, 102),
          event(75, 1, Kind::block_end, 2, reason(trace::BlockReason::join)),
          event(80, 1, Kind::join_end, 2, 1),
          event(90, 0, Kind::death, 1, exited(0), 101),
          event(95, 0, Kind::reap, 1, exited(0), 101)};
}

inline void check_sound(const Model& model) {
  for (const Task& task : model.tasks()) {
    for (std::size_t i = 0; i < task.spans.size(); ++i) {
      CHECK(task.spans[i].begin_ns <= task.spans[i].end_ns);
      if (i > 0) CHECK(task.spans[i - 1].end_ns <= task.spans[i].begin_ns);
    }
  }
  const auto earlier = [](const auto& left, const auto& right) { return left.time_ns < right.time_ns; };
  CHECK(std::is_sorted(model.events().begin(), model.events().end(), earlier));
  CHECK(std::is_sorted(model.flows().begin(), model.flows().end(),
                       [](const auto& left, const auto& right) { return left.from_ns < right.from_ns; }));
  for (const timeline::Channel& channel : model.channels()) {
    CHECK(std::is_sorted(channel.counts.points().begin(), channel.counts.points().end(), earlier));
    CHECK(std::is_sorted(channel.messages.begin(), channel.messages.end(),
                         [](const auto& left, const auto& right) { return left.put_ns() < right.put_ns(); }));
    for (const auto& point : channel.counts.points()) {
      const timeline::Counts& counts = point.value;
      CHECK(counts.depth == counts.deque + counts.feeder + counts.pipe + counts.reader);
      CHECK(std::min({counts.deque, counts.pipe, std::int32_t{counts.feeder}, std::int32_t{counts.reader}}) >= 0);
    }
    for (const timeline::Message& message : channel.messages) CHECK(message.put_ns() <= message.gone_ns);
  }
}

inline std::vector<State> states(const Task& task) {
  std::vector<State> result;
  for (const Span& span : task.spans) result.push_back(span.state);
  return result;
}

}  // namespace forklight::tests
