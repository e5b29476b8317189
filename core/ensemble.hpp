// Many lives: members in packs, packs over threads, summaries as exact integers that merge in any order.
#pragma once

#include <healthspan/core/path.hpp>
#include <healthspan/core/random.hpp>
#include <healthspan/core/summary.hpp>

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <stop_token>

namespace healthspan {

// What is run and what is watched.
struct EnsembleSpec {
  const Composition* composition = nullptr;
  std::vector<Schedule> arms;      // the first is the reference
  std::vector<double> reports_d;   // ascending; the last is the horizon
  std::vector<Slot> columns;       // quantities watched at every report time
  std::optional<Slot> class_slot;  // a quantity that sorts lives into classes by `class_cuts`
  std::vector<double> class_cuts;  // class = number of cuts at or below the value
  double base_step_d = 15.21875;
  std::uint64_t seed = 0;

  std::size_t classes() const { return class_slot ? class_cuts.size() + 1 : 0; }
};

// One pack of members through every arm.
template <class R>
struct PackResult {
  static constexpr int lanes = lanes_of<R>;
  struct Arm {
    std::vector<R> values;            // [report][column]
    std::vector<R> class_values;      // [report]
    std::array<double, lanes> end_d;  // time of death, or infinity
  };
  std::vector<Arm> arms;
  std::array<bool, lanes> failed;

  bool alive(std::size_t arm, int lane, double at_d) const {
    return at_d < arms[arm].end_d[static_cast<std::size_t>(lane)];
  }
};

// Carries packs through the arms; one per thread, reused.
// Start: void operator()(std::uint64_t first_member, std::vector<R>& frame) personalises a pack; a lane that has no
// start is left with NaN in its first state.
template <class R, class Start, class Path = LanePath<R>>
class PackRunner {
 public:
  PackRunner(const EnsembleSpec& spec, const Start& start, Path path)
      : spec_(spec), start_(start), path_(std::move(path)) {
    for (const Schedule& arm : spec.arms) legs_.push_back(lay_legs(arm.switches(), spec.reports_d, spec.base_step_d));
    for (const Slot slot : spec.composition->hazards())
      streams_.emplace_back(spec.seed, spec.composition->slots()[slot].name);
    result_.arms.resize(spec.arms.size());
    for (auto& arm : result_.arms) {
      arm.values.resize(spec.reports_d.size() * spec.columns.size());
      arm.class_values.resize(spec.reports_d.size());
    }
  }

  const PackResult<R>& run(std::uint64_t first_member) {
    constexpr int lanes = lanes_of<R>;
    std::vector<R> thresholds(streams_.size(), R(0.0));
    for (std::size_t k = 0; k < streams_.size(); ++k)
      for (int i = 0; i < lanes; ++i)
        set_lane(thresholds[k], i, streams_[k].exponential(first_member + static_cast<std::uint64_t>(i), 0));
    start_(first_member, start_frame_);
    for (int i = 0; i < lanes; ++i) {
      bool& failed = result_.failed[static_cast<std::size_t>(i)] = false;
      for (std::size_t s = 0; s < spec_.composition->states(); ++s)
        if (!std::isfinite(lane(start_frame_[s], i))) failed = true;
    }

    for (std::size_t a = 0; a < spec_.arms.size(); ++a) {
      auto& arm = result_.arms[a];
      arm.end_d.fill(std::numeric_limits<double>::infinity());
      int left = lanes;
      frame_ = start_frame_;
      const auto report = [&](std::size_t at, const std::vector<R>& frame) {
        for (std::size_t c = 0; c < spec_.columns.size(); ++c)
          arm.values[at * spec_.columns.size() + c] = frame[spec_.columns[c]];
        if (spec_.class_slot) arm.class_values[at] = frame[*spec_.class_slot];
        for (int i = 0; i < lanes; ++i) {
          if (!result_.alive(a, i, spec_.reports_d[at])) continue;
          for (std::size_t s = 0; s < spec_.composition->states(); ++s)
            if (!std::isfinite(lane(frame[s], i))) result_.failed[static_cast<std::size_t>(i)] = true;
          for (const Slot column : spec_.columns)  // an output may fail where no state does
            if (!std::isfinite(lane(frame[column], i))) result_.failed[static_cast<std::size_t>(i)] = true;
          if (spec_.class_slot && !std::isfinite(lane(frame[*spec_.class_slot], i)))
            result_.failed[static_cast<std::size_t>(i)] = true;
        }
      };
      const auto crossed = [&](std::size_t, int i, double at_d) {
        double& end_d = arm.end_d[static_cast<std::size_t>(i)];
        const bool first = !std::isfinite(end_d);
        end_d = std::min(end_d, at_d);  // of several causes the earliest
        return first && --left == 0;
      };
      if (!spec_.reports_d.empty() && spec_.reports_d.front() <= 0) {
        spec_.composition->outputs(frame_.data());
        report(0, frame_);
      }
      follow(*spec_.composition, spec_.arms[a], legs_[a], path_, frame_, thresholds, report, crossed);
    }
    return result_;
  }

