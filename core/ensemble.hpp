// Many lives: members in convoys, convoys over threads, summaries as exact integers that merge in any order.
#pragma once

#include <healthspan/core/convoy.hpp>
#include <healthspan/core/event_log.hpp>
#include <healthspan/core/parallel.hpp>
#include <healthspan/core/rows.hpp>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <stop_token>

namespace healthspan {

// A life put aside at a report time, before anything else happens then, with what was seen of it so far.
struct LifeAside {
  Life life;
  std::vector<double> states;
  std::vector<double> inputs;  // outside inputs, in the order of Composition::outside()
  LifeRow row;
};

// Lives to be taken up instead of new ones: by member from `first`, each in all arms.
struct Aside {
  std::uint64_t first = 0;
  std::vector<LifeAside> lives;     // [member][arm]
  std::vector<Plan::Names> names;   // by arm: of the plans under which they were put aside
  bool draw_anew = false;           // their chance from here on comes from the course's seed
  std::vector<std::string> events;  // those that were tallied, as the rows number them

  const LifeAside& of(std::uint64_t member, std::size_t arm) const {
    return lives[(member - first) * names.size() + arm];
  }
};

// What else a run may do.
struct RunExtras {
  EventLog* log = nullptr;  // where events go
  const Aside* taken_up = nullptr;
  std::function<void(LifeAside&&)> keep;  // lives as they stand at the horizon, or ended before
};

// Carries members through all arms; one per thread, reused.
// Start: void operator()(std::uint64_t first_member, std::vector<R>& frame) const personalises a pack; a lane that
// has no start is left with NaN in a state.
template <class R, class Start, class Path = LanePath<R>>
class MemberRunner {
 public:
  MemberRunner(const EnsembleSpec& spec, const Start& start, Path path)
      : spec_(spec), start_(start), occasions_(spec), convoy_(spec, std::move(path)) {
    for (const Slot slot : spec.composition->hazards())
      if (spec.composition->slots()[slot].recurrence == Recurrence::ends_life) deaths_.push_back(slot);
    for (const Plan& plan : spec.arms) {
      tallied_.emplace_back();
      for (const Plan::Event& event : plan.events()) tallied_.back().push_back(place_of(event.name));
    }
  }

  // `done(const MemberRow&)` is called for each of the members [first, first + count), as they come home.
  template <class Done>
  void run(std::uint64_t first, std::uint64_t count, Done&& done, const RunExtras& extras = {}) {
    const std::uint64_t arms = spec_.arms.size();
    std::uint64_t begun = 0;  // lives: member by member, each in all arms
    Rows rows(count);
    std::vector<std::uint64_t> home(count, 0);  // lives that are over, by member
    std::uint64_t group = ~std::uint64_t{0};
    const auto next = [&](Departure& d) {
      if (begun == count * arms) return false;
      const std::uint64_t k = begun / arms, arm = begun % arms;
      ++begun;
      constexpr std::uint64_t lanes = lanes_of<R>;
      if (k / lanes != group) {
        group = k / lanes;
        start_(first + group * lanes, starts_);
      }
      d.life.member = first + k;
      d.life.arm = static_cast<std::uint32_t>(arm);
      d.base.resize(starts_.size());
      for (std::size_t s = 0; s < starts_.size(); ++s) d.base[s] = lane(starts_[s], static_cast<int>(k % lanes));
      d.frame = d.base;
      if (!rows[k]) rows[k] = clean_row(first + k);
      if (extras.taken_up) take_up(d, extras.taken_up->of(first + k, arm), *extras.taken_up, rows[k]->arms[arm]);
      return true;
    };
    const bool listen = extras.log != nullptr || !spec_.events.empty();
    convoy_.carry(next, Watch<Done>{*this, rows, home, first, done, extras}, listen);
  }

 private:
  using Rows = std::vector<std::unique_ptr<MemberRow>>;
  static constexpr std::uint32_t untallied = ~std::uint32_t{0};

  // Where an event of this name is in EnsembleSpec::events.
  std::uint32_t place_of(const std::string& name) const {
    for (std::size_t e = 0; e < spec_.events.size(); ++e)
      if (spec_.events[e].name == name) return static_cast<std::uint32_t>(e);
    return untallied;
  }

  template <class Done>
  struct Watch {
    MemberRunner& runner;
    Rows& rows;
    std::vector<std::uint64_t>& home;
    std::uint64_t first;
    Done& done;
    const RunExtras& extras;

    template <class Value>
    void report(const Life& life, std::size_t at, const Value& value) {
      runner.note(rows[life.member - first]->arms[life.arm], at, value);
    }
    void happened(const EventRecord& record) {
      if (extras.log) extras.log->add(record);
      if (!has_struck(record.kind)) return;
      if (const std::uint32_t event = runner.tallied_[record.arm][record.event]; event != untallied)
        rows[record.member - first]->arms[record.arm].happened.push_back({event, record.time_d});
    }
    template <class Value>
    void finished(const Life& life, const Value& value) {
      const std::uint64_t k = life.member - first;
      LifeRow& row = rows[k]->arms[life.arm];
      row.failed = row.failed || life.failed;
      row.end_d = life.end_d;
      if (extras.keep) extras.keep(runner.put_aside(life, row, value));
      if (++home[k] < rows[k]->arms.size()) return;
      done(static_cast<const MemberRow&>(*rows[k]));
      runner.spare_.push_back(std::move(rows[k]));
    }
  };

