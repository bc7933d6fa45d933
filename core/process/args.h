// What a target is called with: values that could be sent, and shared objects, which travel by inheritance alone.
//
// Under fork the child simply has them (S-06). Under spawn and forkserver start() takes them apart (Departure): values as they are, shared
// objects as places in the run's memory and descriptors; the child puts them together again when its target asks for them (Arrival).
//
// A class of shared objects says so with two members:
//   void depart(process::Departure& out) const;
//   static T arrive(process::Arrival& in);
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/trace/kinds.h"
#include "core/trace/region.h"

namespace forklight::process {

// What one start() takes apart.
class Departure {
 public:
  Departure(const trace::Region& region, trace::StartMethod method) noexcept : region_(&region), method_(method) {}

  Departure& number(auto value) { return fields_.push_back(static_cast<std::int64_t>(value)), *this; }
  Departure& text(std::string_view text) { return fields_.push_back(text), *this; }
  // A place in the run's memory; may be nullptr.
  Departure& part(const void* part);
  // An open descriptor that the child gets; -1 for one that is closed.
  Departure& descriptor(int fd);
  // Semaphores made in a fork context may not go to a child of another method (S-32).
  Departure& semaphores(trace::StartMethod made_under);

  [[nodiscard]] nlohmann::json take_fields() { return std::exchange(fields_, nlohmann::json::array()); }
  [[nodiscard]] const std::vector<int>& descriptors() const noexcept { return descriptors_; }

 private:
  const trace::Region* region_;
  trace::StartMethod method_;
  nlohmann::json fields_ = nlohmann::json::array();
  std::vector<int> descriptors_;
};

// What a child puts together: the fields of one object, in the order in which they departed.
class Arrival {
 public:
  Arrival(const trace::Region& region, const nlohmann::json& fields, std::span<const int> descriptors) noexcept
      : region_(&region), fields_(&fields), descriptors_(descriptors) {}

  template <typename T>
  [[nodiscard]] T number() {
    return static_cast<T>(next().get<std::int64_t>());
  }
  [[nodiscard]] std::string text() { return next().get<std::string>(); }
  template <typename T>
  [[nodiscard]] T* part() {
    const auto offset = number<std::uint64_t>();
    return offset == 0 ? nullptr : region_->part<T>(offset);
  }
  [[nodiscard]] int descriptor();

  // The handle of that object and part of it, one for the whole process: made the first time.
  template <typename Handle>
  [[nodiscard]] std::shared_ptr<Handle> once(std::uint32_t object, std::uint32_t part, const std::function<std::shared_ptr<Handle>()>& make) {
    std::shared_ptr<void>& known = arrived()[{object, part}];
    if (known == nullptr) known = make();
    return std::static_pointer_cast<Handle>(known);
  }

 private:
  [[nodiscard]] const nlohmann::json& next();
  [[nodiscard]] static std::map<std::pair<std::uint32_t, std::uint32_t>, std::shared_ptr<void>>& arrived();

  const trace::Region* region_;
  const nlohmann::json* fields_;
  std::span<const int> descriptors_;
  std::size_t place_ = 0;
};

template <typename T>
concept Shared = requires(const T& object, Departure& out, Arrival& in) {
  object.depart(out);
  { T::arrive(in) } -> std::same_as<T>;
};

// An argument whose class raises that when it is unpickled: start() is none the wiser, and the child ends of it (S-26).
struct Unloadable {
  std::string type, message;
};

// What Python calls the type of a value: "int", "NoneType"; and whether it counts as true.
[[nodiscard]] std::string_view type_name(const nlohmann::json& value) noexcept;
[[nodiscard]] bool truth(const nlohmann::json& value) noexcept;

class Args {
 public:
  class Arg {
   public:
    template <typename T>
      requires(!Shared<std::remove_cvref_t<T>> && !std::same_as<std::remove_cvref_t<T>, Arg> &&
               std::is_constructible_v<nlohmann::json, T>)
    Arg(T&& value) : value_(std::forward<T>(value)) {}
    template <Shared T>
    Arg(T object) : object_(std::make_shared<T>(std::move(object))), depart_([](const void* it, Departure& out) { static_cast<const T*>(it)->depart(out); }) {}

    Arg(Unloadable unloadable) : unloadable_(std::make_shared<Unloadable>(std::move(unloadable))) {}

   private:
    friend class Args;
    std::shared_ptr<Unloadable> unloadable_;
    nlohmann::json value_;  // or, of an object that has arrived and was not asked for yet, its fields
    std::shared_ptr<void> object_;
    void (*depart_)(const void*, Departure&) = nullptr;
  };

  Args() = default;
  Args(std::initializer_list<Arg> list) : list_(list) {}
  // args=VALUE: tuple(VALUE), so a str is its characters (P-09). TypeError for what is not iterable (P-08).
  [[nodiscard]] static Args of(const nlohmann::json& iterable);

  [[nodiscard]] std::size_t size() const noexcept { return list_.size(); }
  [[nodiscard]] const nlohmann::json& at(std::size_t index) const { return list_.at(index).value_; }
  // The shared object at that place.
  template <Shared T>
  [[nodiscard]] T get(std::size_t index) const {
    const Arg& arg = list_.at(index);
    if (arg.object_ != nullptr) return *std::static_pointer_cast<T>(arg.object_);
    Arrival in(*region_, arg.value_, *descriptors_);
    return T::arrive(in);
  }

  // These and then those; and all from that place on.
  void append(const Args& others) { list_.insert(list_.end(), others.list_.begin(), others.list_.end()); }
  [[nodiscard]] Args from(std::size_t index) const;

  // For start() and the child's side of it. Throws the error of what cannot travel.
  [[nodiscard]] nlohmann::json depart(Departure& out) const;
  [[nodiscard]] static Args arrive(const trace::Region& region, const nlohmann::json& parts, std::vector<int> descriptors);

 private:
  std::vector<Arg> list_;
  const trace::Region* region_ = nullptr;  // where they have arrived
  std::shared_ptr<const std::vector<int>> descriptors_;
};

}  // namespace forklight::process
