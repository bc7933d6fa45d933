// Part I of SEMANTICS.md: pipes and connections, in C++ and in Python.
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <limits>
#include <memory>

#include "core/ipc/connection.h"
#include "core/process/runtime.h"
#include "core/sync/sync.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;
using ipc::Connection;
using ipc::Message;
using ipc::Pipe;
using ipc::Value;

using Bytes = std::vector<std::uint8_t>;

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }
Bytes zeros(std::size_t count) { return Bytes(count); }
std::string shown(const Bytes& bytes) { return ipc::repr(Value::binary(bytes)); }

Process started(std::function<void()> body) {
  Process process(std::move(body));
  process.start();
  return process;
}

// As it is, without a frame.
void write_raw(const Connection& connection, std::string_view text) {
  if (::write(connection.fileno(), text.data(), text.size()) < 0) throw os_error(errno);
}

constexpr std::size_t kSizes[] = {0, 1, 16, 100, 240, 500, 1000, 4000, 8000, 20000, 60000, 65532, 65533, 100000, 219264, 300000};

// How many messages each end of such pipes takes before it blocks.
void capacities(bool duplex) {
  struct Filling {
    std::size_t size;
    std::pair<Connection, Connection> ends;
    std::atomic<int> count{0};
  };
  std::vector<std::shared_ptr<Filling>> all;
  for (const std::size_t size : kSizes) {
    all.push_back(std::shared_ptr<Filling>(new Filling{size, Pipe(duplex)}));
    Thread([filling = all.back()] {
      for (const Bytes message = zeros(filling->size);; ++filling->count) filling->ends.second.send_bytes(message);
    }, {.name = {}, .daemon = true}).start();
  }
  int before = -1, now = 0;
  while (before != now) {
    before = now;
    sleep(0.3);
    now = 0;
    for (const auto& filling : all) now += filling->count;
  }
  for (const auto& filling : all) print(fmt::format("{} {}", filling->size, filling->count.load()));
  leave();
}

// The same in Python; `DUPLEX` is set before it.
#define FORKLIGHT_CAPACITIES                                                                                                           \
  "for n in (0, 1, 16, 100, 240, 500, 1000, 4000, 8000, 20000, 60000, 65532, 65533, 100000, 219264, 300000):\n"                         \
  "    r, w = mp.Pipe(DUPLEX); os.set_blocking(w.fileno(), False); count = 0; message = bytes(n)\n"                                     \
  "    try:\n"                                                                                                                          \
  "        while True: w.send_bytes(message); count += 1\n"                                                                             \
  "    except BlockingIOError: print(n, count)\n"                                                                                       \
  "leave()\n"

