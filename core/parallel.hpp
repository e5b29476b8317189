// Work on many threads: the one place that hands it to TBB.
#pragma once

#include <tbb/parallel_for.h>

#include <atomic>
#include <cstdint>

namespace healthspan {

// Calls body(i) for each i below `count`, from any thread of the arena, and returns when all are done. An exception
// of a body cancels what has not begun and goes on to the caller.
//
// TBB itself orders what the caller wrote before each call, and each call before what the caller does next. The two
// flags order it once more in code of ours, so that the thread sanitizer, which cannot look into the library, knows
// it too. They order no call before another: a race between two is still seen. They are static because a call would
// have to read where they are before it may read anything; they are exchanged, where a plain store would hide what
// other threads have said by it.
template <class Body>
void for_each_index(std::uint64_t count, const Body& body) {
  static std::atomic<bool> begun{false}, done{false};
  begun.exchange(true, std::memory_order_release);
  tbb::parallel_for(
      std::uint64_t{0}, count,
      [&](std::uint64_t i) {
        begun.load(std::memory_order_acquire);
        body(i);
        done.exchange(true, std::memory_order_release);
      },
      tbb::simple_partitioner());
  done.load(std::memory_order_acquire);
}

}  // namespace healthspan
