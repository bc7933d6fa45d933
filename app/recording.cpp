#include "app/recording.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/platform/imgui_compat.h"
#include "core/base/clock.h"
#include "core/base/error.h"

namespace forklight::app {
namespace {

namespace fs = std::filesystem;
using i18n::tr;
using platform::px;

// Beside the run's own file, else here, as exports go; where nothing can be written there, where the person is at home.
fs::path directory_for(const session::Session& session) {
  std::error_code ignored;
  std::vector<fs::path> candidates;
  if (!session.file().empty()) candidates.push_back(fs::absolute(session.file(), ignored).parent_path());
  candidates.push_back(fs::current_path(ignored));
  if (const char* const home = std::getenv("HOME"); home != nullptr) candidates.emplace_back(home);
  for (const fs::path& one : candidates)
    if (::access(one.c_str(), W_OK | X_OK) == 0) return one;
  return fs::temp_directory_path(ignored);
}

// "exit-codes-20261126-143015.mp4"
std::string name_of(const session::Session& session) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char time[32];
  std::strftime(time, sizeof time, "-%Y%m%d-%H%M%S.mp4", &parts);
  return std::string(session.scenario().id) + time;
}

}  // namespace

bool FilmOfWindow::update(session::Context& context) {
  session::RecordingState& state = context.ui.recording;
  if (std::exchange(state.toggle_wanted, false)) {
    if (recorder_)
      end(context);
    else
      begin(context);
  }
  if (recorder_ && recorder_->ended()) end(context);
  if (std::exchange(state.give_up_wanted, false)) darkroom_.give_up();
  if (auto news = darkroom_.update()) tell(context, std::move(*news));

  state.on = recorder_.has_value();
  state.length_ns = recorder_ ? recorder_->length_ns(base::now_ns()) : 0;
  state.making = darkroom_.busy();
  state.waiting = darkroom_.waiting();
  const film::Progress& progress = darkroom_.progress();
  state.share = progress.frames > 0 ? static_cast<double>(progress.frame) / static_cast<double>(progress.frames) : 0;
  state.seconds_left = progress.frames > 0 ? progress.seconds_left : -1;
  // Seconds of the one and parts of the other, in one number.
  const std::int64_t shown = (state.on ? 1 + state.length_ns / base::kSecond : 0) + (state.making ? (1 + std::lround(state.share * 100) + 1000 * std::lround(state.seconds_left)) << 20 : 0);
  const bool changed = shown != std::exchange(shown_, shown);
  return changed || (recorder_ && recorder_->owes());
}

void FilmOfWindow::begin(session::Context& context) {
  std::error_code ignored;
  const std::string wanted = std::exchange(context.ui.recording.path_wanted, {});
  target_ = wanted.empty() ? directory_for(context.session) / name_of(context.session) : fs::absolute(wanted, ignored);
  try {
    recorder_.emplace(target_.parent_path(), base::now_ns());
    context.ui.recording.made.clear();
    if (!film::has_program("ffmpeg")) context.session.notify(tr("recording.no_ffmpeg"));
  } catch (const std::exception& failure) {
    context.session.notify(failure.what());
  }
}

void FilmOfWindow::end(session::Context& context) {
  film::Recording recording = recorder_->finish(base::now_ns());
  recorder_.reset();
  pointer_.reset();
  if (!recording.problem.empty()) context.session.notify(recording.problem);
  const bool film = film::has_program("ffmpeg");
  darkroom_.add(std::move(recording), film ? target_ : fs::path(target_).replace_extension(), tr("scenario." + std::string(context.session.scenario().id) + ".title"),
                i18n::language() == i18n::Language::chinese ? "zh-CN" : "en");
}

void FilmOfWindow::tell(session::Context& context, film::Darkroom::News news) {
  session::RecordingState& state = context.ui.recording;
  std::string words = news.recording.problem.empty() ? std::string() : news.recording.problem + " ";
  if (news.made.empty()) {
    words += news.failure.empty() ? std::string(tr("notice.film.given_up")) : news.failure;
    if (!news.failure.empty()) closing_ = false;  // nobody would read it
  } else {
    state.made = news.made.string();
    std::error_code ignored;
    words += fs::is_directory(news.made, ignored) ? tr("notice.film.pictures", fmt::arg("count", news.pictures), fmt::arg("path", state.made)) : tr("notice.film", fmt::arg("path", state.made));
    if (news.recording.left_out > 0) words.append(" ").append(tr("notice.film.left_out", fmt::arg("count", news.recording.left_out)));
    state.notice = words;
  }
  context.session.notify(words);
}

