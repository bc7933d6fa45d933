// From events to tasks, spans and marks, told by hand-written events. No process is started here.
#include <csignal>
#include <random>

#include "core/timeline/process_tree.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;

TEST_CASE("model: an empty model answers everything and is not complete") {
  const Model model;
  CHECK(model.tasks().empty());
  CHECK(model.begin_ns() == 0);
  CHECK(model.end_ns() == 0);
  CHECK_FALSE(model.complete());
  CHECK(model.find(1) == nullptr);
  CHECK(model.text(0).empty());
  CHECK(model.text(77).empty());
}

TEST_CASE("model: a task is known by name, pid, parent and start method, and ends with its exit code (P-32)") {
  const Model model = model_of(started_and_joined(exited(3)));
  REQUIRE(model.tasks().size() == 2);
  const Task& child = model.tasks()[1];
  CHECK(child.name == "Process-1");
  CHECK(child.pid == 102);
  CHECK(child.tid == 102);
  CHECK(child.parent == 1);
  CHECK(child.start_method == trace::StartMethod::spawn);
  CHECK(child.born_ns == 25);
  CHECK(child.exit_code() == 3);
  CHECK(model.complete());
  CHECK(model.begin_ns() == 10);
  CHECK(model.end_ns() == 95);
  check_sound(model);
}

TEST_CASE("model: exit codes are 0 to 255, or minus the signal (P-36)") {
  Task task;
  CHECK_FALSE(task.exit_code().has_value());
  task.wait_status = 0;
  CHECK(task.exit_code() == 0);
  task.wait_status = 255 << 8;
  CHECK(task.exit_code() == 255);
  task.wait_status = SIGTERM;
  CHECK(task.exit_code() == -SIGTERM);
  task.wait_status = SIGSEGV | 0x80;  // with a core dump
  CHECK(task.exit_code() == -SIGSEGV);
  task.wait_status = 0x137f;  // stopped
  CHECK_FALSE(task.exit_code().has_value());
}

TEST_CASE("model: a child that was reaped behind our back has no exit code, unless its reaper tells (P-54)") {
  Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(5, 2, "Process-1"), event(20, 0, Kind::death, 2, ~0ULL, 102)});
  CHECK(model.find(2)->death_ns == 20);
  CHECK_FALSE(model.find(2)->exit_code().has_value());
  model.append(std::vector{event(30, 1, Kind::reap, 2, exited(4), 102)});
  CHECK(model.find(2)->exit_code() == 4);
}

TEST_CASE("model: a child is a zombie from its death until somebody reaps it (P-50)") {
  const Model model = model_of(started_and_joined(exited(0)));
  const Task& child = *model.find(2);
  CHECK(states(child) == std::vector{State::running, State::zombie});
  CHECK(child.spans[1].begin_ns == 60);
  CHECK(child.spans[1].end_ns == 70);
  CHECK(child.death_ns == 60);
  CHECK(child.reaped_ns == 70);
  CHECK(child.reaped_by == 1);
  CHECK(child.alive_at(59));
  CHECK_FALSE(child.alive_at(60));
  CHECK_FALSE(child.alive_at(24));
}

TEST_CASE("model: a zombie that nobody reaps stays open, and its run is not complete (P-50)") {
  std::vector<Record> records = started_and_joined(exited(0));
  records.resize(8);
  const Model model = model_of(records);
  CHECK(model.find(2)->spans.back().state == State::zombie);
  CHECK(model.find(2)->spans.back().end_ns == kOpen);
  CHECK_FALSE(model.complete());
}

TEST_CASE("model: a death known only from the reaper makes no zombie") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(5, 2, "Process-1"), event(20, 1, Kind::reap, 2, exited(0), 102),
                event(20, 0, Kind::death, 2, exited(0), 102, static_cast<std::uint16_t>(trace::DeathSource::reaper))});
  const Task& child = *model.find(2);
  CHECK(states(child) == std::vector{State::running});
  CHECK(child.death_source == trace::DeathSource::reaper);
  CHECK(child.spans[0].end_ns == 20);
}

