#include "app/session/run_keeper.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/store/store.h"

namespace forklight::app::session {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kStamp = 19;  // "20261126-023000.123", UTC: names sort by time

std::string stamp() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const std::time_t seconds = system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts);
  return fmt::format("{}.{:03}", text, duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000);
}

// "20261126-023000.123-exit-codes.flt"
std::optional<KeptRun> kept_run(const fs::path& path) {
  const std::string name = path.stem().string();
  if (path.extension() != ".flt" || name.size() < kStamp + 2 || name[8] != '-' || name[15] != '.' || name[kStamp] != '-') return std::nullopt;
  std::tm parts{};
  if (::strptime(name.substr(0, 15).c_str(), "%Y%m%d-%H%M%S", &parts) == nullptr) return std::nullopt;
  return KeptRun{path.string(), name.substr(kStamp + 1), ::timegm(&parts)};
}

std::vector<KeptRun> list(const fs::path& directory) {
  std::vector<KeptRun> runs;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    if (auto run = kept_run(at->path())) runs.push_back(std::move(*run));
  std::sort(runs.begin(), runs.end(), [](const KeptRun& x, const KeptRun& y) { return x.path > y.path; });
  return runs;
}

fs::path list_of_files(const fs::path& runs) { return runs.parent_path() / "recent.json"; }

// What is not as we wrote it is no loss: the list begins anew.
std::vector<std::string> read_files(const fs::path& file) {
  std::vector<std::string> files;
  std::ifstream in(file);
  const nlohmann::json json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return files;
  for (const auto& one : json)
    if (one.is_string() && files.size() < kMostFiles) files.push_back(one.get<std::string>());
  return files;
}

}  // namespace

RunKeeper::RunKeeper(std::optional<fs::path> state, Past& past) : directory_(state ? *state / "runs" : fs::path()) {
  if (directory_.empty()) return;
  past.runs = list(directory_);
  past.files = files_ = read_files(list_of_files(directory_));
}

RunKeeper::~RunKeeper() {
  if (writing_.joinable()) writing_.join();
}

void RunKeeper::update(const Session& session, Past& past) {
  if (session.run_number() != kept_number_) past.at_hand.clear();
  if (directory_.empty()) return;
  if (session.state() == RunState::finished && session.run_number() != kept_number_) keep(session, past, false);
  if (!busy_ && notes_are_newer(session, past)) write(session, past.at_hand, false);
  if (past.files != files_) {
    files_ = past.files;
    try {
      write_whole(list_of_files(directory_), nlohmann::json(files_).dump(2) + "\n");
    } catch (const base::Failure&) {  // said by the settings, which are written to the same person's directories
    }
  }
}

void RunKeeper::keep_now(const Session& session, Past& past) {
  if (!directory_.empty() && notes_are_newer(session, past)) return write(session, past.at_hand, true);
  if (directory_.empty() || session.state() == RunState::opened || session.run_number() == kept_number_) return;
  keep(session, past, true);
}

void RunKeeper::keep(const Session& session, Past& past, bool at_once) {
  if (session.model().tasks().empty()) return;
  kept_number_ = session.run_number();
  if (session.model().events().size() > kMostKeptEvents) return;
  const fs::path file = directory_ / (stamp() + "-" + std::string(session.scenario().id) + ".flt");
  past.at_hand = file.string();
  past.runs.insert(past.runs.begin(), *kept_run(file));
  make_room(past);
  write(session, file, at_once);
}

bool RunKeeper::notes_are_newer(const Session& session, const Past& past) const {
  return session.state() == RunState::finished && session.run_number() == kept_number_ && !past.at_hand.empty() && session.notes_revision() != kept_notes_;
}

void RunKeeper::write(const Session& session, const fs::path& file, bool at_once) {
  kept_notes_ = session.notes_revision();
  auto write = [this, run = session.recording(), file] {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    fs::permissions(file.parent_path(), fs::perms::owner_all, ignored);
    try {
      store::save(run, file);
    } catch (const std::exception&) {  // a full disk: the run is still at hand, and can be saved elsewhere
    }
    busy_ = false;
  };
  if (writing_.joinable()) writing_.join();
  busy_ = true;
  if (at_once)
    write();
  else
    writing_ = std::thread(std::move(write));
}

// The newest is not there yet, and the oldest go for it.
void RunKeeper::make_room(Past& past) const {
  std::uintmax_t bytes = 0;
  for (std::size_t index = 0; index < past.runs.size(); ++index) {
    std::error_code missing;
    const std::uintmax_t size = fs::file_size(past.runs[index].path, missing);
    if (!missing) bytes += size;
    if (index < kMostKeptRuns && bytes <= kMostKeptBytes) continue;
    for (std::size_t old = index; old < past.runs.size(); ++old) fs::remove(past.runs[old].path, missing);
    past.runs.resize(index);
    return;
  }
}

}  // namespace forklight::app::session
