// The selected queue, pipe or event: what it is, what is in it, who has it, what can be done to it.
#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/glossary.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using timeline::Model;
using timeline::Object;
using trace::ObjectKind;

constexpr std::size_t kValues = 8, kValueLength = 12;

void draw_channel(const Model& model, const Object& object, const timeline::Channel& channel, std::int64_t when) {
  const bool queue = object.kind != ObjectKind::pipe && object.kind != ObjectKind::simple_queue;
  if (queue)
    key_value(tr("inspector.object.maxsize"), object.size == 0 ? tr("timeline.channel.no_limit") : i18n::format_count(object.size));
  key_value(tr("inspector.object.in_it"), i18n::format_count(static_cast<std::uint64_t>(std::max(0, channel.counts.at(when).depth))));
  std::string values;
  for (const std::uint32_t index : channel.contents(when, kValues))
    values += (values.empty() ? "" : ", ") + timeline_view::value_words(model, channel.messages[index], kValueLength);
  if (!values.empty()) key_value(tr("inspector.object.values"), values);
}

void draw_closings(const Model& model, const Object& object, std::int64_t when) {
  for (const Object::Closing& closing : object.closings) {
    if (closing.time_ns > when) break;
    const bool first = closing.end == trace::PipeEnd::first, duplex = object.size == 2;
    const char* key = duplex ? (first ? "inspector.object.closed.first" : "inspector.object.closed.second")
                      : first ? "inspector.object.closed.reading"
                              : "inspector.object.closed.writing";
    key_value(tr(key), timeline_view::name_words(model, closing.task));
  }
}

// Who has it, who waits, who asked, and since when.
void draw_lock(const Model& model, const timeline::Gil& gil, std::int64_t when) {
  const timeline::GilHold* hold = gil.at(when);
  key_value(tr("inspector.gil.mode"), timeline_view::gil_mode_words(gil.mode()));
  if (!gil.is_lock()) return;
  key_value(tr("inspector.gil.holder"), hold == nullptr ? tr("timeline.gil.free") : timeline_view::name_words(model, hold->task));
  if (hold != nullptr) key_value(tr("gil.since"), i18n::format_duration(when - hold->begin_ns));
  for (const timeline::GilThread& thread : gil.threads()) {
    const timeline::Task* task = model.find(thread.task);
    const timeline::Span* span = task == nullptr ? nullptr : model.span_at(*task, when);
    if (span != nullptr && span->state == timeline::State::gil_wait)
      key_value(tr("gil.waits", fmt::arg("name", task->name)), i18n::format_duration(when - span->begin_ns));
  }
  if (const timeline::GilRequest* request = gil.pending(when))
    key_value(tr("gil.asked_by", fmt::arg("name", timeline_view::name_words(model, request->by))), i18n::format_duration(when - request->begin_ns));
  if (gil.mode() == trace::GilMode::gil) key_value(tr("gil.interval"), timeline_view::short_duration(gil.interval_ns(when)));
  key_value(tr("inspector.gil.hand_overs"), i18n::format_count(gil.hand_overs()));
  key_value(tr("inspector.gil.forced"), i18n::format_count(gil.forced()));
}

}  // namespace

void draw_object_inspector(Context& context, const Object& object) {
  const Model& model = context.session.model();
  const std::int64_t when = moment(context);
  paragraph(Font::title, palette().text, timeline_view::name_words(model, object.id));
  label(Font::body, palette().text_dim, timeline_view::kind_words(object.kind));
  for (const session::Acts& acts : acts_on(context.session, object.id)) {
    if (!context.session.live()) break;
    draw_acts(context, acts);
    ImGui::NewLine();  // they end on the same line
  }
  // What kind of thing it is comes before its state.
  if (const timeline::Gil* gil = model.find_gil(object.id))
    paragraph_with_facts(context.ui, Font::small, palette().text_dim, timeline_view::gil_model_words(gil->mode()), session::FactAtHand::Where::inspector);
  else if (const i18n::Term* term = i18n::find_term(session::term_of(object)))
    paragraph_with_facts(context.ui, Font::body, palette().text, tr("glossary." + term->id + ".text") + (term->facts.empty() ? std::string() : tr("predict.fact", fmt::arg("number", term->facts.front()))), session::FactAtHand::Where::inspector);
  draw_ways(context, 0);
  ImGui::Dummy({1, px(4)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  key_value(tr("inspector.object.made_by"), timeline_view::name_words(model, object.creator));
  if (object.kind == ObjectKind::event)
    key_value(tr("inspector.object.state"), tr(object.value.at(when) > 0 ? "inspector.object.set" : "inspector.object.clear"));
  if (const timeline::Pool* pool = model.pools().find(object.id))
    for (const auto& [what, value] : pool_rows(model, *pool, when)) key_value(what, value);
  if (const timeline::Channel* channel = model.find_channel(object.id)) draw_channel(model, object, *channel, when);
  if (const timeline::Gil* gil = model.find_gil(object.id)) draw_lock(model, *gil, when);
  if (const std::string holder = timeline_view::holder_words(model, object.id, when); !holder.empty())
    paragraph(Font::body, palette().text, holder);
  draw_closings(model, object, when);
  ImGui::PopStyleVar();
}

}  // namespace forklight::app::panels