TEST_CASE("model: a reaping that is told before the death is remembered") {
  Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(5, 2, "Process-1"), event(20, 1, Kind::reap, 2, exited(7), 102)});
  CHECK(model.find(2)->death_ns == kOpen);
  CHECK(model.find(2)->reaped_ns == 20);
  CHECK(model.find(2)->exit_code() == 7);
  CHECK_FALSE(model.find(2)->alive_at(21));
  model.append(std::vector{event(15, 0, Kind::death, 2, exited(7), 102)});
  CHECK(model.find(2)->death_ns == 15);
  CHECK(model.find(2)->spans.back().state == State::zombie);
  CHECK(model.find(2)->spans.back().end_ns == 20);
  check_sound(model);
}

TEST_CASE("model: a death noticed only after the reaping was before it") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(5, 2, "Process-1"), event(20, 1, Kind::reap, 2, exited(0), 102),
                event(23, 0, Kind::death, 2, exited(0), 102)});
  CHECK(model.find(2)->death_ns == 20);
  CHECK(states(*model.find(2)) == std::vector{State::running});
}

TEST_CASE("model: an orphan that the supervisor reaped was reaped by nobody on screen (P-62)") {
  const Model model =
      model_of({begin(1, 1, "MainProcess", 0), begin(5, 2, "Process-1"), event(9, 0, Kind::adopted, 2, 102, 1),
                event(20, 0, Kind::death, 2, killed(SIGKILL), 102), event(21, 0, Kind::reap, 2, killed(SIGKILL), 102)});
  CHECK(model.find(2)->reaped_by == 0);
  CHECK(model.find(2)->reaped_ns == 21);
  REQUIRE(model.find(2)->marks.size() == 1);
  CHECK(model.find(2)->marks[0].kind == Kind::adopted);
}

TEST_CASE("model: waiting and sleeping cut the running time") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0),
                                event(10, 1, Kind::block_begin, 2, reason(trace::BlockReason::wait), 5, 4),
                                event(30, 1, Kind::block_end, 2), event(40, 1, Kind::sleep_begin, 0, 500, 0, 6),
                                event(50, 1, Kind::sleep_end, 0, 500)});
  const Task& task = *model.find(1);
  CHECK(states(task) == std::vector{State::running, State::blocked, State::running, State::sleeping, State::running});
  CHECK(task.spans[1].reason == trace::BlockReason::wait);
  CHECK(task.spans[1].partner == 2);
  CHECK(task.spans[1].line == 4);
  CHECK(task.spans[3].detail == 500);
  CHECK(task.spans[3].line == 6);
  CHECK(task.spans[4].end_ns == kOpen);
  CHECK(model.span_at(task, 29)->state == State::blocked);
  CHECK(model.span_at(task, 30)->state == State::running);
  CHECK(model.span_at(task, 49)->state == State::sleeping);
  CHECK(model.span_at(task, -1) == nullptr);
  CHECK(model.span_at(task, 1'000'000)->state == State::running);
}

TEST_CASE("model: a wait of no length stays, a run of no length goes") {
  const Model model =
      model_of({begin(10, 1, "MainProcess", 0), event(10, 1, Kind::block_begin, 2), event(10, 1, Kind::block_end, 2)});
  CHECK(states(*model.find(1)) == std::vector{State::blocked, State::running});
  CHECK(model.span_at(*model.find(1), 10)->state == State::running);
}

TEST_CASE("model: a death that is said to be earlier than the last own event makes no negative span") {
  Model model = model_of({begin(10, 1, "MainProcess", 0), event(50, 1, Kind::block_begin, 2)});
  model.append(std::vector{event(30, 0, Kind::death, 1, killed(SIGKILL), 101)});
  CHECK(model.find(1)->death_ns == 50);
  check_sound(model);
}

TEST_CASE("model: what a task wrote before its death may arrive after the word of it") {
  Model model = model_of({begin(10, 1, "MainProcess", 0)});
  model.append(std::vector{event(100, 0, Kind::death, 1, killed(SIGKILL), 101)});
  model.append(std::vector{event(60, 1, Kind::block_begin, 2, reason(trace::BlockReason::wait)),
                           event(70, 1, Kind::output, 0, 1, 3, 0, "hi\n")});
  const Task& task = *model.find(1);
  CHECK(states(task) == std::vector{State::running, State::blocked, State::zombie});
  CHECK(task.spans[1].end_ns == 100);
  CHECK(task.death_ns == 100);
  CHECK(model.console().size() == 1);
  check_sound(model);
}

