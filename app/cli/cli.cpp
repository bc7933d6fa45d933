#include "app/cli/cli.h"

#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "app/cli/duration.h"
#include "app/cli/export.h"
#include "app/cli/figure.h"
#include "app/cli/film.h"
#include "app/cli/gallery.h"
#include "app/cli/report.h"
#include "app/i18n/i18n.h"
#include "core/base/error.h"
#include "core/timeline/waits.h"

namespace forklight::app::cli {
namespace {

using i18n::tr;
using session::Session;

volatile sig_atomic_t interrupted = 0;

// Whoever runs this reads in the language of the terminal, unless --lang says otherwise.
void choose_language(const std::optional<std::string>& wanted) {
  if (wanted) {
    if (*wanted != "en" && *wanted != "zh-CN") throw base::UsageError(tr("cli.bad_language", fmt::arg("language", *wanted)));
    i18n::set_language(i18n::language_for(*wanted));
    return;
  }
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
      i18n::set_language(i18n::language_for(value));
      return;
    }
  }
}

void put(std::FILE* stream, const std::string& text) { std::fwrite(text.data(), 1, text.size(), stream); }

int list() {
  std::vector<std::vector<std::string>> rows;
  for (const scenario::Scenario* one : scenario::all()) {
    rows.push_back({std::string(one->id), tr(fmt::format("scenario.{}.promise", one->id))});
    for (const scenario::Parameter& parameter : one->parameters) {
      const std::string values = parameter.type == scenario::ParameterType::choice
                                     ? fmt::format("{}", fmt::join(parameter.choices, " | "))
                                     : fmt::format("{} … {}{}{}", parameter.minimum, parameter.maximum, parameter.unit.empty() ? "" : " ",
                                                   parameter.unit);
      rows.push_back({"", fmt::format("--set {}={}   ({})", parameter.id, parameter.fallback, values)});
    }
  }
  put(stdout, table({{tr("cli.column.scenario")}, {tr("cli.column.promise")}}, rows));
  return kOk;
}

observe::Want want_of(const std::string& word) {
  if (word == "best") return observe::Want::best;
  if (word == "sampling") return observe::Want::samples;
  if (word == "nothing") return observe::Want::nothing;
  throw base::UsageError(tr("cli.bad_observe", fmt::arg("word", word)));
}

struct RunRequest {
  std::string scenario;
  std::vector<std::string> settings;
  std::optional<std::string> duration, save, pace, replay, directory;
  observe::Want observe = observe::Want::best;
  bool json = false;
};

// The session's news, from the collector's thread to the one that waits.
class News {
 public:
  void tell() {
    {
      const std::lock_guard lock(mutex_);
      told_ = true;
    }
    changed_.notify_one();
  }
  void wait(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, at_most, [this] { return told_; });
    told_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool told_ = false;
};

void watch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = interrupted + 1; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int finish(const Session& session, bool json) {
  if (json) {
    put(stdout, report_json(session).dump(2) + "\n");
  } else {
    put(stdout, "\n" + report(session));
  }
  if (std::fflush(stdout) != 0) throw base::Failure(tr("cli.no_output"));
  for (const session::ClaimState& claim : session.claims()) {
    if (claim.verdict != scenario::Verdict::held) return kClaimBroken;
  }
  return kOk;
}

// "real", "slow", "slow=20". To step one needs to see who stands where.
void set_pace(Session& session, std::string_view text) {
  const auto wrong = [&] { return base::UsageError(tr("cli.bad_pace", fmt::arg("pace", text))); };
  if (text == "real") return session.set_pace(supervisor::Pace::real);
  if (!text.starts_with("slow")) throw wrong();
  if (text != "slow") {
    if (text[4] != '=') throw wrong();
    int rate = 0;
    const auto [end, error] = std::from_chars(text.data() + 5, text.data() + text.size(), rate);
    if (error != std::errc{} || end != text.data() + text.size() || rate < supervisor::kMinRate || rate > supervisor::kMaxRate) throw wrong();
    session.set_rate(rate);
  }
  session.set_pace(supervisor::Pace::slow);
}

