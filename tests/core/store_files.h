// A run to save, a folder to save it in, and ways to look into a file and to break it.
#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/store/store.h"
#include "tests/support/folder.h"

namespace forklight::tests {

namespace fs = std::filesystem;
using store::Run;
using trace::Kind;
using trace::Record;

// The size that files may have, for as long as it lives; writing beyond it fails as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

inline Run sample_run(int events = 40) {
  Run run;
  run.meta = {"exit-codes",
              {{"order", "join-first"}, {"delay", "0.5"}, {"", "odd"}},
              "0.1.0",
              "exit-codes.py",
              "print('é中')\n",
              "exit_codes.cpp",
              "int main() {}\n",
              "2026-01-02T03:04:05Z",
              "Linux 6.1 x86_64, 2 cores"};
  std::int64_t time = 5'000'000'000;
  run.records.push_back({{time, Kind::task_begin, 0, 0, 77ULL << 32 | 77, 0}, 1, "MainProcess"});
  run.records.push_back({{time += 10, Kind::start_begin, 3, 2, 1, 0}, 1, ""});
  run.records.push_back({{time += 10, Kind::task_begin, 0, 0, 78ULL << 32 | 78, 1}, 2, "Process-1"});
  for (int i = 0; i < events; ++i) {
    run.records.push_back({{time += 7, Kind::output, 9, 0, 1, 6}, 2, "line " + std::to_string(i) + "\n"});
  }
  run.records.push_back({{time += 10, Kind::block_begin, 4, 2, 0, ~0ULL}, 1, ""});
  run.records.push_back({{time += 10, Kind{4711}, 65535, UINT32_MAX, ~0ULL, 1ULL << 63}, UINT32_MAX, "of the future"});
  run.records.push_back({{time += 10, Kind::output, 0, 0, 2, 4}, 2, std::string("a\0\xff\xc3", 4)});
  run.records.push_back({{time += 10, Kind::death, 0, 2, 9, 78}, 0, ""});
  run.records.push_back({{time += 10, Kind::reap, 0, 2, 9, 78}, 1, ""});
  return run;
}

inline void check_same(const Run& left, const Run& right) {
  CHECK(left.meta.scenario == right.meta.scenario);
  CHECK(left.meta.settings == right.meta.settings);
  CHECK(left.meta.program_version == right.meta.program_version);
  CHECK(left.meta.python_file == right.meta.python_file);
  CHECK(left.meta.python == right.meta.python);
  CHECK(left.meta.cpp_file == right.meta.cpp_file);
  CHECK(left.meta.cpp == right.meta.cpp);
  CHECK(left.meta.recorded_at == right.meta.recorded_at);
  CHECK(left.meta.machine == right.meta.machine);
  REQUIRE(left.records.size() == right.records.size());
  for (std::size_t i = 0; i < left.records.size(); ++i) {
    const Record& a = left.records[i];
    const Record& b = right.records[i];
    const bool same = a.task == b.task && a.text == b.text && a.event.time_ns == b.event.time_ns &&
                      a.event.kind == b.event.kind && a.event.line == b.event.line &&
                      a.event.object == b.event.object && a.event.a == b.event.a && a.event.b == b.event.b;
    CHECK_MESSAGE(same, "record ", i);
  }
}

inline std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// What open() says of a file; empty if it opens.
inline std::string refusal(const fs::path& file) {
  try {
    (void)store::open(file);
    return {};
  } catch (const base::Failure& failure) {
    return failure.what();
  }
}

inline std::string save_refusal(const Run& run, const fs::path& file) {
  try {
    store::save(run, file);
    return {};
  } catch (const base::Failure& failure) {
    return failure.what();
  }
}

inline bool says(const std::string& sentence, const std::string& part) {
  return sentence.find(part) != std::string::npos;
}

// One sentence that names the file and ends as a sentence does.
inline void check_sentence(const std::string& sentence, const fs::path& file, const std::string& part) {
  CAPTURE(sentence);
  CHECK(says(sentence, file.string()));
  CHECK(says(sentence, part));
  CHECK(sentence.ends_with('.'));
  CHECK_FALSE(says(sentence, "\n"));
}

// Runs SQL on a file, as somebody with the sqlite3 program would.
inline void tamper(const fs::path& file, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  char* message = nullptr;
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
  const std::string said = message != nullptr ? message : "";
  CAPTURE(said);
  sqlite3_free(message);
  sqlite3_close(database);
  REQUIRE(code == SQLITE_OK);
}

inline std::vector<std::string> query(const fs::path& file, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  std::vector<std::string> rows;
  const auto add = [](void* to, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i) {
      if (i > 0) row += '|';
      row += values[i] != nullptr ? values[i] : "NULL";
    }
    static_cast<std::vector<std::string>*>(to)->push_back(row);
    return 0;
  };
  CHECK(sqlite3_exec(database, sql.c_str(), add, &rows, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  return rows;
}

}  // namespace forklight::tests
