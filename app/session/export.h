// A run written for other programs: which one, the file's name says.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "core/store/store.h"
#include "core/timeline/model.h"

namespace forklight::app::session {

enum class ExportFormat : std::uint8_t { json, csv, vtt };

// By the ending of the name, or by the word "json", "csv", "vtt". Throws base::UsageError for any other.
[[nodiscard]] ExportFormat export_format(const std::filesystem::path& file);
[[nodiscard]] ExportFormat export_format(const std::string& word);

// `speed` is that of the film which subtitles are for. Throws base::Failure with one sentence; the file is there whole or not at all.
void export_run(const store::Meta& meta, const timeline::Model& model, std::span<const store::Note> notes, const std::filesystem::path& file, ExportFormat format, double speed = 1);

}  // namespace forklight::app::session
