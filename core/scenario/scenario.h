// What a lesson is: its parameters, its program (the body in C++, its twin in Python), and the claims that must be true of every run.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/process/start_method.h"
#include "core/process/target.h"
#include "core/timeline/model.h"

namespace forklight::scenario {

enum class ParameterType : std::uint8_t { choice, integer, real };

// A knob. Its texts are scenario.ID.parameter.PARAM(.CHOICE) in assets/i18n, or parameter.PARAM(.CHOICE) where all scenarios share it.
struct Parameter {
  std::string_view id;
  ParameterType type;
  std::string_view fallback;                  // default, written as on the command line
  double minimum = 0, maximum = 0;            // integer and real, inclusive
  std::string_view unit = {};                 // "s"
  std::vector<std::string_view> choices = {};  // choice
};

// Values of a scenario's parameters, each valid. Written as on the command line: "join-first", "0.5".
class Settings {
 public:
  explicit Settings(std::span<const Parameter> parameters);  // the defaults

  // Throws base::UsageError, in one sentence, if the name is unknown or the value is out of range; nothing is changed then.
  void set(std::string_view name, std::string_view value);

  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] double real(std::string_view name) const;
  [[nodiscard]] long integer(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& values() const noexcept { return values_; }

 private:
  std::span<const Parameter> parameters_;
  std::map<std::string, std::string, std::less<>> values_;
};

// The parameter "python" that every scenario has (SEMANTICS 0.1): "installed", or one of 3.8 to 3.14. Its texts are parameter.python(.CHOICE).
[[nodiscard]] Parameter python_version();
// The parameter "hang" of a scenario that stands still by design, in seconds: `forklight run` stops it after that time, if nobody can go on any
// more, and says who waits for whom. Its text is parameter.hang; the Python twin takes no notice of it.
[[nodiscard]] Parameter hang_limit(std::string_view fallback);
// Those seconds; nothing if the scenario has no such parameter.
[[nodiscard]] std::optional<double> hang_limit_of(const Settings& settings);
// The 13 in 3.13 that these settings ask for; `installed` if they ask for none.
[[nodiscard]] int python_minor(const Settings& settings, int installed);

enum class Verdict : std::uint8_t { pending, held, broken };

// Something that must be true. Checked while the run goes on (finished = false) and once at its end, when it may no longer be pending.
// Its text is scenario.ID.claim.CLAIM.
struct Claim {
  std::string_view id;
  Verdict (*check)(const timeline::Model& model, const Settings& settings, bool finished);
  std::string_view measured = {};  // how the line begins by which the program tells what it measured for it, "" = it does not
};

// What lets a run through that would stand still for ever. Its text is scenario.ID.cure.
struct Cure {
  std::string_view parameter, value;
};

struct Scenario {
  std::string_view id;       // "exit-codes"; its texts are scenario.ID.title, .promise, .watch
  std::string_view group;    // group.GROUP: "processes"
  std::string_view python_file, python;  // "exit-codes.py" and its text
  std::string_view cpp_file, cpp;        // "exit_codes.cpp" and its text
  std::vector<Parameter> parameters;
  std::vector<Claim> claims;
  std::optional<Cure> cure = {};
  bool writes_files = false;  // into the directory of its run: process environment FORKLIGHT_RUN_DIR
  void (*main)(const Settings& settings);  // the main body, run in MainProcess
  // What the program's main sets before anything else; none: it is a matter of the settings.
  std::optional<process::StartMethod> start_method = process::StartMethod::fork;
  // Under spawn and forkserver: what a child may be asked for, and what the program does when a child imports it.
  std::vector<const process::Target*> targets = {};
  void (*imported)(const Settings& settings) = nullptr;
};

// All scenarios, in the order of the list.
[[nodiscard]] std::span<const Scenario* const> all() noexcept;

// Throws base::UsageError that names the ones there are, if there is none of that id.
[[nodiscard]] const Scenario& find(std::string_view id);

// Made ready to run with these settings. Throws base::UsageError, in one sentence, for an unknown scenario or a setting that is none.
[[nodiscard]] process::Lesson lesson(std::string_view id, const std::map<std::string, std::string>& settings);

}  // namespace forklight::scenario