TEST_CASE("model: lost events leave a hole with their number") {
  const Model model = model_of({begin(0, 1, "MainProcess", 0), event(10, 1, Kind::block_begin, 2),
                                event(50, 1, Kind::lost, 0, 12, 20), event(60, 1, Kind::sleep_begin, 0, 5)});
  const Task& task = *model.find(1);
  CHECK(states(task) == std::vector{State::running, State::blocked, State::lost, State::running, State::sleeping});
  CHECK(task.spans[1].end_ns == 20);
  CHECK(task.spans[2].begin_ns == 20);
  CHECK(task.spans[2].end_ns == 50);
  CHECK(task.spans[2].detail == 12);
  CHECK(task.lost_events == 12);
  CHECK(model.lost_count() == 12);
  CHECK(model.event_count() == 3);
}

TEST_CASE("model: a loss whose begin makes no sense stays within what is known") {
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{500}, ~std::uint64_t{0}}) {
    const Model model = model_of(
        {begin(10, 1, "MainProcess", 0), event(20, 1, Kind::block_begin, 2), event(50, 1, Kind::lost, 0, 1, first)});
    check_sound(model);
    CHECK(model.find(1)->spans.back().state == State::running);
    CHECK(model.find(1)->spans.back().begin_ns == 50);
  }
}

TEST_CASE("model: output is a mark and a console line") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), event(20, 1, Kind::output, 0, 2, 6, 3, "oops!\n")});
  REQUIRE(model.console().size() == 1);
  CHECK(model.console()[0].stream == 2);
  CHECK(model.console()[0].text == "oops!\n");
  CHECK(model.console()[0].task == 1);
  REQUIRE(model.find(1)->marks.size() == 1);
  CHECK(model.text(model.find(1)->marks[0].text) == "oops!\n");
}

TEST_CASE("model: the line of a task is the last one that it told") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0), event(20, 1, Kind::line, 0, 0, 0, 5),
                                event(30, 1, Kind::sleep_begin, 0, 1), event(40, 1, Kind::line, 0, 0, 0, 6),
                                event(45, 0, Kind::death, 1, 0, 101, 0)});
  const Task& task = *model.find(1);
  CHECK(model.line_at(task, 19) == 0);
  CHECK(model.line_at(task, 20) == 5);
  CHECK(model.line_at(task, 39) == 5);
  CHECK(model.line_at(task, 99) == 6);
}

TEST_CASE("model: a stop and a cap are remembered and marked on MainProcess") {
  const Model model = model_of({begin(10, 1, "MainProcess", 0),
                                event(20, 0, Kind::cap, 0, static_cast<std::uint64_t>(trace::Cap::bytes), 100),
                                event(30, 0, Kind::stop, 0, static_cast<std::uint64_t>(trace::StopReason::run_time))});
  CHECK(model.cap_hit() == trace::Cap::bytes);
  CHECK(model.stopped() == trace::StopReason::run_time);
  CHECK(model.find(1)->marks.size() == 2);
}

TEST_CASE("model: tasks are in order of birth, however their records arrive") {
  Model model;
  for (const TaskId id : {4U, 2U, 1U, 3U})
    model.append(std::vector{begin(static_cast<std::int64_t>(id) * 10, id, "P")});
  REQUIRE(model.tasks().size() == 4);
  for (TaskId id = 1; id <= 4; ++id) {
    CHECK(model.tasks()[id - 1].id == id);
    CHECK(model.find(id)->born_ns == id * 10);
  }
  check_sound(model);
}

TEST_CASE("model: continuations and kinds of the future do no harm") {
  const Model model =
      model_of({begin(10, 1, "MainProcess", 0), event(20, 1, Kind::text, 3, 1, 2), event(30, 1, Kind{999}, 7, 8, 9)});
  CHECK(model.event_count() == 2);
  CHECK(model.events().size() == 2);
  CHECK(model.tasks().size() == 1);
}

TEST_CASE("model: clearing forgets all but that something changed") {
  Model model = model_of(started_and_joined(exited(0)));
  const std::uint64_t before = model.revision();
  model.append({});
  CHECK(model.revision() == before);
  model.clear();
  CHECK(model.revision() != before);
  CHECK(model.tasks().empty());
  CHECK(model.events().empty());
  model.append(started_and_joined(exited(0)));
  CHECK(model.complete());
}