// Of a lesson that stands still by design: whether its time is up, and MainProcess can never go on. (By --for it is stopped anyhow.)
bool stands_still_too_long(const Session& session) {
  const auto seconds = scenario::hang_limit_of(session.run_settings());
  if (!seconds || session.model().tasks().empty()) return false;
  const std::int64_t now_ns = session.now_ns();
  if (static_cast<double>(now_ns - session.model().begin_ns()) < *seconds * 1e9) return false;
  const timeline::Deadlock found = timeline::find_deadlock(session.model(), now_ns);
  return std::any_of(found.stuck.begin(), found.stuck.end(), [](const timeline::Wait& wait) { return wait.task == 1; });
}

int run_scenario(const RunRequest& request, const std::filesystem::path& engine) {
  News news;
  // With --json, stdout is for the object alone.
  const int out = request.json ? STDERR_FILENO : STDOUT_FILENO;
  Session session(engine, {.stdout_fd = out, .stderr_fd = STDERR_FILENO, .block_buffered = ::isatty(out) == 0}, [&news] { news.tell(); });
  if (request.replay) {
    session.open(*request.replay);
    if (!session.can_replay()) throw base::UsageError(tr("cli.no_choices", fmt::arg("file", *request.replay)));
    if (!request.scenario.empty() && request.scenario != session.scenario().id) {
      throw base::UsageError(tr("cli.other_scenario", fmt::arg("file", *request.replay), fmt::arg("scenario", session.scenario().id)));
    }
    if (!request.settings.empty() || request.pace) throw base::UsageError(tr("cli.replay_alone"));
  } else {
    session.choose(request.scenario);
  }
  if (request.directory) {
    if (!session.scenario().writes_files) throw base::UsageError(tr("cli.no_files", fmt::arg("scenario", session.scenario().id)));
    session.keep_files_in(*request.directory);
  }
  if (request.pace) set_pace(session, *request.pace);
  for (const std::string& setting : request.settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos) throw base::UsageError(tr("cli.bad_setting", fmt::arg("setting", setting)));
    session.set(setting.substr(0, equals), setting.substr(equals + 1));
  }
  const auto limit = request.duration ? std::optional(parse_duration(*request.duration)) : std::nullopt;
  // Said now rather than after the run, when it would be lost.
  if (request.save) check_writable(*request.save);

  watch_interrupts();
  std::fflush(stdout);
  session.observe(request.observe);
  if (request.replay) {
    session.replay();
  } else {
    session.run();
  }
  const auto began = std::chrono::steady_clock::now();
  while (session.live()) {
    news.wait(std::chrono::milliseconds(20));
    session.update();
    if (session.standing()) session.set_pace(supervisor::Pace::real);  // at the end of its choices, and nobody here to make others
    if (limit && std::chrono::steady_clock::now() - began >= *limit) session.stop();
    if (!limit && stands_still_too_long(session)) session.stop();
    if (interrupted > 0) session.stop();
    if (interrupted > 1) return 128 + SIGINT;  // asked twice: the session ends everything at once
  }
  const bool failed = !session.notice().empty();
  if (failed) put(stderr, session.notice() + "\n");
  if (failed && session.model().tasks().empty()) return kFailure;  // nothing was started: there is nothing to report
  if (request.save) session.save(*request.save);
  const int status = finish(session, request.json);
  if (interrupted > 0) return 128 + SIGINT;
  return failed ? kFailure : status;
}

int show(const std::string& file, bool json, const std::filesystem::path& engine) {
  Session session(engine);
  session.open(file);
  if (!json) {
    for (const timeline::ConsoleLine& line : session.model().console()) put(line.stream == 1 ? stdout : stderr, line.text);
  }
  return finish(session, json);
}

}  // namespace