const TestLesson kLessons[] = {
    {"I-01 the wrong end of a simplex pipe", R"(
r, w = mp.Pipe(False)
attempt(lambda: r.send(1)); attempt(lambda: r.send_bytes(b"x")); attempt(w.recv); attempt(w.recv_bytes); attempt(w.poll)
)",
     [] {
       auto [r, w] = Pipe(false);
       attempt([&] { r.send(1); });
       attempt([&] { r.send_bytes(bytes("x")); });
       attempt([&] { return w.recv(); });
       attempt([&] { return shown(w.recv_bytes()); });
       attempt([&] { return w.poll(); });
     }},
    {"I-02 poll", R"(
r, w = mp.Pipe()
print(r.poll()); begin = time.monotonic(); print(r.poll(0.1), 0.1 <= time.monotonic() - begin < 1); print(r.poll(-1))
print(hangs(lambda: r.poll(None))); w.send(1); print(r.poll(), r.poll(5), r.poll(None), r.recv(), r.poll())
)",
     [] {
       auto [r, w] = Pipe();
       print(text(r.poll()));
       const std::int64_t begin = base::now_ns();
       const bool there = r.poll(0.1);
       print(text(there) + " " + text(base::now_ns() - begin >= base::kSecond / 10 && base::now_ns() - begin < base::kSecond));
       print(text(r.poll(-1.0)));
       print(text(hangs([r = r]() mutable { (void)r.poll(std::nullopt); })));
       w.send(1);
       std::string line = text(r.poll()) + " " + text(r.poll(5.0));
       line += " " + text(r.poll(std::nullopt));
       line += " " + text(r.recv());
       print(line + " " + text(r.poll()));
     }},
    {"I-03 I-04 I-05 the other end is closed", R"(
for duplex in (False, True):
    r, w = mp.Pipe(duplex); w.send(1); w.send_bytes(b"2"); w.close()
    print(r.poll(), r.recv(), r.recv_bytes(), r.poll(), r.poll()); attempt(r.recv); attempt(r.recv); attempt(r.recv_bytes)
)",
     [] {
       for (const bool duplex : {false, true}) {
         auto [r, w] = Pipe(duplex);
         w.send(1);
         w.send_bytes(bytes("2"));
         w.close();
         std::string line = text(r.poll());
         line += " " + text(r.recv());
         line += " " + shown(r.recv_bytes());
         line += " " + text(r.poll());
         print(line + " " + text(r.poll()));
         attempt([&] { return r.recv(); });
         attempt([&] { return r.recv(); });
         attempt([&] { return shown(r.recv_bytes()); });
       }
     }},
    {"I-06 the reader is closed", R"(
for duplex in (False, True):
    r, w = mp.Pipe(duplex); r.close(); attempt(lambda: w.send(1)); attempt(lambda: w.send_bytes(b"x" * 20000)); attempt(lambda: w.send(1))
)",
     [] {
       for (const bool duplex : {false, true}) {
         auto [r, w] = Pipe(duplex);
         r.close();
         attempt([&] { w.send(1); });
         attempt([&] { w.send_bytes(zeros(20000)); });
         attempt([&] { w.send(1); });
       }
     }},
    {"I-07 the peer went with our data unread", R"(
a, b = mp.Pipe(); a.send(1); b.close(); attempt(a.recv); attempt(a.recv); attempt(a.recv); attempt(lambda: a.send(1))
)",
     [] {
       auto [a, b] = Pipe();
       a.send(1);
       b.close();
       attempt([&] { return a.recv(); });
       attempt([&] { return a.recv(); });
       attempt([&] { return a.recv(); });
       attempt([&] { a.send(1); });
     }},
    {"I-08 I-23 this end is closed", R"(
r, w = mp.Pipe(); print(r.closed); r.close(); r.close(); print(r.closed)
attempt(lambda: r.send(1)); attempt(lambda: r.send_bytes(b"")); attempt(r.recv); attempt(r.recv_bytes); attempt(r.poll); attempt(r.fileno)
from multiprocessing.connection import wait
attempt(lambda: wait([r], 0))
)",
     [] {
       auto [r, w] = Pipe();
       print(text(r.closed()));
       r.close();
       r.close();
       print(text(r.closed()));
       attempt([&] { r.send(1); });
       attempt([&] { r.send_bytes({}); });
       attempt([&] { return r.recv(); });
       attempt([&] { return shown(r.recv_bytes()); });
       attempt([&] { return r.poll(); });
       attempt([&] { return text(r.fileno()); });
       attempt([&] { (void)ipc::wait({r.fileno()}, 0.0); });
     }},
    {"I-09 a message longer than allowed", R"(
for duplex in (False, True):
    r, w = mp.Pipe(duplex); w.send_bytes(b"1234"); w.send_bytes(b"12345")
    print(r.recv_bytes(4)); attempt(lambda: r.recv_bytes(4)); attempt(lambda: r.recv_bytes(4)); attempt(r.recv); print(r.closed)
    attempt(lambda: r.send(1))
)",
     [] {
       for (const bool duplex : {false, true}) {
         auto [r, w] = Pipe(duplex);
         w.send_bytes(bytes("1234"));
         w.send_bytes(bytes("12345"));
         print(shown(r.recv_bytes(4)));
         attempt([&] { return shown(r.recv_bytes(4)); });
         attempt([&] { return shown(r.recv_bytes(4)); });
         attempt([&] { return r.recv(); });
         print(text(r.closed()));
         attempt([&] { r.send(1); });
       }
     }},
    {"I-10 a buffer too short", R"(
r, w = mp.Pipe(); w.send_bytes(b"12345"); w.send_bytes(b"12"); buf = bytearray(4)
attempt(lambda: r.recv_bytes_into(buf)); print(r.recv_bytes_into(buf), bytes(buf))
)",
     [] {
       auto [r, w] = Pipe();
       w.send_bytes(bytes("12345"));
       w.send_bytes(bytes("12"));
       Bytes buffer(4);
       attempt([&] { return text(static_cast<int>(r.recv_bytes_into(buffer))); });
       const std::size_t count = r.recv_bytes_into(buffer);
       print(fmt::format("{} {}", count, shown(buffer)));
     }},
    {"I-11 what cannot be pickled is not sent at all", R"(
bad = lambda: 0; r, w = mp.Pipe(); attempt(lambda: w.send(bad)); attempt(lambda: w.send(mp.Lock())); print(r.poll()); w.send(None); print(r.recv())
)",
     [] {
       auto [r, w] = Pipe();
       attempt([&] { w.send(Message::lambda()); });
       attempt([&] { w.send(sync::Lock()); });
       print(text(r.poll()));
       w.send({});
       print(text(r.recv()));
     }},
    {"I-12 I-14 bytes that are no message, and none at all", R"(
r, w = mp.Pipe()
for garbage in (b"not a pickle", b"nonsense", b"\xf3\xf4", b"'", b"\x80", b"\x03"): w.send_bytes(garbage); attempt(r.recv)
w.send_bytes(b""); print(r.recv_bytes()); w.send_bytes(b""); attempt(r.recv); w.send(7); print(r.recv())
)",
     [] {
       auto [r, w] = Pipe();
       using namespace std::string_view_literals;
       for (const auto garbage : {"not a pickle"sv, "nonsense"sv, "\xf3\xf4"sv, "'"sv, "\x80"sv, "\x03"sv}) {
         w.send_bytes(bytes(garbage));
         attempt([&] { return r.recv(); });
       }
       w.send_bytes({});
       print(shown(r.recv_bytes()));
       w.send_bytes({});
       attempt([&] { return r.recv(); });
       w.send(7);
       print(text(r.recv()));
     }},
    {"I-13 the end inside a frame", R"(
for part in (b"", b"\0\0", b"\0\0\0\5", b"\0\0\0\5abc", b"\xff\xff\xff\xff\0\0"):
    r, w = mp.Pipe(False); os.write(w.fileno(), part); w.close(); attempt(r.recv_bytes); attempt(r.recv_bytes)
)",
     [] {
       using namespace std::string_view_literals;
       for (const auto part : {""sv, "\0\0"sv, "\0\0\0\5"sv, "\0\0\0\5abc"sv, "\xff\xff\xff\xff\0\0"sv}) {
         auto [r, w] = Pipe(false);
         write_raw(w, part);
         w.close();
         attempt([&] { return shown(r.recv_bytes()); });
         attempt([&] { return shown(r.recv_bytes()); });
       }
     }},
    {"Q-23 I-13 a writer that is killed in the middle, and nobody else has the end", R"(
r, w = mp.Pipe(False); p = Process(target=w.send, args=("x" * 1000000,)); p.start(); w.close(); r.poll(20); asleep(p.pid); p.kill(); p.join()
print(p.exitcode, r.poll()); attempt(r.recv); attempt(r.recv)
)",
     [] {
       auto [r, w] = Pipe(false);
       Process p = started([w = w]() mutable { w.send(std::string(1000000, 'x')); });
       w.close();
       (void)r.poll(20.0);
       asleep(*p.pid());  // before the rest, not between the header and it
       p.kill();
       p.join();
       print(text(p.exitcode()) + " " + text(r.poll()));
       attempt([&] { return r.recv(); });
       attempt([&] { return r.recv(); });
     }},
    {"I.1 the bytes on the wire", R"(
for duplex in (False, True):
    r, w = mp.Pipe(duplex)
    for message in (b"abc", b"", b"x" * 300): w.send_bytes(message); print(os.read(r.fileno(), 1000))
    os.write(w.fileno(), b"\0\0\0\3abc" + b"\xff\xff\xff\xff\0\0\0\0\0\0\0\2de"); print(r.recv_bytes(), r.recv_bytes())
)",
     [] {
       for (const bool duplex : {false, true}) {
         auto [r, w] = Pipe(duplex);
         for (const Bytes& message : {bytes("abc"), Bytes(), Bytes(300, 'x')}) {
           w.send_bytes(message);
           Bytes raw(1000);
           raw.resize(static_cast<std::size_t>(::read(r.fileno(), raw.data(), raw.size())));
           print(ipc::repr(Value::binary(raw), 1000));
         }
         using namespace std::string_view_literals;
         write_raw(w, "\0\0\0\3abc\xff\xff\xff\xff\0\0\0\0\0\0\0\2de"sv);
         const std::string first = shown(r.recv_bytes());
         print(first + " " + shown(r.recv_bytes()));
       }
     }},
    {"I-15 a child's own copy of the write end keeps it from seeing the end", R"(
r, w = mp.Pipe(False)
def child(close):
    if close: w.close()
    attempt(r.recv); sys.stdout.flush()
for close in (False, True):
    p = Process(target=child, args=(close,)); p.start()
    if close: w.close()
    p.join(0.4); print(p.is_alive(), flush=True); p.kill(); p.join(); print(p.exitcode)
)",
     [] {
       auto [r, w] = Pipe(false);
       for (const bool close : {false, true}) {
         Process p = started([r = r, w = w, close]() mutable {
           if (close) w.close();
           attempt([&] { return r.recv(); });
           Runtime::current().out().flush();
         });
         if (close) w.close();
         p.join(0.4);
         print_now(text(p.is_alive()));
         p.kill();
         p.join();
         print(text(p.exitcode()));
       }
     }},
    {"I-16 more than the capacity without a reader", R"(
r, w = mp.Pipe(False); print(hangs(lambda: w.send_bytes(bytes(70000))))
a, b = mp.Pipe()
def peer(end): end.send_bytes(bytes(1000000)); end.recv_bytes()
many = [Process(target=peer, args=(end,)) for end in (a, b)]
for p in many: p.start()
many[0].join(0.4); print([p.is_alive() for p in many])
for p in many: p.kill(); p.join(); print(p.exitcode)
print(len(r.recv_bytes()))
)",
     [] {
       auto [r, w] = Pipe(false);
       print(text(hangs([w = w]() mutable { w.send_bytes(zeros(70000)); })));
       auto [a, b] = Pipe();
       std::vector<Process> many;
       for (Connection end : {a, b}) {
         many.push_back(started([end]() mutable {
           end.send_bytes(zeros(1000000));
           (void)end.recv_bytes();
         }));
       }
       many[0].join(0.4);
       const std::string first = text(many[0].is_alive());
       print(fmt::format("[{}, {}]", first, text(many[1].is_alive())));
       for (Process& p : many) {
         p.kill();
         p.join();
         print(text(p.exitcode()));
       }
       print(text(static_cast<int>(r.recv_bytes().size())));
     }},
    {"I-17 several readers on one connection", R"(
r, w = mp.Pipe(False)
def read():
    try:
        while True:
            if r.recv() != "x" * 100: break
    except BaseException: pass
    os._exit(7)
many = [Process(target=read) for _ in range(4)]
for p in many: p.start()
r.close()
def write():
    try:
        while True: w.send("x" * 100)
    except OSError: pass
threading.Thread(target=write, daemon=True).start()
print(eventually(lambda: any(p.exitcode is not None for p in many)), flush=True)
for p in many: p.kill(); p.join()
os._exit(0)
)",
     [] {
       auto [r, w] = Pipe(false);
       std::vector<Process> many;
       for (int i = 0; i < 4; ++i) {
         many.push_back(started([r = r]() mutable {
           try {
             while (r.recv() == std::string(100, 'x')) {
             }
           } catch (const PythonError&) {
           }
           os_exit(7);
         }));
       }
       r.close();
       Thread([w = w]() mutable {
         try {
           for (;;) w.send(std::string(100, 'x'));
         } catch (const PythonError&) {
         }
       }, {.name = {}, .daemon = true}).start();
       print_now(text(eventually([&] {
         bool any = false;
         for (Process& p : many) any = any || p.exitcode().has_value();
         return any;
       })));
       for (Process& p : many) {
         p.kill();
         p.join();
       }
       os_exit(0);
     }},
    {"I-18 I-19 several writers on one connection", R"(
def mixed(duplex, size, rounds):
    r, w = mp.Pipe(duplex)
    def write(byte):
        while True: w.send_bytes(bytes([byte]) * size)
    many = [Process(target=write, args=(byte,)) for byte in (65, 66, 67)]
    for p in many: p.start()
    w.close(); bad = False; until = time.monotonic() + 5
    for _ in range(rounds):
        if time.monotonic() > until or not r.poll(0.5): break
        header = int.from_bytes(os.read(r.fileno(), 4), "big")
        if header != size: bad = True; break
        body = b""
        while len(body) < size and r.poll(0.5): body += os.read(r.fileno(), size - len(body))
        if len(body) != size or len(set(body)) != 1: bad = True; break
    for p in many: p.kill(); p.join()
    return bad
print(mixed(False, 4092, 2000), mixed(False, 5000, 50000), mixed(True, 16384, 2000), mixed(True, 17000, 50000))
)",
     [] {
       const auto mixed = [](bool duplex, std::size_t size, int rounds) {
         auto [r, w] = Pipe(duplex);
         std::vector<Process> many;
         for (const std::uint8_t byte : Bytes{65, 66, 67}) {
           many.push_back(started([w = w, byte, size]() mutable {
             for (const Bytes message(size, byte);;) w.send_bytes(message);
           }));
         }
         w.close();
         bool bad = false;
         const std::int64_t until = base::now_ns() + 5 * base::kSecond;
         for (int i = 0; i < rounds && !bad && base::now_ns() < until && r.poll(0.5); ++i) {
           std::uint8_t header[4] = {};
           bad = ::read(r.fileno(), header, 4) != 4 || (header[0] << 24 | header[1] << 16 | header[2] << 8 | header[3]) != static_cast<int>(size);
           Bytes body;
           while (!bad && body.size() < size && r.poll(0.5)) {
             Bytes part(size - body.size());
             const ssize_t count = ::read(r.fileno(), part.data(), part.size());
             if (count <= 0) break;
             body.insert(body.end(), part.begin(), part.begin() + count);
           }
           bad = bad || body.size() != size || body != Bytes(size, body[0]);
         }
         for (Process& p : many) {
           p.kill();
           p.join();
         }
         return text(bad);
       };
       const std::string a = mixed(false, 4092, 2000), b = mixed(false, 5000, 50000), c = mixed(true, 16384, 2000);
       print(a + " " + b + " " + c + " " + mixed(true, 17000, 50000));
     }},
    {"I-20 how many messages a simplex pipe takes", "DUPLEX = False\n" FORKLIGHT_CAPACITIES, [] { capacities(false); }},
    {"I-21 how many messages a duplex pipe takes", "DUPLEX = True\n" FORKLIGHT_CAPACITIES, [] { capacities(true); }},
    {"I-22 wait on several", R"(
from multiprocessing.connection import wait
a, x = mp.Pipe(False); b, y = mp.Pipe(); c, z = mp.Pipe(False)
names = {a: "a", b: "b", c: "c"}
def ready(timeout=0): return "".join(names.get(one, "p") for one in wait([a, b, c, p.sentinel], timeout))
p = Process(target=time.sleep, args=(0.3,)); p.start()
begin = time.monotonic(); print(ready(), ready(0.1), time.monotonic() - begin >= 0.1)
y.send(1); print(ready(None)); x.close(); print(ready(5)); p.join(); print(ready(), ready())
b.recv(); z.send(1); print(ready(None)); begin = time.monotonic(); print(wait([], 0.1), time.monotonic() - begin >= 0.1)
print(wait([c], -1) == [c])
)",
     [] {
       auto [a, x] = Pipe(false);
       auto [b, y] = Pipe();
       auto [c, z] = Pipe(false);
       Process p = started([] { sleep(0.3); });
       const auto ready = [&](ipc::Timeout timeout = 0.0) {
         std::string names;
         for (const std::size_t i : ipc::wait({a.fileno(), b.fileno(), c.fileno(), p.sentinel()}, timeout)) names += "abcp"[i];
         return names;
       };
       std::int64_t begin = base::now_ns();
       const std::string at_once = ready();
       const std::string later = ready(0.1);
       print(at_once + " " + later + " " + text(base::now_ns() - begin >= base::kSecond / 10));
       y.send(1);
       print(ready(std::nullopt));
       x.close();
       print(ready(5.0));
       p.join();
       const std::string first = ready();
       print(first + " " + ready());
       (void)b.recv();
       z.send(1);
       print(ready(std::nullopt));
       begin = base::now_ns();
       const bool none = ipc::wait({}, 0.1).empty();
       print(std::string(none ? "[]" : "?") + " " + text(base::now_ns() - begin >= base::kSecond / 10));
       print(text(ipc::wait({c.fileno()}, -1.0).size() == 1));
     }},
    {"I.1 values that travel, and how they look", R"(
r, w = mp.Pipe()
values = (None, True, False, 0, 23, 24, -1, -24, -25, 255, 256, 65535, 65536, -65537, -256, 0xffff00ff, 0xffffffff, 2**31, -2**31, 2**32, 2**63 - 1, -2**63, 1.5, -0.0, 1e16, 1e15, 1e-5,
          0.0001, 123456789.123, float("inf"), float("nan"), "", "abc", "it's", 'say "hi"', "both ' and \"", "tab\tline\n\\", "\u00fc\u4e2d", b"", b"\x00\xff'a",
          [], [1, [2, []], "x"], {}, {"a": 1, "b": [None]})
for value in values: w.send(value); print(r.recv())
)",
     [] {
       auto [r, w] = Pipe();
       const Value binary = Value::binary({0x00, 0xff, '\'', 'a'});
       const Value values[] = {nullptr, true, false, 0, 23, 24, -1, -24, -25, 255, 256, 65535, 65536, -65537, -256, 0xffff00ffu, 0xffffffffu, std::int64_t{1} << 31, -(std::int64_t{1} << 31),
                               std::int64_t{1} << 32, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(), 1.5, -0.0, 1e16,
                               1e15, 1e-5, 0.0001, 123456789.123, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN(), "",
                               "abc", "it's", "say \"hi\"", "both ' and \"", "tab\tline\n\\", "\u00fc\u4e2d", Value::binary({}), binary, Value::array(),
                               Value::array({1, Value::array({2, Value::array()}), "x"}), Value::object(), {{"a", 1}, {"b", Value::array({nullptr})}}};
       for (const Value& value : values) {
         w.send(value);
         const Value back = r.recv();
         print(back.is_string() ? back.get<std::string>() : ipc::repr(back, 1000));
       }
     }},
    // Garbage, and frames longer than the cap: without a Python side, which has no cap.
    {"I-12 garbage in a pipe is an error, never more", "",
     [] {
       int errors = 0;
       std::uint32_t state = 4711;
       for (int round = 0; round < 3000; ++round) {
         auto [r, w] = Pipe(false);
         Bytes garbage;
         const auto random = [&] { return state = state * 1664525 + 1013904223, state >> 16; };
         for (std::uint32_t i = random() % 60; i > 0; --i) garbage.push_back(static_cast<std::uint8_t>(random()));
         if (round % 2 == 0) garbage.insert(garbage.begin(), {0x80, 1, 0, 0, 0, 0, 0, 0});  // looks like one of ours
         w.send_bytes(garbage);
         w.close();
         try {
           (void)r.recv();
         } catch (const PythonError& error) {
           errors += error.type() == "_pickle.UnpicklingError" || error.type() == "EOFError" ? 1 : 1000000;
         }
       }
       print(text(errors > 1500 && errors < 3001));
       // Lists in lists, without end.
       auto [r, w] = Pipe(true);
       Thread([w = w]() mutable {
         Bytes deep(2000000, 0x81);
         deep[0] = 0x80;
         w.send_bytes(deep);
       }).start();
       attempt([&] { return r.recv(); });
     }},
    {"a frame longer than the cap", "",
     [] {
       using namespace std::string_view_literals;
       for (const bool duplex : {false, true}) {
         auto [r, w] = Pipe(duplex);
         write_raw(w, "GET / HTTP/1.1\r\n"sv);
         attempt([&] { return r.recv(); });
         attempt([&] { return r.recv(); });
       }
       // Below the cap it is believed, but memory is taken for what comes alone.
       auto [r, w] = Pipe(false);
       write_raw(w, "\x0f\xff\xff\xff"sv);
       w.close();
       attempt([&] { return r.recv(); });
       // Who would send one is told at once, and the pipe is as it was. Memory that nobody touches.
       auto [a, b] = Pipe(false);
       constexpr std::size_t kTooLong = ipc::kMaxFrame + 1;
       void* const memory = ::mmap(nullptr, kTooLong, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
       attempt([&, b = &b] { b->send_bytes({static_cast<const std::uint8_t*>(memory), kTooLong}); });
       ::munmap(memory, kTooLong);
       b.send("next");
       print(text(a.recv()));
     }},
};

}  // namespace

std::span<const TestLesson> pipe_lessons() { return kLessons; }

}  // namespace forklight::tests