void FilmOfWindow::take_frame(const std::optional<platform::Lens>& lens, session::Vision vision) {
  if (!recorder_) return;
  platform::KeptFrame* const frame = recorder_->begin(base::now_ns());
  if (frame == nullptr) return;
  // What tells of the recording is not in it.
  frame->take(*ImGui::GetDrawData(), panels::kRecordingWindow);
  frame->lens = lens;
  frame->vision = vision;
  const ImVec2 at = ImGui::GetIO().MousePos, screen = ImGui::GetIO().DisplaySize;
  if (ImGui::IsMousePosValid() && at.x >= 0 && at.y >= 0 && at.x < screen.x && at.y < screen.y) {
    draw_pointer();
    frame->take(*pointer_);
    frame->pointer = true;
  }
  recorder_->hand_over(frame);
}

void FilmOfWindow::atlas_changed() noexcept {
  if (recorder_) recorder_->atlas_changed();
}

// The screen's own pointer is not among what the window draws: its shapes again, black with a white edge as most are.
void FilmOfWindow::draw_pointer() {
  if (!pointer_) pointer_.emplace(ImGui::GetDrawListSharedData());
  ImDrawList& list = *pointer_;
  platform::compat::begin_list(list);
  const ImVec2 tip = ImGui::GetIO().MousePos;
  constexpr ImU32 kInk = IM_COL32(20, 20, 20, 255), kEdge = IM_COL32(255, 255, 255, 255);
  const auto at = [&](float x, float y) { return ImVec2(tip.x + px(x), tip.y + px(y)); };
  switch (ImGui::GetMouseCursor()) {
    case ImGuiMouseCursor_TextInput:
      for (const auto& [ink, width] : {std::pair(kEdge, 4.0f), std::pair(kInk, 1.6f)}) {
        list.AddLine(at(0, -8), at(0, 8), ink, px(width));
        for (const float y : {-8.0f, 8.0f}) list.AddLine(at(-4, y), at(4, y), ink, px(width));
      }
      return;
    case ImGuiMouseCursor_ResizeEW:
    case ImGuiMouseCursor_ResizeNS: {
      const bool across = ImGui::GetMouseCursor() == ImGuiMouseCursor_ResizeEW;
      const auto turned = [&](float along, float beside) { return across ? at(along, beside) : at(beside, along); };
      for (const auto& [ink, more] : {std::pair(kEdge, 1.6f), std::pair(kInk, 0.0f)}) {
        list.AddLine(turned(-6, 0), turned(6, 0), ink, px(2 + 2 * more));
        for (const float side : {-1.0f, 1.0f}) list.AddTriangleFilled(turned(side * (11 + 1.5f * more), 0), turned(side * (5 - more / 2), -5 - more), turned(side * (5 - more / 2), 5 + more), ink);
      }
      return;
    }
    default: {
      // An arrow, in two parts that are convex: its head, its shaft.
      const ImVec2 outline[] = {at(0, 0), at(0, 17), at(4, 13.4f), at(6.8f, 19.6f), at(9.4f, 18.4f), at(6.7f, 12.4f), at(12, 12)};
      list.AddTriangleFilled(outline[0], outline[1], outline[6], kInk);
      list.AddQuadFilled(outline[2], outline[3], outline[4], outline[5], kInk);
      platform::compat::polyline(&list, outline, 7, kEdge, true, px(1.3f));
    }
  }
}

bool FilmOfWindow::stays_for_it(session::Context& context) {
  if (closing_ && darkroom_.busy()) {  // asked once more
    darkroom_.give_up_all();
    return false;
  }
  if (recorder_) end(context);
  closing_ = darkroom_.busy();
  if (closing_) context.session.notify(tr("recording.closing"));
  return closing_;
}

}  // namespace forklight::app
