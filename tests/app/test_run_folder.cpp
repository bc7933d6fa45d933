// The directory for the files of a run: made, said, shown, and gone with the run.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/platform/open_folder.h"
#include "app/session/run_folder.h"
#include "core/base/error.h"
#include "tests/app/desk.h"
#include "tests/support/folder.h"
#include "tests/support/processes.h"

using namespace forklight;
using namespace forklight::desk_test;
namespace fs = std::filesystem;

namespace {

// A directory for temporary files that is ours alone, so that what stays behind is seen.
class Temporary {
 public:
  Temporary() {
    if (const char* before = ::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", folder_.path().c_str(), 1);
  }
  ~Temporary() {
    if (before_.empty())
      ::unsetenv("TMPDIR");
    else
      ::setenv("TMPDIR", before_.c_str(), 1);
  }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }
  [[nodiscard]] std::ptrdiff_t entries() const { return folder_.files(); }

 private:
  tests::Folder folder_;
  std::string before_;
};

std::string content(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string output_of(const Desk& desk) {
  std::string all;
  for (const auto& line : desk.session.model().console()) all += line.text;
  return all;
}

void run_pipe(Desk& desk) {
  desk.carry_out("scenario", "pipe");
  desk.carry_out("set", "ending=writer-closes");
  desk.carry_out("set", "rate=50");
  desk.carry_out("run");
  REQUIRE_MESSAGE(desk.session.live(), desk.session.notice());
  desk.wait_for_end();
}

}  // namespace

TEST_CASE("run folder: the pipe's digits lie in it, and it goes with the run") {
  const Temporary temporary;
  {
    Desk desk;
    CHECK(desk.session.folder() == nullptr);
    run_pipe(desk);
    REQUIRE(desk.session.folder() != nullptr);
    const fs::path folder = desk.session.folder()->path();
    CHECK(folder.parent_path() == temporary.path());
    CHECK((fs::status(folder).permissions() & fs::perms::all) == fs::perms::owner_all);
    CHECK(output_of(desk).starts_with("writing to " + (folder / "digits.txt").string() + "\n"));
    CHECK(content(folder / "digits.txt").size() == 10);  // five digits, a line each
    run_pipe(desk);
    CHECK_FALSE(fs::exists(folder));
    CHECK(temporary.entries() == 1);
    desk.carry_out("scenario", "queue");
    CHECK(desk.session.folder() == nullptr);
    CHECK(temporary.entries() == 0);
    run_pipe(desk);
  }
  CHECK(temporary.entries() == 0);
}

TEST_CASE("run folder: one that the person has chosen is made, and stays") {
  const Temporary temporary;
  const fs::path chosen = temporary.path() / "mine" / "here";
  {
    Desk desk;
    desk.session.keep_files_in(chosen);
    run_pipe(desk);
    CHECK(desk.session.folder()->path() == chosen);
    CHECK_FALSE(desk.session.folder()->is_temporary());
  }
  CHECK(content(chosen / "digits.txt").size() == 10);
}

TEST_CASE("run folder: what a killed viewer left is taken away by the next; what another one uses is not") {
  const Temporary temporary;
  const fs::path left = temporary.path() / "forklight-run-aaaaaa", link = temporary.path() / "forklight-run-bbbbbb",
                 other = temporary.path() / "elsewhere";
  fs::create_directories(left / "deep");
  std::ofstream(left / "deep" / "digits.txt") << "1\n";
  fs::create_directory(other);
  fs::create_directory_symlink(other, link);
  {
    const auto used = RunFolder::temporary();
    CHECK_FALSE(fs::exists(left));
    const auto second = RunFolder::temporary();
    CHECK(fs::exists(used.path()));
    CHECK(fs::exists(second.path()));
    CHECK(used.path() != second.path());
  }
  CHECK(fs::exists(other));
  CHECK(fs::is_symlink(link));  // a link is nobody's directory
  CHECK(temporary.entries() == 2);
}

TEST_CASE("run folder: one that cannot be made is one sentence, and nothing runs") {
  Desk desk;
  desk.session.keep_files_in("/proc/no-such");
  desk.carry_out("scenario", "pipe");
  desk.carry_out("run");
  CHECK_FALSE(desk.session.live());
  CHECK(desk.session.notice().find("/proc/no-such") != std::string::npos);
  CHECK(desk.session.folder() == nullptr);
}

TEST_CASE("run folder: a full disk is the error that Python gives, once, and the run comes to its end") {
  const Temporary temporary;
  fs::create_symlink("/dev/full", temporary.path() / "digits.txt");
  Desk desk;
  desk.session.keep_files_in(temporary.path());
  desk.carry_out("scenario", "pipe");
  desk.carry_out("set", "rate=50");
  desk.carry_out("run");
  desk.wait_for_end();
  const std::string said = output_of(desk), error = "OSError: [Errno 28] No space left on device\n";
  CHECK(said.find(error) != std::string::npos);
  CHECK(said.find(error) == said.rfind(error));
  CHECK(said.find("exit codes 1 1\n") != std::string::npos);
}

TEST_CASE("run folder: the terminal leaves nothing behind, unless it is asked to") {
  const Temporary temporary;
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {FORKLIGHT, "run", "pipe", "--set", "ending=writer-closes", "--set", "rate=50"};
    words.insert(words.end(), more.begin(), more.end());
    return tests::run_program(words, std::chrono::seconds(40), {"LANG=C.UTF-8", "TMPDIR=" + temporary.path().string()});
  };
  CHECK(run({}).status == 0);
  CHECK(temporary.entries() == 0);
  const auto kept = run({"--dir", (temporary.path() / "kept").string()});
  CHECK(kept.status == 0);
  CHECK(kept.out.find("Its files are in " + (temporary.path() / "kept").string() + ".") != std::string::npos);
  CHECK(content(temporary.path() / "kept" / "digits.txt").size() == 10);
  const auto refused = tests::run_program({FORKLIGHT, "run", "hello", "--dir", "/tmp"}, std::chrono::seconds(40), {"LANG=C.UTF-8"});
  CHECK(refused.status == 2);
}

TEST_CASE("run folder: the command asks the desktop to show it") {
  const Temporary temporary;
  Desk desk;
  desk.carry_out("folder");
  CHECK(desk.ui.folder_wanted.empty());  // there is none
  run_pipe(desk);
  desk.carry_out("folder");
  CHECK(desk.ui.folder_wanted == desk.session.folder()->path());
}

TEST_CASE("run folder: it is shown by xdg-open; without such a program, or if it cannot, its path is told") {
  const Temporary temporary;
  const std::string path_before = ::getenv("PATH");
  app::platform::FolderOpener opener;
  const auto failure = [&] {
    std::optional<fs::path> failed;
    tests::wait_until([&] { return (failed = opener.take_failure()).has_value(); });
    return failed.value_or("");
  };
  ::setenv("PATH", temporary.path().c_str(), 1);
  opener.open("/some/folder");
  CHECK(failure() == "/some/folder");

  const fs::path script = temporary.path() / "xdg-open";
  std::ofstream(script) << "#!/bin/sh\necho \"$1\" > " << (temporary.path() / "shown").string() << "\ntest \"$1\" != bad\n";
  fs::permissions(script, fs::perms::owner_all);
  opener.open("/some/other folder");
  CHECK(tests::wait_until([&] { return content(temporary.path() / "shown") == "/some/other folder\n"; }));
  opener.open("bad");
  CHECK(failure() == "bad");  // and not the one before, which was shown
  CHECK_FALSE(opener.take_failure());
  ::setenv("PATH", path_before.c_str(), 1);
}
