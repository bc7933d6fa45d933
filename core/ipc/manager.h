// multiprocessing.Manager(): a server process that has the objects, and proxies that ask it over a socket (E-60). What it has is lists.
//
//   proxy ─ call, arguments ─▶ [accepter] ─▶ a thread of the server for each connection ─▶ the list ─ result, a copy ─▶ proxy
//
// Handles, like Python variables. Objects live as long as their manager.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ipc/connection.h"

namespace forklight::ipc {

struct ManagerState;
struct Item;

// A list that a server has. Each call is one message there and one back; errors are the server's, raised here (E-63).
class ListProxy {
 public:
  void append(const Item& item);
  // A copy of what stands there (E-61), or a proxy where a proxy stands.
  [[nodiscard]] Item get(std::ptrdiff_t index);
  void set(std::ptrdiff_t index, const Item& item);
  [[nodiscard]] std::string str();  // str(proxy): what the server's list looks like

 private:
  friend class Manager;
  friend struct Item;
  ListProxy(std::shared_ptr<ManagerState> state, std::int64_t id) noexcept : state_(std::move(state)), id_(id) {}
  [[nodiscard]] Value call(const char* method, Value arguments);
  std::shared_ptr<ManagerState> state_;
  std::int64_t id_;
};

// What a list holds: a value, or a proxy of another list.
struct Item {
  Item(Value plain) : value(std::move(plain)) {}
  Item(ListProxy list) : proxy(std::move(list)) {}
  Value value;
  std::optional<ListProxy> proxy = {};

  [[nodiscard]] Value wire() const;
  [[nodiscard]] static Item from_wire(const std::shared_ptr<ManagerState>& state, Value wire);
};

class Manager {
 public:
  Manager();  // starts the server, SyncManager-N, in the context that it is made in
  [[nodiscard]] ListProxy list(const std::vector<Item>& items = {});
  void shutdown();  // the server ends in order, and is joined; also at the end of the process
  [[nodiscard]] process::Process server() const;

 private:
  std::shared_ptr<ManagerState> state_;
};

// with manager: shut down on every way out.
class WithManager {
 public:
  explicit WithManager(Manager manager) : manager_(std::move(manager)) {}
  ~WithManager() noexcept(false) { manager_.shutdown(); }
  WithManager(const WithManager&) = delete;
  WithManager& operator=(const WithManager&) = delete;

 private:
  Manager manager_;
};

}  // namespace forklight::ipc
