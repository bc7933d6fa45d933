#include "app/session/preferences.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/session/person.h"
#include "core/base/error.h"

namespace forklight::app::session {

namespace fs = std::filesystem;
using i18n::tr;
using nlohmann::json;

namespace {

constexpr std::uintmax_t kLargest = 1 << 20;  // bytes: what is longer was never ours

using Words = std::span<const std::string_view>;
constexpr std::array<std::string_view, 2> kThemes = {"stage", "paper"}, kLanguages = {"en", "zh-CN"}, kCode = {"python", "cpp"}, kAxes = {"time", "order"};
constexpr std::array<std::string_view, 6> kTabs = {"console", "events", "processes", "waits", "gil", "measured"};
constexpr std::array<std::string_view, 4> kVisions = {"normal", "protanopia", "deuteranopia", "tritanopia"};
constexpr std::array<std::string_view, 3> kPaces = {"real", "slow", "step"};

// Every setting of the window, once: its name in the file, and where it is. Whoever adds one adds a line here.
template <typename Ui, typename Visit>
void each_setting(Ui& ui, Visit visit) {
  visit("theme", ui.theme, kThemes);
  visit("text_scale", ui.text_scale, 0.8f, 2.5f);
  visit("left_width", ui.left_width, 100.0f, 4000.0f);
  visit("right_width", ui.right_width, 100.0f, 4000.0f);
  visit("bottom_height", ui.bottom_height, 60.0f, 4000.0f);
  visit("inspector_height", ui.inspector_height, 60.0f, 4000.0f);
  visit("left_open", ui.left_open);
  visit("right_open", ui.right_open);
  visit("bottom_open", ui.bottom_open);
  visit("code", ui.code_tab, kCode);
  visit("tab", ui.bottom_tab, kTabs);
  visit("axis", ui.axis, kAxes);
  visit("follow", ui.follow);
  visit("cores", ui.cores);
  visit("memory", ui.memory);
  visit("gil", ui.gil);
  visit("ask", ui.predict.ask);
  visit("tour_seen", ui.tour_seen);
  visit("captions", ui.audience.captions);
  visit("captions_presenting", ui.audience.presented_captions);
  visit("keys_shown", ui.audience.keys);
  visit("pointer_ring", ui.audience.pointer);
  visit("lens_zoom", ui.audience.lens_zoom, kLensLeast, kLensMost);
  visit("reduced_motion", ui.audience.reduced_motion);
  visit("colour_vision", ui.audience.vision, kVisions);
}

struct Write {
  json& to;
  void operator()(const char* name, bool value) const { to[name] = value; }
  // A hundredth of a point is enough, and reads better than what a float is as a double.
  void operator()(const char* name, float value, float, float) const { to[name] = std::round(static_cast<double>(value) * 100) / 100; }
  template <typename Choice>
  void operator()(const char* name, Choice value, Words words) const {
    if (static_cast<std::size_t>(value) < words.size()) to[name] = words[static_cast<std::size_t>(value)];
  }
};

// Throws json::exception where a value is of another kind: the file is not as we wrote it.
struct Read {
  const json& from;
  void operator()(const char* name, bool& value) const {
    if (from.contains(name)) value = from.at(name).get_ref<const bool&>();
  }
  void operator()(const char* name, float& value, float least, float most) const {
    if (!from.contains(name)) return;
    if (!from.at(name).is_number()) throw base::UsageError(name);
    value = std::clamp(from.at(name).get<float>(), least, most);
  }
  template <typename Choice>
  void operator()(const char* name, Choice& value, Words words) const {
    if (!from.contains(name)) return;
    const auto found = std::find(words.begin(), words.end(), from.at(name).get_ref<const std::string&>());
    if (found == words.end()) throw base::UsageError(name);
    value = static_cast<Choice>(found - words.begin());
  }
};

std::string stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts);
  return text;
}

}  // namespace

Preferences::Preferences(std::optional<fs::path> directory) : file_(directory ? *directory / "settings.json" : fs::path()) {
  if (!file_.empty()) read();
}

