// Ctrl-C as a stop request.
#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <stop_token>
#include <thread>

namespace healthspan::scenarios {

inline std::atomic<bool> interrupt_seen{false};

// Turns Ctrl-C into a stop request: a signal handler may only set a flag, so a thread passes it on.
class InterruptGuard {
 public:
  InterruptGuard() : before_(std::signal(SIGINT, [](int) { interrupt_seen = true; })) {
    watcher_ = std::jthread([this](const std::stop_token& finished) {
      while (!finished.stop_requested()) {
        if (interrupt_seen) source_.request_stop();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    });
  }
  ~InterruptGuard() {
    watcher_.request_stop();
    watcher_.join();
    std::signal(SIGINT, before_);
  }
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  void (*before_)(int);
  std::jthread watcher_;
};

}  // namespace healthspan::scenarios