 private:
  const EnsembleSpec& spec_;
  const Start& start_;
  Path path_;
  std::vector<std::vector<Leg>> legs_;
  std::vector<Stream> streams_;
  std::vector<R> start_frame_, frame_;
  PackResult<R> result_;
};

inline std::size_t class_of(double value, const std::vector<double>& cuts) {
  std::size_t c = 0;
  while (c < cuts.size() && value >= cuts[c]) ++c;
  return c;
}

template <class R>
MemberOutcome outcome_of(const EnsembleSpec& spec, const PackResult<R>& result, std::size_t arm, int i) {
  MemberOutcome o;
  const auto& life = result.arms[arm];
  const double horizon = spec.reports_d.back();
  o.failed = result.failed[static_cast<std::size_t>(i)];
  o.alive = result.alive(arm, i, horizon);
  o.end_d = o.alive ? horizon : life.end_d[static_cast<std::size_t>(i)];
  o.days_up_to_class.assign(spec.classes(), 0.0);
  if (spec.class_slot) {
    // Half of each interval of the report grid counts for the class at either end; the interval of death for the
    // class at its beginning.
    const auto spend = [&](std::size_t at, double days) {
      for (std::size_t c = class_of(lane(life.class_values[at], i), spec.class_cuts); c < spec.classes(); ++c)
        o.days_up_to_class[c] += days;
    };
    for (std::size_t t = 0; t + 1 < spec.reports_d.size() && spec.reports_d[t] < o.end_d; ++t) {
      const bool whole = o.alive || spec.reports_d[t + 1] < o.end_d;
      const double days = std::min(spec.reports_d[t + 1], o.end_d) - spec.reports_d[t];
      spend(t, whole ? 0.5 * days : days);
      if (whole) spend(t + 1, 0.5 * days);
    }
    o.class_at_end = o.alive ? class_of(lane(life.class_values.back(), i), spec.class_cuts) : 0;
  }
  const std::size_t columns = spec.columns.size();
  o.values_at_end.assign(columns, 0.0);
  for (std::size_t c = 0; o.alive && c < columns; ++c)
    o.values_at_end[c] = lane(life.values[(spec.reports_d.size() - 1) * columns + c], i);
  return o;
}

struct EnsembleControl {
  int threads = 0;  // 0: all
  std::stop_token stop;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // called from any thread
};

// Runs members [first, first + count) through every arm and sums them up. Throws Error(interrupted) when stopped.
template <class R, class Start>
Summary run_ensemble(const EnsembleSpec& spec, const SummarySpec& sums, const Start& start, std::uint64_t first,
                     std::uint64_t count, const EnsembleControl& control) {
  constexpr std::uint64_t lanes = static_cast<std::uint64_t>(lanes_of<R>);
  const std::uint64_t packs = (count + lanes - 1) / lanes;
  struct Worker {
    PackRunner<R, Start> runner;
    Summary summary;
  };
  tbb::enumerable_thread_specific<Worker> workers([&] {
    return Worker{PackRunner<R, Start>(spec, start, LanePath<R>(*spec.composition)), Summary(sums)};
  });
  std::atomic<std::uint64_t> done{0};
  tbb::task_arena arena(control.threads > 0 ? control.threads : tbb::task_arena::automatic);
  arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::uint64_t>(0, packs, 1), [&](const auto& range) {
      Worker& worker = workers.local();
      std::vector<MemberOutcome> outcomes(spec.arms.size());
      for (std::uint64_t pack = range.begin(); pack != range.end(); ++pack) {
        if (control.stop.stop_requested()) return;
        const std::uint64_t begin = first + pack * lanes;
        const PackResult<R>& result = worker.runner.run(begin);
        const int used = static_cast<int>(std::min(lanes, count - pack * lanes));
        for (int i = 0; i < used; ++i) {
          for (std::size_t a = 0; a < spec.arms.size(); ++a) outcomes[a] = outcome_of(spec, result, a, i);
          worker.summary.add(begin + static_cast<std::uint64_t>(i), outcomes);
          if (result.failed[static_cast<std::size_t>(i)]) continue;
          for (std::size_t a = 0; a < spec.arms.size(); ++a)
            for (std::size_t t = 0; t < spec.reports_d.size(); ++t) {
              if (!result.alive(a, i, spec.reports_d[t])) break;
              const auto& arm = result.arms[a];
              for (std::size_t c = 0; c < spec.columns.size(); ++c)
                worker.summary.add_value(a, t, c, lane(arm.values[t * spec.columns.size() + c], i));
              if (spec.class_slot)
                worker.summary.add_class(a, t, class_of(lane(arm.class_values[t], i), spec.class_cuts));
            }
        }
        const std::uint64_t now = done += static_cast<std::uint64_t>(used);
        if (control.progress) control.progress(now, count);
      }
    });
  });
  if (control.stop.stop_requested()) throw Error(ErrorCode::interrupted, "the run was interrupted");
  Summary total(sums);
  for (const Worker& worker : workers) total.merge(worker.summary);
  return total;
}

}  // namespace healthspan
