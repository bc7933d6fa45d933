#include "core/ipc/manager.h"

#include <fmt/format.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "core/base/fd.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/gil/interrupt.h"
#include "core/ipc/connection_handle.h"
#include "core/process/runtime.h"
#include "core/sync/raw.h"

namespace forklight::ipc {

using process::Args;
using process::os_error;
using process::PythonError;
using process::Runtime;
using process::Thread;

namespace {

constexpr const char* kProxy = "#PROXY";
constexpr std::int64_t kServer = 0;  // the id that calls to the server itself go to

// --- sockets ---------------------------------------------------------------------------------------------------------

// A name that the kernel chooses, and that goes with the socket: no file that a killed server would leave.
struct Address {
  sockaddr_un where{};
  socklen_t length = sizeof(sockaddr_un);
};

base::Fd make_socket() {
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw os_error(errno);
  return fd;
}

base::Fd listen_anywhere(Address& address) {
  base::Fd fd = make_socket();
  const sa_family_t family = AF_UNIX;
  address.where.sun_family = family;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.where), sizeof family) != 0 || ::listen(fd.get(), 16) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address.where), &address.length) != 0) {
    throw os_error(errno);
  }
  return fd;
}

std::string text_of(const Address& address) { return {reinterpret_cast<const char*>(&address.where), address.length}; }
Address address_in(const std::string& text) {
  Address address;
  address.length = static_cast<socklen_t>(std::min(text.size(), sizeof address.where));
  std::memcpy(&address.where, text.data(), address.length);
  return address;
}

// Whoever may not read this user's memory is no client.
bool is_own(int fd) {
  ucred who{};
  socklen_t length = sizeof who;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0 && who.uid == ::geteuid();
}

// --- the server ------------------------------------------------------------------------------------------------------

class Server {
 public:
  explicit Server(base::Fd listener) : listener_(std::move(listener)) { ::sem_init(&stop_, 0, 0); }

  // serve_forever(): until somebody calls shutdown.
  void serve() {
    Thread accepter([this] { accept_all(); }, {.daemon = true, .target = "accepter"});
    accepter.start();
    const gil::Blocking blocking(trace::BlockReason::requests, 0, gil::kNoTimeout);
    gil::interruptible([&] { return ::sem_wait(&stop_); });
  }

 private:
  void accept_all() {
    for (;;) {
      base::Fd fd;
      {
        const gil::Blocking blocking(trace::BlockReason::requests, 0, gil::kNoTimeout);
        pollfd ready{listener_.get(), POLLIN, 0};
        base::retry_eintr([&] { return ::poll(&ready, 1, -1); });
        fd = base::Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      }
      if (!fd || !is_own(fd.get())) continue;
      Thread handler([this, shared = std::make_shared<base::Fd>(std::move(fd))] { handle(shared->release()); }, {.daemon = true, .target = "handle_request"});
      handler.start();
    }
  }

  void handle(int fd) {
    // The client's first word says which pipe of the timeline this is the other end of.
    std::uint32_t object = 0;
    pollfd ready{fd, POLLIN, 0};
    {
      const gil::Released released;
      base::retry_eintr([&] { return ::poll(&ready, 1, -1); });
    }
    if (::read(fd, &object, sizeof object) != sizeof object) {
      ::close(fd);
      return;
    }
    Connection client = Connection::over(fd, object, trace::PipeEnd::second);
    for (;;) {
      Value request;
      try {
        request = client.recv();
      } catch (const PythonError&) {
        return;  // it has gone
      }
      Value answer;
      bool last = false;
      try {
        answer = Value::array({"#RETURN", serve_call(request, last)});
      } catch (const PythonError& error) {
        answer = Value::array({"#ERROR", error.type(), error.message()});
      }
      client.send(answer);
      if (last) ::sem_post(&stop_);
    }
  }

  // One call is one step: the others wait.
  Value serve_call(const Value& request, bool& last) {
    const std::lock_guard lock(mutex_);
    const auto id = request.at(0).get<std::int64_t>();
    const auto method = request.at(1).get<std::string>();
    const Value& arguments = request.at(2);
    if (id == kServer) {
      last = method == "shutdown";
      if (last) return nullptr;
      lists_[++last_id_] = arguments;
      return last_id_;
    }
    Value& list = lists_.at(id);
    if (method == "append") {
      list.push_back(arguments.at(0));
      return nullptr;
    }
    if (method == "__repr__") return shown(list);
    const auto size = static_cast<std::int64_t>(list.size());
    const auto index = arguments.at(0).get<std::int64_t>(), place = index < 0 ? index + size : index;
    const bool reads = method == "__getitem__";
    if (place < 0 || place >= size) throw PythonError("IndexError", reads ? "list index out of range" : "list assignment index out of range");
    Value& item = list.at(static_cast<std::size_t>(place));
    if (reads) return item;  // on its way back it is a copy (E-61)
    item = arguments.at(1);
    return nullptr;
  }

