#include "app/session/in_sight.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace forklight::app::session {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 2> kAxes{"time", "order"}, kCodes{"python", "cpp"};
constexpr std::array<std::string_view, 6> kTabs{"console", "events", "processes", "waits", "gil", "measured"};
constexpr std::size_t kMostIds = 4096;

template <typename Choice, std::size_t count>
void take(const json& from, const char* name, const std::array<std::string_view, count>& names, Choice& choice) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_string()) return;
  const auto at = std::find(names.begin(), names.end(), found->get_ref<const std::string&>());
  if (at != names.end()) choice = static_cast<Choice>(at - names.begin());
}

void take(const json& from, const char* name, bool& value) {
  if (const auto found = from.find(name); found != from.end() && found->is_boolean()) value = found->get<bool>();
}

std::optional<double> number(const json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_number() || !std::isfinite(found->get<double>())) return std::nullopt;
  return found->get<double>();
}

bool has(const timeline::Model& model, std::uint32_t id) { return model.find(id) != nullptr || model.find_object(id) != nullptr; }

void take(const json& from, const char* name, const timeline::Model& model, std::vector<std::uint32_t>& ids) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_array()) return;
  ids.clear();
  for (const json& one : *found)
    if (one.is_number_unsigned() && one.get<std::uint64_t>() <= UINT32_MAX && has(model, one.get<std::uint32_t>()) && ids.size() < kMostIds) ids.push_back(one.get<std::uint32_t>());
}

}  // namespace

std::string text_of_view(const UiState& ui, const timeline::Model& model) {
  json view = {{"axis", kAxes[static_cast<std::size_t>(ui.axis)]},
               {"scroll", ui.vertical_scroll},
               {"unfolded", ui.unfolded},
               {"cores", ui.cores},
               {"memory", ui.memory},
               {"memory_other", ui.memory_other},
               {"gil", ui.gil},
               {"gil_other", ui.gil_other},
               {"rounds", ui.compare == Compare::rounds},
               {"code", kCodes[static_cast<std::size_t>(ui.code_tab)]},
               {"tab", kTabs[static_cast<std::size_t>(ui.bottom_tab)]}};
  // All of it fits another window in another way.
  const double end = timeline::Axis(ui.axis, model).end(model.end_ns());
  if (ui.view.begin > 0 || ui.view.end < end) {
    view["from"] = ui.view.begin;
    view["to"] = ui.view.end;
  }
  if (ui.selection.task != 0) view["selected"] = ui.selection.task;
  if (ui.selection.task != 0 && ui.selection.time_ns) view["at_ns"] = *ui.selection.time_ns;
  return view.dump();
}

void show_view(UiState& ui, std::string_view text, const timeline::Model& model) {
  const json view = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!view.is_object()) return;
  take(view, "axis", kAxes, ui.axis);
  take(view, "code", kCodes, ui.code_tab);
  take(view, "tab", kTabs, ui.bottom_tab);
  take(view, "cores", ui.cores);
  take(view, "memory", ui.memory);
  take(view, "gil", ui.gil);
  take(view, "unfolded", model, ui.unfolded);
  take(view, "memory_other", model, ui.memory_other);
  take(view, "gil_other", model, ui.gil_other);
  if (bool rounds = false; take(view, "rounds", rounds), rounds) ui.compare = Compare::rounds;
  if (const auto scroll = number(view, "scroll")) ui.vertical_scroll = std::clamp(*scroll, 0.0, 1e6);
  if (const auto selected = view.find("selected"); selected != view.end() && selected->is_number_unsigned() && selected->get<std::uint64_t>() <= UINT32_MAX) {
    if (const auto id = selected->get<std::uint32_t>(); has(model, id)) {
      ui.selection = {id, std::nullopt};
      if (const auto at = view.find("at_ns"); at != view.end() && at->is_number_integer()) ui.selection.time_ns = std::clamp(at->get<std::int64_t>(), model.begin_ns(), model.end_ns());
    }
  }
  const auto from = number(view, "from"), to = number(view, "to");
  if (!from || !to || !(*from < *to) || std::abs(*from) > 1e18 || std::abs(*to) > 1e18) return;
  ui.view = {*from, *to};
  ui.follow = ui.fit_wanted = false;
  ui.view_wanted = true;
}

}  // namespace forklight::app::session
