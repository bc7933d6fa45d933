// forklight: the command line, or the window.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string>

#include "app/app.h"
#include "app/cli/cli.h"
#include "app/i18n/i18n.h"
#include "core/base/error.h"

namespace {

using namespace forklight;
using app::i18n::tr;

// forklight-engine stands beside forklight.
std::filesystem::path engine_path() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "forklight-engine";
}

void read_size(const std::string& text, app::Options& options) {
  const auto cross = text.find('x');
  const char* const middle = text.data() + std::min(cross, text.size());
  const char* const last = text.data() + text.size();
  int width = 0, height = 0;
  const bool good = cross != std::string::npos && std::from_chars(text.data(), middle, width).ptr == middle &&
                    std::from_chars(middle + 1, last, height).ptr == last && width >= 200 && height >= 100 && width <= 16384 && height <= 16384;
  if (!good) throw base::UsageError(tr("cli.bad_size", fmt::arg("text", text)));
  options.width = width;
  options.height = height;
}

int open_window(const app::cli::WindowRequest& request) {
  app::Options options;
  options.engine = engine_path();
  if (request.size) read_size(*request.size, options);
  if (request.theme) {
    if (*request.theme != "stage" && *request.theme != "paper") throw base::UsageError(tr("cli.bad_theme", fmt::arg("theme", *request.theme)));
    options.theme = *request.theme == "paper" ? app::session::ThemeName::paper : app::session::ThemeName::stage;
  }
  if (request.language) options.language = app::i18n::language_for(*request.language);
  options.observe = request.observe;
  options.ask = true;
  if (request.scale) options.text_scale = static_cast<float>(*request.scale);
  options.person = app::session::person_folders();
  if (request.scenario) options.scenario = *request.scenario;
  if (request.file) options.open = *request.file;
  if (request.lecture) options.lecture = *request.lecture;
  app::App window(options);
  return window.run();
}

}  // namespace

int main(int argc, char** argv) { return app::cli::run(argc, argv, engine_path(), open_window); }
