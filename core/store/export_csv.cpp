#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>
#include <unordered_map>

#include "core/store/export.h"
#include "core/store/export_text.h"
#include "core/store/output_file.h"

namespace forklight::store {
namespace {

constexpr std::string_view kHeading = "time_ns,task,name,pid,tid,event,line,object,object_name,a,a_means,b,b_means,text\r\n";

// In quotes where it must be.
void append_field(fmt::memory_buffer& row, std::string_view bytes) {
  const std::string text = cleaned(bytes);
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return row.append(std::string_view(text));
  row.push_back('"');
  for (const char c : text) {
    if (c == '"') row.push_back('"');
    row.push_back(c);
  }
  row.push_back('"');
}

std::string field(std::string_view text) {
  fmt::memory_buffer buffer;
  append_field(buffer, text);
  return fmt::to_string(buffer);
}

// What stays the same in all rows of a task, an object, a kind.
class Parts {
 public:
  explicit Parts(const timeline::Model& model) : model_(model) {}

  const std::string& task(trace::TaskId id, bool kernels) {
    const auto [at, fresh] = tasks_.try_emplace(kernels && id == 0 ? UINT32_MAX : id);
    if (!fresh) return at->second;
    const timeline::Task* task = model_.find(id);
    if (task != nullptr) {
      at->second = fmt::format("{},{},{},{}", id, field(task->name), task->pid, task->tid);
    } else {
      at->second = fmt::format("{},{},,", id, id == 0 && !kernels ? "supervisor" : "");
    }
    return at->second;
  }
  const std::string& object(std::uint32_t id) {
    const auto [at, fresh] = objects_.try_emplace(id);
    if (!fresh) return at->second;
    const timeline::Object* object = model_.find_object(id);
    const timeline::Task* task = model_.find(id);
    at->second = fmt::format("{},{}", id, field(object != nullptr ? object->name : task != nullptr ? task->name : ""));
    return at->second;
  }
  struct Kind {
    std::string name, a, b;
    bool object_is_cpu;
  };
  const Kind& kind(trace::Kind kind) {
    const auto [at, fresh] = kinds_.try_emplace(kind);
    if (fresh) {
      const trace::ArgumentNames names = trace::argument_names(kind);
      at->second = {std::string(trace::name(kind)), field(names.a), field(names.b), names.object == "cpu"};
    }
    return at->second;
  }

 private:
  const timeline::Model& model_;
  std::unordered_map<std::uint32_t, std::string> tasks_, objects_;
  std::unordered_map<trace::Kind, Kind> kinds_;
};

}  // namespace

void export_csv(const timeline::Model& model, const std::filesystem::path& file) {
  OutputFile out(file);
  out.write(kHeading);
  Parts parts(model);
  fmt::memory_buffer rows;
  for (const trace::Record& record : model.records()) {
    const trace::Event& event = record.event;
    const Parts::Kind& kind = parts.kind(event.kind);
    fmt::format_to(std::back_inserter(rows), FMT_COMPILE("{},{},{},{},"), event.time_ns - model.begin_ns(),
                   parts.task(record.task, trace::is_kernels(event.kind)), kind.name, event.line);
    if (kind.object_is_cpu) {
      fmt::format_to(std::back_inserter(rows), FMT_COMPILE("{},"), event.object);
    } else {
      rows.append(parts.object(event.object));
    }
    // Signed, as the table in the run's own file has them: a timeout of -1 is none.
    fmt::format_to(std::back_inserter(rows), FMT_COMPILE(",{},{},{},{},"), static_cast<std::int64_t>(event.a), kind.a,
                   static_cast<std::int64_t>(event.b), kind.b);
    append_field(rows, record.text);
    rows.append(std::string_view("\r\n"));
    if (rows.size() < kOutputChunk) continue;
    out.write({rows.data(), rows.size()});
    rows.clear();
  }
  out.write({rows.data(), rows.size()});
  out.commit();
}

}  // namespace forklight::store