  std::unique_ptr<MemberRow> clean_row(std::uint64_t member) {
    std::unique_ptr<MemberRow> row;
    if (spare_.empty()) {
      row = std::make_unique<MemberRow>();
      row->arms.resize(spec_.arms.size());
      for (LifeRow& life : row->arms) {
        life.values.resize(spec_.reports_d.size() * spec_.columns.size());
        life.class_values.resize(spec_.reports_d.size());
        life.watched.resize(spec_.reports_d.size() * spec_.watched.size());
        life.weights.assign(spec_.reports_d.size(), 1.0);
      }
    } else {
      row = std::move(spare_.back());
      spare_.pop_back();
    }
    row->member = member;
    for (LifeRow& life : row->arms) {
      life.failed = false;
      std::fill(life.values.begin(), life.values.end(), 0.0);
      std::fill(life.class_values.begin(), life.class_values.end(), 0.0);
      std::fill(life.watched.begin(), life.watched.end(), 0.0);
      life.happened.clear();
      std::fill(life.weights.begin(), life.weights.end(), 1.0);
    }
    return row;
  }

  template <class Value>
  LifeAside put_aside(const Life& life, const LifeRow& row, const Value& value) const {
    LifeAside aside{life, {}, {}, row};
    for (std::size_t s = 0; s < spec_.composition->states(); ++s) aside.states.push_back(value(static_cast<Slot>(s)));
    for (const Slot slot : spec_.composition->outside()) aside.inputs.push_back(value(slot));
    return aside;
  }

  void take_up(Departure& d, const LifeAside& aside, const Aside& all, LifeRow& row) {
    const Composition& composition = *spec_.composition;
    d.life = aside.life;
    d.taken_up = true;
    std::copy(aside.states.begin(), aside.states.end(), d.frame.begin());
    for (std::size_t i = 0; i < aside.inputs.size(); ++i) d.frame[composition.outside()[i]] = aside.inputs[i];
    d.frame[composition.time()] = d.life.now_d;
    composition.outputs(d.frame.data());
    if (!d.life.ended() && !d.life.failed) {
      occasions_.adopt(d.life, all.names[d.life.arm], d.base, d.frame);
      if (all.draw_anew) occasions_.draw_anew(d.life, d.frame);
    }
    std::copy(aside.row.values.begin(), aside.row.values.end(), row.values.begin());
    std::copy(aside.row.class_values.begin(), aside.row.class_values.end(), row.class_values.begin());
    std::copy(aside.row.watched.begin(), aside.row.watched.end(), row.watched.begin());
    for (const LifeRow::Happened& h : aside.row.happened)
      if (const std::uint32_t event = place_of(all.events[h.event]); event != untallied)
        row.happened.push_back({event, h.time_d});
    std::copy(aside.row.weights.begin(), aside.row.weights.end(), row.weights.begin());
    row.failed = aside.row.failed;
  }

  template <class Value>
  void note(LifeRow& row, std::size_t at, const Value& value) {
    for (std::size_t c = 0; c < spec_.columns.size(); ++c) {
      const double v = value(spec_.columns[c]);
      row.values[at * spec_.columns.size() + c] = v;
      row.failed = row.failed || !std::isfinite(v);  // an output may fail where no state does
    }
    if (spec_.class_slot) {
      row.class_values[at] = value(*spec_.class_slot);
      row.failed = row.failed || !std::isfinite(row.class_values[at]);
    }
    for (std::size_t w = 0; w < spec_.watched.size(); ++w)
      row.watched[at * spec_.watched.size() + w] = value(spec_.watched[w]);
    if (!spec_.weigh_deaths) return;
    row.risks.clear();
    for (const Slot death : deaths_) row.risks.push_back(value(death));
    row.weights[at] = exp(-std::accumulate(row.risks.begin(), row.risks.end(), 0.0));
  }