TEST_CASE("model: however records are cut into batches, the picture is the same") {
  const std::vector<Record> records = started_and_joined(killed(SIGKILL));
  const Model whole = model_of(records);
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    Model model;
    for (std::size_t from = 0; from < records.size();) {
      const std::size_t count = std::min<std::size_t>(1 + random() % 4, records.size() - from);
      // Within a batch, task by task: as rings are drained.
      std::vector<Record> batch(records.begin() + static_cast<std::ptrdiff_t>(from),
                                records.begin() + static_cast<std::ptrdiff_t>(from + count));
      std::stable_sort(batch.begin(), batch.end(),
                       [](const Record& left, const Record& right) { return left.task < right.task; });
      model.append(batch);
      from += count;
    }
    REQUIRE(model.tasks().size() == whole.tasks().size());
    for (std::size_t i = 0; i < whole.tasks().size(); ++i) {
      CHECK(states(model.tasks()[i]) == states(whole.tasks()[i]));
      CHECK(model.tasks()[i].death_ns == whole.tasks()[i].death_ns);
    }
    CHECK(model.flows().size() == whole.flows().size());
    check_sound(model);
  }
}

TEST_CASE("model: events without sense make no picture that is unsound") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    Model model;
    for (int batch = 0; batch < 4; ++batch) {
      std::vector<Record> records;
      for (int i = 0; i < 30; ++i) {
        const auto kind = static_cast<Kind>(random() % 95);
        records.push_back(
            event(static_cast<std::int64_t>(random() % 100), static_cast<TaskId>(random() % 4), kind,
                  static_cast<std::uint32_t>(random() % 5) + (random() % 2 == 0 ? trace::kFirstObject : 0),
                  random() % 3, random() % 4 == 0 ? random() : random() % 3, static_cast<std::uint16_t>(random() % 3)));
      }
      model.append(records);
    }
    check_sound(model);
    for (const Task& task : model.tasks()) {
      CHECK(model.find(task.id) == &task);
      for (const Span& span : task.spans) {
        if (span.begin_ns < span.end_ns) CHECK(model.span_at(task, span.begin_ns) == &span);
      }
    }
  }
}

TEST_CASE("model: what the handler of a signal interrupts goes on after it, unless it raises (P-38, P-40)") {
  const auto states = [](std::uint64_t raised) {
    const Model model = model_of({begin(1, 1, "MainProcess", 0), event(10, 1, Kind::sleep_begin, 0, 500),
                                  event(20, 1, Kind::handler_begin, 0, SIGTERM),
                                  event(30, 1, Kind::handler_end, 0, SIGTERM, raised)});
    check_sound(model);
    CHECK(model.find(1)->marks.size() == 1);
    std::vector<State> list;
    for (const Span& span : model.find(1)->spans) list.push_back(span.state);
    return list;
  };
  CHECK(states(0) == std::vector{State::running, State::sleeping, State::running, State::sleeping});
  CHECK(states(1) == std::vector{State::running, State::sleeping, State::running});
}

TEST_CASE("process tree: parents before their children, threads and what they start with their process") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "Process-1"), begin(3, 3, "Process-2"), begin(4, 4, "Process-1:1", 2),
                                begin_thread(5, 5, "Thread-1", 2), begin(6, 6, "Process-1:2", 5), begin(7, 7, "Process-1:1:1", 4)});
  std::vector<std::string> rows;
  for (const auto& row : timeline::tree_rows(model)) {
    std::string line;
    for (const bool passes : row.passes) line += passes ? "| " : "  ";
    if (row.depth > 0) line += row.last ? "`-" : "|-";
    rows.push_back(line + model.tasks().at(row.order).name);
  }
  CHECK(rows == std::vector<std::string>{"MainProcess", "|-Process-1", "| |-Process-1:1", "| | `-Process-1:1:1", "| |-Thread-1", "| `-Process-1:2",
                                         "`-Process-2"});
  // Who has started it is dead: the orphan stays with him.
  Model orphaned = model_of({begin(1, 1, "MainProcess", 0), begin(2, 2, "Process-1"), begin(3, 3, "Process-1:1", 2), death(4, 2, killed(9))});
  CHECK(timeline::tree_rows(orphaned).back().depth == 2);
  CHECK(timeline::tree_rows(Model{}).empty());
}
