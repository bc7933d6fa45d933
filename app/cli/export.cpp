#include "app/cli/export.h"

#include <memory>
#include <optional>

#include "app/cli/cli.h"
#include "app/session/export.h"

namespace forklight::app::cli {
namespace {

struct Request {
  std::string file, output;
  std::optional<std::string> format;
  double speed = 1;
};

int export_file(const Request& request) {
  // What cannot be asked for is said before a large file is read.
  const auto format = request.format ? session::export_format(*request.format) : session::export_format(std::filesystem::path(request.output));
  const store::Run run = store::open(request.file);
  timeline::Model model;
  model.append(run.records);
  session::export_run(run.meta, model, run.notes, request.output, format, request.speed);
  return kOk;
}

}  // namespace

void add_export(CLI::App& app, Job& job) {
  const auto request = std::make_shared<Request>();
  CLI::App* command = app.add_subcommand("export", "Write a saved run for other programs: Perfetto and Chrome (.json), tables (.csv), subtitles (.vtt)");
  command->add_option("file", request->file, "The saved run (.flt)")->required();
  command->add_option("-o,--output", request->output, "The file to write; its ending says what")->required();
  command->add_option("--format", request->format, "json, csv or vtt, whatever the ending");
  command->add_option("--speed", request->speed, "Of the film that subtitles are for: 0.25 is four times as slow as the run")->check(CLI::Range(0.0001, 1000.0));
  command->callback([request, &job] { job = [request] { return export_file(*request); }; });
}

}  // namespace forklight::app::cli