  const EnsembleSpec& spec_;
  const Start& start_;
  Occasions occasions_;
  Convoy<R, Path> convoy_;
  std::vector<Slot> deaths_;
  std::vector<std::vector<std::uint32_t>> tallied_;  // [arm][event of its plan]: its place in the spec's events
  std::vector<R> starts_;
  Rows spare_;
};

struct EnsembleControl {
  int threads = 0;  // 0: all
  std::stop_token stop;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // called from any thread
  EventLog* log = nullptr;                    // where every event goes, if anywhere; sorted in the end
  const Aside* taken_up = nullptr;            // lives to go on with, instead of new ones
  Aside* put_aside = nullptr;                 // where lives go as they stand at the horizon
  std::function<void(const MemberRow&)> row;  // told of every member, from any thread
};

// A block of work: few enough lives to stop soon, so many that the lanes which run empty in the end do not matter.
template <class R>
inline constexpr std::uint64_t lives_in_block = lanes_of<R> > 1 ? 1024 : 32;  // an adaptive path is slow

// Calls `done` for each member, from any thread; for whoever needs the rows themselves. Throws Error(interrupted).
template <class R, class Start, class Done>
void for_each_member(const EnsembleSpec& spec, const Start& start, std::uint64_t first, std::uint64_t count,
                     const Done& done, int threads, const std::stop_token& stop) {
  const std::uint64_t block = std::max<std::uint64_t>(lanes_of<R>, lives_in_block<R> / spec.arms.size());
  tbb::task_arena arena(threads > 0 ? threads : tbb::task_arena::automatic);
  arena.execute([&] {
    for_each_index((count + block - 1) / block, [&](std::uint64_t b) {
      if (stop.stop_requested()) return;
      MemberRunner<R, Start> runner(spec, start, LanePath<R>(*spec.composition));
      runner.run(first + b * block, std::min(block, count - b * block), done);
    });
  });
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "the run was interrupted");
}

// Runs members [first, first + count) through every arm and sums them up. `make_path()` gives each thread its way
// through time. Throws Error(interrupted) when stopped, within one block of work.
template <class R, class Start, class MakePath>
Summary run_ensemble(const EnsembleSpec& spec, const SummarySpec& sums, const Start& start, std::uint64_t first,
                     std::uint64_t count, const EnsembleControl& control, const MakePath& make_path) {
  using Path = decltype(make_path());
  tbb::task_arena arena(control.threads > 0 ? control.threads : tbb::task_arena::automatic);
  const auto threads = static_cast<std::uint64_t>(arena.max_concurrency());
  constexpr std::uint64_t lanes = lanes_of<R>;
  const std::uint64_t block =
      std::max(lanes, std::min((lives_in_block<R> - 1) / spec.arms.size() + 1, count / (4 * threads) + 1));
  struct Worker {
    MemberRunner<R, Start, Path> runner;
    Summary summary;
    EventLog log;
    std::vector<MemberOutcome> outcomes;
    RunExtras extras;
    Worker(const EnsembleSpec& spec, const SummarySpec& sums, const Start& start, const MakePath& make_path)
        : runner(spec, start, make_path()), summary(sums) {}
  };
  if (control.put_aside) {
    *control.put_aside = {first, std::vector<LifeAside>(count * spec.arms.size()), {}, false, {}};
    for (const Plan& plan : spec.arms) control.put_aside->names.push_back(plan.names());
    for (const TalliedEvent& event : spec.events) control.put_aside->events.push_back(event.name);
  }
  tbb::enumerable_thread_specific<std::unique_ptr<Worker>> workers;
  std::atomic<std::uint64_t> done{0};
  arena.execute([&] {
    const std::uint64_t blocks = count == 0 ? 0 : (count - 1) / block + 1;
    for_each_index(blocks, [&](std::uint64_t b) {
      std::unique_ptr<Worker>& worker = workers.local();
      if (!worker) {
        worker = std::make_unique<Worker>(spec, sums, start, make_path);
        worker->extras.taken_up = control.taken_up;
        if (control.log) worker->extras.log = &worker->log;
        // Each life has a place of its own, so threads do not meet.
        if (Aside* aside = control.put_aside)
          worker->extras.keep = [aside](LifeAside&& life) {
            LifeAside& place = aside->lives[(life.life.member - aside->first) * aside->names.size() + life.life.arm];
            place = std::move(life);
          };
      }
      if (control.stop.stop_requested()) return;
      const std::uint64_t size = std::min(block, count - b * block);
      worker->runner.run(
          first + b * block, size,
          [&](const MemberRow& member) {
            add_member(spec, member, worker->summary, worker->outcomes);
            if (control.row) control.row(member);
          },
          worker->extras);
      const std::uint64_t now = done.fetch_add(size, std::memory_order_relaxed) + size;  // a number, no order
      if (control.progress) control.progress(now, count);
    });
  });
  if (control.stop.stop_requested()) throw Error(ErrorCode::interrupted, "the run was interrupted");
  Summary total(sums);
  for (const auto& worker : workers) {
    if (!worker) continue;
    total.merge(worker->summary);
    if (control.log) control.log->append(worker->log);
  }
  if (control.log) control.log->sort();
  return total;
}

template <class R, class Start>
Summary run_ensemble(const EnsembleSpec& spec, const SummarySpec& sums, const Start& start, std::uint64_t first,
                     std::uint64_t count, const EnsembleControl& control) {
  return run_ensemble<R>(spec, sums, start, first, count, control, [&] { return LanePath<R>(*spec.composition); });
}

}  // namespace healthspan
