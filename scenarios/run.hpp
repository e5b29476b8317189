// Runs a scenario: pilot, ensemble, and the pictures of the spiral. Parts of a run (shards) and lives put aside
// (snapshots) make the whole of it.
#pragma once

#include <healthspan/scenarios/cohort_report.hpp>
#include <healthspan/scenarios/lifelines.hpp>
#include <healthspan/scenarios/outcomes.hpp>
#include <healthspan/scenarios/pictures.hpp>
#include <healthspan/scenarios/pilot.hpp>
#include <healthspan/scenarios/policies.hpp>
#include <healthspan/scenarios/system.hpp>

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace healthspan::scenarios {

// Members [first, first + count).
struct MemberRange {
  std::uint64_t first = 0, count = 0;
  bool operator==(const MemberRange&) const = default;
};

// "0:1000", as it is typed.
std::string in_words(const MemberRange& range);

// Lives put aside at a report time, and the run they come from.
struct Snapshot {
  Scenario resolved;
  double at_d = 0;
  Aside lives;
};

// How exact an outcome is to be.
struct TargetError {
  std::string outcome;
  double error = 0;  // standard error of its mean in every arm and of its paired differences, in its unit
};

struct RunOptions {
  int threads = 0;                   // 0: all cores
  std::optional<MemberRange> range;  // these members instead of all
  bool log_events = false;
  std::optional<double> put_aside_at_d;  // stop at this report time, or the next, and keep the lives
  const Snapshot* taken_up = nullptr;    // go on with these lives
  bool new_chance = false;               // chance after the snapshot comes from this scenario's seed
  std::optional<TargetError> target;     // as many members as it takes, at most the scenario's
  std::optional<double> deadline_s;      // as many members as the time allows, at least 512, at most the scenario's
  bool pictures = true;                  // of the spiral
  std::stop_token stop;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // called from any thread
  std::function<void(const MemberRow&)> row;                              // told of every member, from any thread
};

struct RunResult {
  Scenario resolved;
  std::vector<std::string> arm_names;
  std::vector<std::vector<std::string>> arm_words;
  std::vector<std::vector<Acting>> composition;  // by arm: who acts on which input
  EnsembleSpec spec;
  std::optional<Summary> summary;
  std::vector<Outcome> outcomes;
  Inquiry inquiry;
  std::vector<std::size_t> net_outcomes;  // places in `outcomes` that are also contrasted with death ranked worst
  Pilot pilot;
  std::optional<Portrait> portrait;
  std::optional<StayMap> stay_map;
  std::optional<SpiralFindings> spiral;
  std::string command_options;             // that give this run again, besides its scenario and its members
  std::vector<MemberLifelines> lifelines;  // of the first members; none where a run starts or stops on the way
  std::vector<std::string> warnings;
  std::map<std::string, double> seconds;  // wall time by stage
  std::uint64_t first_member = 0, members = 0;
  std::optional<EventLog> events;
  std::optional<Aside> put_aside;
  std::optional<MemberRow> only_member;  // of a run of one member
  std::optional<CohortReport> cohort;
};

// Runs it. Throws Error(interrupted) when stopped, Error(too_many_failed_lives) when more than 1 % of the lives fail,
// Error(usage) when a snapshot is of other people or an outcome is not known.
RunResult run(const System& system, const Scenario& scenario, const RunOptions& options);

// A part of a run: the sums over some members.
struct Shard {
  Scenario resolved;
  MemberRange range;
  Summary summary;
  std::string from = {};  // the folder or file, for messages
};

// The run that the shards are parts of; the same bytes, whatever the parts. Throws Error(usage) when they are of
// different scenarios, overlap, leave somebody out, or when the same part was given twice with different sums.
RunResult merge(const System& system, std::vector<Shard> shards, const RunOptions& options);

// What a run will take, before it is run.
struct RunEstimate {
  std::uint64_t members = 0;
  double patient_years = 0;
  std::uint64_t steps = 0;         // of one life, at the base step
  std::size_t summary_bytes = 0;   // one summary
  std::size_t worker_bytes = 0;    // what each thread holds, its summary included
  std::size_t event_bytes = 0;     // of an event log, for one event a year and life; 0 without one
  std::size_t snapshot_bytes = 0;  // 0 without one
  double seconds = 0;              // from a trial of a few lives
};
RunEstimate estimate(const System& system, const Scenario& scenario, const RunOptions& options);

}  // namespace healthspan::scenarios
