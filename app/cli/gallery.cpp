#include "app/cli/gallery.h"

#include <fcntl.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "app/i18n/i18n.h"
#include "app/session/gallery.h"
#include "app/session/session.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/timeline/waits.h"

namespace forklight::app::cli {
namespace {

using namespace std::chrono_literals;
using session::Session;

using End = session::LessonPicture::End;

constexpr auto kLongest = 45s;                      // what has not ended by then goes on until somebody stops it
constexpr std::int64_t kOfEndless = 4'000'000'000;  // ns from its begin on that its picture shows

// To its end, or until nobody can ever go on. Returns the moment that the picture goes up to.
std::pair<std::int64_t, End> run_to_the_end(Session& session) {
  const auto began = std::chrono::steady_clock::now();
  auto looked = began;
  std::int64_t stopped_ns = 0;
  End end = End::by_itself;
  for (session.run(); session.live(); std::this_thread::sleep_for(2ms)) {
    session.update();
    const auto now = std::chrono::steady_clock::now();
    if (stopped_ns != 0 || now - looked < 300ms) continue;
    looked = now;
    // Long enough to be seen in the picture, too.
    if (timeline::find_deadlock(session.model(), base::now_ns(), 800'000'000)) end = End::stands_still;
    if (end == End::by_itself && now - began > kLongest) end = End::goes_on;
    if (end == End::by_itself) continue;
    stopped_ns = base::now_ns();
    session.stop();
  }
  session.update();
  if (end == End::goes_on) return {session.model().begin_ns() + kOfEndless, end};
  return {end == End::stands_still ? stopped_ns : session.model().end_ns(), end};
}

}  // namespace

void make_gallery(const std::filesystem::path& directory, const std::string& only, const std::filesystem::path& engine) {
  const base::Fd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  for (const scenario::Scenario* lesson : scenario::all()) {
    if (!only.empty() && only != lesson->id) continue;
    Session session(engine, {.stdout_fd = nowhere.get(), .stderr_fd = nowhere.get()});
    session.observe(observe::Want::nothing);
    session.choose(lesson->id);
    const auto [end_ns, end] = run_to_the_end(session);
    if (session.model().tasks().empty()) throw base::Failure(session.notice());
    const std::string text = session::picture_text(*lesson, session.model(), end_ns, end);
    const std::filesystem::path file = directory / (std::string(lesson->id) + ".json");
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) throw base::Failure(i18n::tr("cli.no_output"));
    std::printf("%s  %zu\n", file.c_str(), text.size());
    std::fflush(stdout);
  }
}

}  // namespace forklight::app::cli
