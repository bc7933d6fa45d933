#include "app/session/export.h"

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/session/webvtt.h"
#include "core/base/error.h"
#include "core/store/export.h"
#include "core/store/output_file.h"

namespace forklight::app::session {

using i18n::tr;

ExportFormat export_format(const std::string& word) {
  if (word == "json") return ExportFormat::json;
  if (word == "csv") return ExportFormat::csv;
  if (word == "vtt") return ExportFormat::vtt;
  throw base::UsageError(tr("export.bad_format", fmt::arg("format", word)));
}

ExportFormat export_format(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (ending != ".json" && ending != ".csv" && ending != ".vtt") throw base::UsageError(tr("export.bad_ending", fmt::arg("file", file.string())));
  return export_format(ending.substr(1));
}

void export_run(const store::Meta& meta, const timeline::Model& model, std::span<const store::Note> notes, const std::filesystem::path& file, ExportFormat format, double speed) {
  if (model.events().empty()) throw base::Failure(tr("export.nothing"));
  switch (format) {
    case ExportFormat::json:
      return store::export_json(meta, model, notes, file);
    case ExportFormat::csv:
      return store::export_csv(model, file);
    case ExportFormat::vtt: {
      store::OutputFile out(file);
      out.write(webvtt(model, speed));
      return out.commit();
    }
  }
}

}  // namespace forklight::app::session
