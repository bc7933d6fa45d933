// Lessons of memory after fork (SEMANTICS M): Python's objects as they lie in memory, and what touching them copies. MB as the kernel counts.
#include <fmt/format.h>
#include <unistd.h>

#include <functional>
#include <vector>

#include "core/observe/proc_status.h"
#include "core/process/python.h"
#include "core/process/start_method.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;

constexpr std::size_t kMegabytes = 32;

// An object of CPython that the collector tracks: the collector's two words before it, then the count, the type, and what it holds.
struct Object {
  volatile std::uint64_t gc_next = 0, gc_previous = 0;
  volatile long reference_count = 1;
  const void* type = nullptr;
  void* held = nullptr;
};

struct List {
  std::vector<Object*> items;
  [[nodiscard]] std::size_t length() const noexcept { return items.size(); }
};

// for x in list: pass
void iterate(const List& list) {
  for (Object* const object : list.items) {
    object->reference_count = object->reference_count + 1;
    object->reference_count = object->reference_count - 1;
  }
}

std::uint32_t private_kib() {
  const auto memory = observe::read_memory(::getpid());
  return memory ? memory->private_pages : 0;
}

// What an action adds to the private memory of a forked child, MB.
void child_does(const char* what, const std::function<void()>& action) {
  Process child([&] {
    const std::uint32_t before = private_kib();
    action();
    print_now(fmt::format("{} {}", what, (static_cast<int>(private_kib()) - static_cast<int>(before) + 512) / 1024));
  });
  child.start();
  child.join();
}

// Objects of so many megabytes in all, and a list of them.
struct Made {
  std::vector<Object> objects{kMegabytes * 1024 * 1024 / sizeof(Object)};
  List list;
  Made() {
    list.items.reserve(objects.size());
    for (Object& object : objects) list.items.push_back(&object);
  }
};

void idles(const Args& args) {
  const auto memory = observe::read_memory(::getpid());
  print_now(fmt::format("{} {}", args.at(0).get<std::string>(), memory ? memory->private_pages : 0));
}
constexpr Target kIdles{"idles", idles};

const TestLesson kLessons[] = {
    {"M what a forked child copies", "",
     [] {
       Made made;
       std::vector<char> bytes(kMegabytes << 20, 'x');
       Object none;
       List nones{std::vector<Object*>(kMegabytes * 1024 * 1024 / sizeof(Object*), &none)};
       child_does("len", [&] { [[maybe_unused]] const volatile std::size_t length = made.list.length(); });
       child_does("iterates", [&] { iterate(made.list); });
       child_does("overwrites", [&] {
         for (Object*& item : made.list.items) *const_cast<Object* volatile*>(&item) = &none;
       });
       child_does("scans-bytes", [&] {
         for (const char& byte : bytes) (void)*static_cast<const volatile char*>(&byte);
       });
       child_does("iterates-one-object", [&] { iterate(nones); });
       child_does("collects", [&] {
         for (Object& object : made.objects) object.gc_previous = object.gc_previous + 1;
       });
       // gc.freeze() in the parent, before the fork: what was there is looked at no more.
       const std::vector<Object*> young;
       child_does("collects-frozen", [&] {
         for (Object* const object : young) object->gc_previous = object->gc_previous + 1;
       });
       // Whether the kernel calls it private again is its own affair: of large folios it only guesses.
       const auto own = observe::read_memory(::getpid());
       print_now(fmt::format("parent {}", own ? own->rss / 1024 : 0));
     }},
    {"M idle children", "",
     [] {
       const std::vector<char> own(std::size_t{8} << 20, 'x');
       print_now(fmt::format("parent {}", private_kib()));
       for (const char* m : {"fork", "spawn", "forkserver"}) {
         Process p = Context::get(m).make<Process>(kIdles, Args{m});
         p.start();
         p.join();
       }
       sleep(0.2);  // the helpers end with us; long enough to be looked at
     },
     true, {&kIdles}},
};

}  // namespace

std::span<const TestLesson> memory_lessons() { return kLessons; }

}  // namespace forklight::tests
