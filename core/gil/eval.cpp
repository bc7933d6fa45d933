#include "core/gil/eval.h"

#include "core/gil/interrupt.h"
#include "core/trace/recorder.h"

namespace forklight::gil {

using trace::CheckPlace;
using trace::Kind;
using trace::Recorder;

namespace {

constexpr std::uint64_t kMostOnRecord = 500;  // losses of one run that are written one by one: without a GIL there are millions

// What one evaluation keeps across its functions.
struct Run {
  const Program& program;
  std::uint64_t rounds;
  int ticker = kTicks;
  bool pending = false;     // the variable has been read and not been written yet
  std::uint64_t read = 0;   // what was read
  std::uint64_t lost = 0, recorded = 0;
};

// Off the fast way: somebody wants something. What this thread has in hand is on record before another may change it.
void give_way(Run& run, CheckPlace place) {
  const Variable* variable = run.program.variable;
  const ThreadState* me = current_thread();
  if (run.pending && variable->object != 0 && me != nullptr && (me->breaker.load(kRelaxed) & kDropRequest) != 0) {
    Recorder::current().record(Kind::in_hand, variable->object, run.read, static_cast<std::uint64_t>(place));
  }
  check_point(place);
}

inline void check(Run& run, const std::atomic<std::uint32_t>& breaker, CheckPlace place) {
  if (breaker.load(kRelaxed) != 0) [[unlikely]] give_way(run, place);
}

void tick(Run& run) {
  run.ticker = kTicks;
  check_point(CheckPlace::tick);  // signals
  ThreadState* const me = current_thread();
  if (me == nullptr || me->interpreter->gil().mode() != trace::GilMode::before_3_2) return;
  Gil& gil = me->interpreter->gil();
  const std::uint64_t before = gil.switches();
  const std::int64_t began = base::now_ns();
  gil.tick(*me);
  if (run.pending && run.program.variable->object != 0 && gil.switches() != before) {
    Recorder& recorder = Recorder::current();
    recorder.record_at(began, Kind::in_hand, recorder.line(), run.program.variable->object, run.read, static_cast<std::uint64_t>(CheckPlace::tick));
  }
}

void write(Run& run, std::uint64_t value) {
  Variable& variable = *run.program.variable;
  const std::uint64_t found = variable.value.load(kRelaxed);
  variable.value.store(value, kRelaxed);
  run.pending = false;
  if (found == run.read) [[likely]] return;
  run.lost += found > run.read ? found - run.read : 0;
  if (variable.object != 0 && run.recorded++ < kMostOnRecord) Recorder::current().record(Kind::update_lost, variable.object, run.read, found);
}

template <Checks kChecks>
std::uint64_t evaluate_function(Run& run, std::span<const Instruction> code, std::uint64_t argument, const std::atomic<std::uint32_t>& breaker) {
  std::uint64_t locals[2] = {argument, 0}, stack[4];
  std::uint64_t* top = stack;  // the first free place
  for (const Instruction* next = code.data();;) {
    if constexpr (kChecks == Checks::every_instruction) check(run, breaker, CheckPlace::instruction);
    if constexpr (kChecks == Checks::every_hundredth) {
      if (--run.ticker == 0) [[unlikely]] tick(run);
    }
    const Instruction instruction = *next++;
    switch (instruction.op) {
      case Op::resume:
        if constexpr (kChecks == Checks::places) check(run, breaker, CheckPlace::function_start);
        break;
      case Op::load_const:
        *top++ = instruction.argument;
        break;
      case Op::load_fast:
        *top++ = locals[instruction.argument];
        break;
      case Op::store_fast:
        locals[instruction.argument] = *--top;
        break;
      case Op::load_global:
        run.read = *top++ = run.program.variable->value.load(kRelaxed);
        run.pending = true;
        break;
      case Op::store_global:
        write(run, *--top);
        break;
      case Op::add:
        --top, top[-1] += top[0];
        break;
      case Op::multiply:
        --top, top[-1] *= top[0];
        break;
      case Op::bit_and:
        --top, top[-1] &= top[0];
        break;
      case Op::call:
        top[-1] = evaluate_function<kChecks>(run, run.program.function, top[-1], breaker);
        if constexpr (kChecks == Checks::places) check(run, breaker, CheckPlace::call);
        break;
      case Op::for_iter:
        if (run.rounds == 0) next = code.data() + instruction.argument;
        else --run.rounds;
        break;
      case Op::jump_backward:
        next = code.data() + instruction.argument;
        if constexpr (kChecks == Checks::places) check(run, breaker, CheckPlace::loop_end);
        break;
      case Op::return_value:
        return *--top;
    }
  }
}

}  // namespace

Checks checks_of(int python_minor, trace::GilMode mode) noexcept {
  if (mode == trace::GilMode::before_3_2) return Checks::every_hundredth;
  return python_minor >= 10 ? Checks::places : Checks::every_instruction;
}

void end_round(int instructions) {
  check_point(CheckPlace::loop_end);
  ThreadState* const me = current_thread();
  if (me == nullptr || me->interpreter->gil().mode() != trace::GilMode::before_3_2 || (me->ticks_left -= instructions) > 0) return;
  me->ticks_left = kTicks;
  me->interpreter->gil().tick(*me);
}

Outcome evaluate(const Program& program, std::uint64_t argument, std::uint64_t rounds, Checks checks) {
  static constexpr std::atomic<std::uint32_t> kNobody{0};
  ThreadState* const me = current_thread();
  const std::atomic<std::uint32_t>& breaker = me != nullptr ? me->breaker : kNobody;
  Run run{program, rounds, me != nullptr ? me->ticks_left : kTicks};
  std::uint64_t result = 0;
  switch (checks) {
    case Checks::places:
      result = evaluate_function<Checks::places>(run, program.code, argument, breaker);
      break;
    case Checks::every_instruction:
      result = evaluate_function<Checks::every_instruction>(run, program.code, argument, breaker);
      break;
    case Checks::every_hundredth:
      result = evaluate_function<Checks::every_hundredth>(run, program.code, argument, breaker);
      break;
  }
  if (me != nullptr) me->ticks_left = run.ticker;
  return {result, run.lost};
}

}  // namespace forklight::gil