void Preferences::read() {
  std::error_code error;
  if (!fs::exists(file_, error) && !error) return;
  std::string why;
  try {
    if (error) throw base::UsageError(error.message());
    if (!fs::is_regular_file(file_, error) || fs::file_size(file_, error) > kLargest) throw base::UsageError(tr("person.no_settings_file"));
    std::ifstream in(file_);
    if (!in) throw base::UsageError(base::error_text(errno));
    written_.assign(std::istreambuf_iterator<char>(in), {});
    json found = json::parse(written_);
    const json version = found.at("version");
    if (version != kPreferencesVersion) {
      why = tr("person.other_version", fmt::arg("version", version.dump()));
      throw base::UsageError(why);
    }
    // Read once for the errors alone: what is not as it was written is not believed in part either.
    UiState tried;
    each_setting(tried, Read{found});
    read_ = std::move(found);
    (void)language();
    (void)window();
    return;
  } catch (const json::exception&) {
    why = tr("person.damaged");
  } catch (const std::exception& refused) {
    if (why.empty()) why = tr("person.refused", fmt::arg("why", refused.what()));
  }
  read_ = nullptr;
  written_.clear();
  fs::path aside = file_.string() + ".broken-" + stamp();
  for (int more = 2; fs::exists(aside, error); ++more) aside = file_.string() + ".broken-" + stamp() + "-" + std::to_string(more);
  fs::rename(file_, aside, error);
  problem_ = error ? tr("person.broken", fmt::arg("why", why)) : tr("person.broken.aside", fmt::arg("why", why), fmt::arg("path", aside.string()));
}

std::optional<i18n::Language> Preferences::language() const {
  if (!kept() || !read_.contains("language")) return std::nullopt;
  i18n::Language language{};
  Read{read_}("language", language, kLanguages);
  return language;
}

std::optional<WindowPlace> Preferences::window() const {
  if (!kept() || !read_.contains("window")) return std::nullopt;
  const json& place = read_.at("window");
  return WindowPlace{std::clamp(place.at("width").get<int>(), 480, 16384), std::clamp(place.at("height").get<int>(), 320, 16384), place.at("maximized").get<bool>()};
}

void Preferences::restore(UiState& ui) const {
  if (kept()) each_setting(ui, Read{read_});
}

// What this version does not know any more, a lesson or a value of a setting, is no reason to doubt the rest.
void Preferences::restore(Session& session) const {
  if (!kept()) return;
  const json word = read_.value("pace", json());
  const auto pace = std::find(kPaces.begin(), kPaces.end(), word.is_string() ? word.get<std::string>() : "");
  if (pace != kPaces.end()) session.set_pace(static_cast<supervisor::Pace>(pace - kPaces.begin()));
  if (const json rate = read_.value("rate", json()); rate.is_number_integer()) session.set_rate(rate.get<int>());
  const json lesson = read_.value("lesson", json());
  if (!lesson.is_object()) return;
  try {
    session.choose(lesson.at("id").get<std::string>());
    for (const auto& [name, value] : lesson.at("settings").items()) {
      try {
        session.set(name, value.get<std::string>());
      } catch (const base::UsageError&) {
      }
    }
  } catch (const std::exception&) {
  }
}

json Preferences::now(const Session& session, const UiState& ui, const WindowPlace& window) const {
  json all = {{"version", kPreferencesVersion}};
  each_setting(ui, Write{all});
  Write{all}("language", i18n::language(), kLanguages);
  Write{all}("pace", session.chosen_pace(), kPaces);
  all["rate"] = session.rate();
  all["window"] = {{"width", window.width}, {"height", window.height}, {"maximized", window.maximized}};
  all["lesson"] = {{"id", session.scenario().id}, {"settings", session.settings().values()}};
  return all;
}

void Preferences::overrule(const std::string& name, const Session& session, const UiState& ui, const WindowPlace& window) {
  overruled_[name] = now(session, ui, window)[name];
}

bool Preferences::keep(const Session& session, const UiState& ui, const WindowPlace& window) {
  if (file_.empty()) return true;
  json all = now(session, ui, window);
  for (const auto& [name, as_given] : overruled_.items()) {
    if (all[name] != as_given) continue;
    if (kept() && read_.contains(name))
      all[name] = read_[name];
    else
      all.erase(name);
  }
  std::string text = all.dump(2) + "\n";
  if (text == written_) return true;
  try {
    write_whole(file_, text);
    written_ = std::move(text);
    return true;
  } catch (const base::Failure& failure) {
    if (!std::exchange(refused_, true)) problem_ = tr("person.not_kept", fmt::arg("path", file_.string()), fmt::arg("why", failure.what()));
    return false;
  }
}

std::string Preferences::take_problem() { return std::exchange(problem_, {}); }

}  // namespace forklight::app::session
