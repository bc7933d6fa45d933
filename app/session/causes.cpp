#include "app/session/causes.h"

#include "app/session/command.h"
#include "core/timeline/causes.h"

namespace forklight::app::session {

void follow_causes(Context& context) {
  constexpr auto kOften = std::chrono::milliseconds(250);
  CausesState& state = context.ui.causes;
  const timeline::Model& model = context.session.model();
  const Selection& selection = context.ui.selection;
  const bool same = state.task == selection.task && state.time_ns == selection.time_ns;
  const auto now = std::chrono::steady_clock::now();
  if (same && (state.revision == model.revision() || now - state.found_at < kOften)) return;
  state.revision = model.revision();
  state.task = selection.task;
  state.time_ns = selection.time_ns;
  state.found_at = now;
  state.chain.clear();
  if (selection.time_ns && model.find(selection.task) != nullptr) state.chain = timeline::causes(model, selection.task, *selection.time_ns);
}

}  // namespace forklight::app::session
