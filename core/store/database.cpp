#include "core/store/database.h"

#include <fmt/format.h>

#include <new>

namespace forklight::store {

namespace {

// "file:" address of a path: everything but the unreserved characters escaped, so that a '?' in a name stays part of
// the name.
std::string address(const std::filesystem::path& file) {
  std::string result = "file:";
  for (const char character : std::filesystem::absolute(file).generic_string()) {
    const auto byte = static_cast<unsigned char>(character);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       byte == '/' || byte == '.' || byte == '-' || byte == '_';
    result += plain ? std::string(1, character) : fmt::format("%{:02X}", byte);
  }
  return result;
}

}  // namespace

Database::Database(const std::filesystem::path& file, Mode mode) {
  // Immutable: no lock, no recovery from a journal that happens to lie beside it, no -wal and -shm files made.
  const std::string where = mode == Mode::read ? address(file) + "?mode=ro&immutable=1" : address(file);
  const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                    (mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const int code = sqlite3_open_v2(where.c_str(), &handle_, flags, nullptr);
  if (handle_ == nullptr) throw std::bad_alloc();
  if (code != SQLITE_OK) {
    const SqlError error(code & 0xff, sqlite3_system_errno(handle_), sqlite3_errmsg(handle_));
    sqlite3_close(handle_);
    throw error;
  }
}

Database::~Database() {
  sqlite3_close(handle_);
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

void Database::fail(int code) const {
  if ((code & 0xff) == SQLITE_NOMEM) throw std::bad_alloc();
  throw SqlError(code & 0xff, sqlite3_system_errno(handle_), sqlite3_errmsg(handle_));
}

Statement::Statement(const Database& database, std::string_view sql) : database_(database) {
  const int code = sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &handle_, nullptr);
  if (code != SQLITE_OK) database.fail(code);
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

void Statement::bind(int parameter, std::int64_t value) {
  const int code = sqlite3_bind_int64(handle_, parameter, value);
  if (code != SQLITE_OK) database_.fail(code);
}

void Statement::bind(int parameter, std::string_view value) {
  const int code = sqlite3_bind_text64(handle_, parameter, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) database_.fail(code);
}

void Statement::bind_null(int parameter) {
  const int code = sqlite3_bind_null(handle_, parameter);
  if (code != SQLITE_OK) database_.fail(code);
}

void Statement::run() {
  sqlite3_step(handle_);
  const int code = sqlite3_reset(handle_);  // the code of the step
  if (code != SQLITE_OK) database_.fail(code);
}

bool Statement::next() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(code);
  return false;
}

std::string_view Statement::text(int column) const noexcept {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

}  // namespace forklight::store
