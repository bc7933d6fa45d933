// A session that makes real runs, and its commands: what a window has, without one.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "app/session/command.h"

namespace forklight::desk_test {

using namespace app::session;
using namespace std::chrono_literals;

struct Desk {
  Session session{FORKLIGHT_ENGINE};
  UiState ui;
  Context context{session, ui};

  void carry_out(const std::string& command, const std::string& argument = {}) {
    ui.push(command, argument);
    app::session::carry_out(context);
  }
  // Runs `hello`, quickly, to its end.
  void run_hello() {
    carry_out("scenario", "hello");
    carry_out("run");
    REQUIRE_MESSAGE(session.live(), session.notice());
    wait_for_end();
    REQUIRE(session.model().tasks().size() > 1);
  }
  void wait_for_end() {
    wait_until([this] { return !session.live(); });
  }
  void wait_until(const std::function<bool()>& condition) {
    const auto patience = std::chrono::steady_clock::now() + 30s;
    for (session.update(); !condition(); session.update()) {
      REQUIRE(std::chrono::steady_clock::now() < patience);
      std::this_thread::sleep_for(1ms);
    }
  }
};

}  // namespace forklight::desk_test