  static std::string shown(const Value& list) {
    std::string text;
    for (const Value& item : list) text += (text.empty() ? "" : ", ") + (item.is_object() && item.contains(kProxy) ? fmt::format("<ListProxy object, typeid 'list' at {:#x}>", reinterpret_cast<std::uintptr_t>(&item)) : repr(item));
    return "[" + text + "]";
  }

  base::Fd listener_;
  sem_t stop_;
  gil::Yielding<std::mutex> mutex_;
  std::map<std::int64_t, Value> lists_;
  std::int64_t last_id_ = kServer;
};

// _run_server(): says where it listens, and serves.
void run_server(const Args& args) {
  auto writer = args.get<Connection>(0);
  Address address;
  base::Fd listener = listen_anywhere(address);
  const std::string where = text_of(address);
  writer.send_bytes({reinterpret_cast<const std::uint8_t*>(where.data()), where.size()});
  writer.close();
  // Its daemon threads go on until the process has gone.
  (new Server(std::move(listener)))->serve();
}
const process::LibraryTarget kServerTarget("multiprocessing.managers.BaseManager._run_server", run_server);

}  // namespace

// --- the client ------------------------------------------------------------------------------------------------------

struct ManagerState {
  explicit ManagerState(process::Process of) : server(std::move(of)) {}

  process::Process server;
  Address address;
  gil::Yielding<std::mutex> mutex;
  std::map<pid_t, Connection> connections;  // by thread: each has its own, and so has each process (a proxy's own socket)
  bool is_shut = false;

  Connection connect() {
    base::Fd fd = make_socket();
    const int made = base::retry_eintr([&] { return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address.where), address.length); });
    if (made != 0) throw os_error(errno);
    const std::uint32_t object = sync::announce(trace::ObjectKind::pipe, "to the manager", 0, 2);
    if (::write(fd.get(), &object, sizeof object) != sizeof object) throw os_error(errno);
    return Connection::over(fd.release(), object, trace::PipeEnd::first);
  }

  Connection mine() {
    const std::lock_guard lock(mutex);
    const pid_t thread = ::gettid();
    const auto known = connections.find(thread);
    return known != connections.end() ? known->second : connections.emplace(thread, connect()).first->second;
  }

  Value call(std::int64_t id, const char* method, Value arguments) {
    if (is_shut) throw PythonError("AssertionError", "server not yet started");  // E-65
    Connection server_end = mine();
    server_end.send(Value::array({id, method, std::move(arguments)}));
    Value answer = server_end.recv();
    if (answer.at(0) == "#ERROR") throw PythonError(answer.at(1).get<std::string>(), answer.at(2).get<std::string>());
    return answer.at(1);
  }
};

Value Item::wire() const { return proxy ? Value{{kProxy, proxy->id_}} : value; }

Item Item::from_wire(const std::shared_ptr<ManagerState>& state, Value wire) {
  if (wire.is_object() && wire.contains(kProxy)) return ListProxy(state, wire[kProxy].get<std::int64_t>());
  return Item(std::move(wire));
}

Value ListProxy::call(const char* method, Value arguments) { return state_->call(id_, method, std::move(arguments)); }

void ListProxy::append(const Item& item) { (void)call("append", Value::array({item.wire()})); }

Item ListProxy::get(std::ptrdiff_t index) { return Item::from_wire(state_, call("__getitem__", Value::array({index}))); }

void ListProxy::set(std::ptrdiff_t index, const Item& item) { (void)call("__setitem__", Value::array({index, item.wire()})); }

std::string ListProxy::str() { return call("__repr__", Value::array()).get<std::string>(); }

Manager::Manager() {
  auto [reader, writer] = Pipe(false, "the manager's address");
  process::Process child(kServerTarget, {writer});
  const std::string name = child.name();
  child.set_name("SyncManager" + name.substr(name.rfind('-')));
  child.start();
  writer.close();
  const auto where = reader.recv_bytes();
  reader.close();
  state_ = std::make_shared<ManagerState>(child);
  state_->address = address_in({where.begin(), where.end()});
  Runtime::current().add_finalizer(0, [self = *this]() mutable { self.shutdown(); });
}

ListProxy Manager::list(const std::vector<Item>& items) {
  Value values = Value::array();
  for (const Item& item : items) values.push_back(item.wire());
  return {state_, state_->call(kServer, "create", std::move(values)).get<std::int64_t>()};
}

void Manager::shutdown() {
  if (state_->is_shut) return;
  try {
    (void)state_->call(kServer, "shutdown", Value::array());
  } catch (const PythonError&) {
    // It has gone already.
  }
  state_->is_shut = true;
  state_->connections.clear();
  state_->server.join(1.0);
  if (state_->server.is_alive()) {
    state_->server.terminate();
    state_->server.join();
  }
}

process::Process Manager::server() const { return state_->server; }

}  // namespace forklight::ipc