int run(int argc, char** argv, const std::filesystem::path& engine, const std::function<int(const WindowRequest&)>& open_window) {
  try {
    choose_language(std::nullopt);
    CLI::App app("Forklight shows how Python-style multiprocessing really behaves.", "forklight");
    app.set_version_flag("--version", std::string("forklight " FORKLIGHT_VERSION));
    std::optional<std::string> language;
    app.add_option("--lang", language, "Language: en or zh-CN (default: the terminal's)");
    std::string observe = "best";
    app.add_option("--observe", observe, "What the kernel is asked: best (context switches where it lets us), sampling (/proc alone), nothing");
    app.fallthrough();

    WindowRequest window;
    app.add_option("file", window.file, "A saved run (.flt) to open in the window");
    app.add_option("--scenario", window.scenario, "Scenario that the window opens with");
    app.add_option("--theme", window.theme, "stage (dark) or paper (light)");
    app.add_option("--size", window.size, "Window size, e.g. 1280x720");
    app.add_option("--scale", window.scale, "Text size, 1.0 to 2.5")->check(CLI::Range(1.0, 2.5));

    CLI::App* list_command = app.add_subcommand("list", "List the scenarios and their parameters");
    RunRequest request;
    CLI::App* run_command = app.add_subcommand("run", "Run a scenario in the terminal");
    run_command->add_option("scenario", request.scenario, "Its name, as `forklight list` shows it; --replay brings its own");
    run_command->add_option("--set", request.settings, "Set a parameter: --set order=join-first");
    run_command->add_option("--for", request.duration, "Stop it after this time, as the learner would: 2s, 500ms, 1min");
    run_command->add_option("--save", request.save, "Save the run to a file (.flt)");
    run_command->add_option("--pace", request.pace, "real, or slow=N: N operations a second, 1 to 50, one at a time");
    run_command->add_option("--replay", request.replay, "Let fresh processes go in the order of a saved run (.flt)");
    run_command->add_option("--dir", request.directory, "Keep the files that the run writes in this directory");
    run_command->add_flag("--json", request.json, "Print one JSON object on stdout, everything else on stderr");
    std::string file;
    bool show_json = false;
    CLI::App* show_command = app.add_subcommand("show", "Print what a saved run holds");
    show_command->add_option("file", file, "The file (.flt)")->required();
    show_command->add_flag("--json", show_json, "Print one JSON object");
    Job job;
    add_export(app, job);
    add_figure(app, job);
    FilmCommand film_command(app);
    TourCommand tour_command(app);
    DevelopCommand develop_command(app);
    std::string gallery_directory, gallery_lesson;
    CLI::App* gallery_command = app.add_subcommand("gallery", "Make the pictures of the lessons anew, from real runs");
    gallery_command->add_option("directory", gallery_directory)->required();
    gallery_command->add_option("lesson", gallery_lesson);
    gallery_command->group("");  // for who works on Forklight
    app.footer("Without a subcommand the window opens. Exit status: 0 all claims held, 1 failure, 2 wrong usage, 3 a claim did not hold.");

    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);  // --help, --version
      throw base::UsageError(fmt::format("{} (forklight --help shows what there is.)", error.what()));
    }
    choose_language(language);
    window.language = language;
    window.observe = request.observe = want_of(observe);
    if (list_command->parsed()) return list();
    if (run_command->parsed() && request.scenario.empty() && !request.replay) {
      throw base::UsageError("scenario is required (forklight --help shows what there is.)");
    }
    if (run_command->parsed()) return run_scenario(request, engine);
    if (job) return job();
    if (film_command.parsed()) return film_command.run(engine);
    if (develop_command.parsed()) return develop_command.run();
    if (tour_command.parsed() && tour_command.films()) return tour_command.run(engine);
    if (tour_command.parsed()) {
      window.lecture = tour_command.lecture();
      return open_window(window);
    }
    if (gallery_command->parsed()) return make_gallery(gallery_directory, gallery_lesson, engine), kOk;
    if (show_command->parsed()) return show(file, show_json, engine);
    return open_window(window);
  } catch (const base::UsageError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return kUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return kFailure;
  }
}

}  // namespace forklight::app::cli
