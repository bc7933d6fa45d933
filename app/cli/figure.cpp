#include "app/cli/figure.h"

#include <charconv>
#include <memory>
#include <optional>

#include "app/cli/cli.h"
#include "app/export/figure.h"
#include "app/i18n/i18n.h"
#include "app/session/range.h"
#include "core/base/error.h"

namespace forklight::app::cli {
namespace {

using i18n::tr;

struct Request {
  std::string file, output, theme = "paper", axis = "time";
  std::optional<std::string> range, size;
  float scale = 1;
  bool no_legend = false, no_cores = false, memory = false;
};

// "1600x900", or "1600" for as high as it takes.
void read_size(const std::string& text, figure::Wanted& wanted) {
  const std::size_t cross = text.find('x');
  const auto side = [](std::string_view digits) -> std::optional<float> {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const auto pixels = static_cast<float>(value);
    if (error != std::errc{} || end != digits.data() + digits.size() || pixels < figure::kLeastSide || pixels > figure::kMostSide) return std::nullopt;
    return pixels;
  };
  const auto width = side(std::string_view(text).substr(0, cross));
  const auto height = cross == std::string::npos ? std::optional(0.0f) : side(std::string_view(text).substr(cross + 1));
  if (!width || !height) throw base::UsageError(tr("figure.bad_size", fmt::arg("text", text)));
  wanted.width = *width;
  wanted.height = *height;
}

int draw(const Request& request) {
  figure::Wanted wanted;
  if (request.theme != "stage" && request.theme != "paper") throw base::UsageError(tr("cli.bad_theme", fmt::arg("theme", request.theme)));
  if (request.axis != "time" && request.axis != "order") throw base::UsageError(tr("figure.bad_axis", fmt::arg("axis", request.axis)));
  wanted.theme = request.theme == "paper" ? session::ThemeName::paper : session::ThemeName::stage;
  wanted.scale = request.scale;
  wanted.legend = !request.no_legend;
  if (request.size) {
    read_size(*request.size, wanted);
  } else {
    wanted.width *= request.scale;
  }
  figure::check_name(request.output);
  const store::Run run = store::open(request.file);
  timeline::Model model;
  model.append(run.records);
  session::UiState ui;
  ui.axis = request.axis == "order" ? timeline::AxisKind::order : timeline::AxisKind::time;
  ui.cores = !request.no_cores;
  ui.memory = request.memory;
  figure::Subject subject{.model = model, .meta = run.meta, .now_ns = model.end_ns(), .notes = run.notes};
  if (request.range) subject.range = session::parse_range(model, *request.range);
  figure::save_figure(subject, ui, wanted, request.output);
  return kOk;
}

}  // namespace

void add_figure(CLI::App& app, Job& job) {
  const auto request = std::make_shared<Request>();
  CLI::App* command = app.add_subcommand("figure", "Draw a saved run for slides and hand-outs: .png, .svg, .pdf");
  command->add_option("file", request->file, "The saved run (.flt)")->required();
  command->add_option("-o,--output", request->output, "The file to write; its ending says what")->required();
  command->add_option("--range", request->range, "A part of it, in time since its begin: 1.2s..1.5s, 300ms.., ..2s");
  command->add_option("--size", request->size, "Pixels: 1600x900, or 1600 for as high as all lanes take");
  command->add_option("--scale", request->scale, "Size of text and lines, 0.5 to 4; without --size the page grows with it")->check(CLI::Range(0.5, 4.0));
  command->add_option("--axis", request->axis, "time, or order: every event one step");
  command->add_option("--theme", request->theme, "paper (light) or stage (dark)");
  command->add_flag("--no-legend", request->no_legend, "The lanes alone, without title and legend");
  command->add_flag("--no-cores", request->no_cores, "Without the lanes of the cores");
  command->add_flag("--memory", request->memory, "With the memory of each process");
  command->callback([request, &job] { job = [request] { return draw(*request); }; });
}

}  // namespace forklight::app::cli
