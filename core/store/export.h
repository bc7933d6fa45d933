// A run for other programs: as a trace that Perfetto and Chrome open, as a table for spreadsheets and scripts. Words are
// English, as names in files are; times count from the run's first event; what the kernel said before it is
// negative in the table, and the beginning of the trace.
#pragma once

#include <filesystem>
#include <span>

#include "core/store/store.h"
#include "core/timeline/model.h"

namespace forklight::store {

// Chrome's trace event format (JSON), times in microseconds with nanoseconds behind the point:
//   a task       a thread, the first of a process with the process' own name; its life is one complete event (args: pid, parent,
//                start method, exit code), its states are events inside that one
//   start, join, signal, put → get, send → recv, set → wake: flows
//   messages in a queue or a pipe, bytes in its buffer, memory of a process: counters
//   who has a lock or the GIL, calls in a pool: asynchronous events
//   cores: a process of their own
//   notes: marks on what they are about
// Throws base::Failure with one sentence; the file is there whole or not at all.
void export_json(const Meta& meta, const timeline::Model& model, std::span<const Note> notes, const std::filesystem::path& file);

// One row an event, the kernel's word included (RFC 4180, UTF-8, a heading). Throws as export_json() does.
void export_csv(const timeline::Model& model, const std::filesystem::path& file);

}  // namespace forklight::store
