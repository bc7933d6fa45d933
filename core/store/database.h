// SQLite behind two RAII types. Private to core/store.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace forklight::store {

// SQLite refused: `code` is its primary result code, `system_error` the errno behind it or 0. Turned into base::Failure
// by open and save.
struct SqlError : std::runtime_error {
  SqlError(int sql_code, int system, const std::string& message)
      : std::runtime_error(message), code(sql_code), system_error(system) {}
  int code, system_error;
};

class Database {
 public:
  enum class Mode : std::uint8_t { create, read };  // read: never writes, not even a journal or a lock beside the file

  Database(const std::filesystem::path& file, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const std::string& sql);
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_; }
  [[noreturn]] void fail(int code) const;  // throws the SqlError of the last operation

 private:
  sqlite3* handle_ = nullptr;
};

// One statement, prepared once. Columns and parameters count as SQLite counts them: columns from 0, parameters from 1.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::string_view value);  // the bytes must live until run()
  void bind_null(int parameter);
  void run();                 // for statements that give no rows; ready to be bound again afterwards
  [[nodiscard]] bool next();  // false after the last row

  [[nodiscard]] int type(int column) const noexcept { return sqlite3_column_type(handle_, column); }
  [[nodiscard]] std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(handle_, column); }
  [[nodiscard]] std::string_view text(int column) const noexcept;  // valid until the next row

 private:
  const Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

}  // namespace forklight::store
