#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/interrupt.hpp>
#include <healthspan/scenarios/cli/source.hpp>
#include <healthspan/scenarios/effects.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/language/binary.hpp>
#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/measured.hpp>
#include <healthspan/scenarios/netcdf.hpp>
#include <healthspan/scenarios/output.hpp>
#include <healthspan/scenarios/story.hpp>
#include <healthspan/scenarios/uncertainty.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace healthspan::scenarios {

namespace {

// A bar on a terminal, a line per 10 % otherwise.
class Progress {
 public:
  explicit Progress(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0) {}
  void operator()(std::uint64_t done, std::uint64_t total) {
    const int percent = static_cast<int>(100 * done / total);
    const std::lock_guard lock(mutex_);
    if (quiet_ || percent <= shown_ || (!terminal_ && percent / 10 == shown_ / 10)) return;
    shown_ = percent;
    if (terminal_)
      fmt::print(stderr, "\r[{:<40}] {:3d} %{}", std::string(static_cast<std::size_t>(percent) * 2 / 5, '='), percent,
                 percent == 100 ? "\n" : "");
    else
      fmt::print(stderr, "{} %\n", percent / 10 * 10);
    std::fflush(stderr);
  }

 private:
  std::mutex mutex_;
  bool quiet_, terminal_;
  int shown_ = 0;
};

std::string with_error(const Estimate& e, double per_unit) {
  return scenarios::with_error(e.value / per_unit, e.error / per_unit);
}

// Estimated shares stray a little below 0, but "-0" is no percentage.
double percent(double share) { return std::round(100 * share) + 0.0; }

// Who had each event, and how many have to be treated for one less; death has its own line above.
void print_events(const RunResult& r, std::size_t first, std::size_t other) {
  const Summary& s = *r.summary;
  const auto& events = r.inquiry.events();
  constexpr std::size_t most = 6;
  std::size_t shown = 0;
  bool compared = false;
  for (std::size_t e = 0; e < events.size() && shown < most; ++e) {
    if (events[e].ends_life) continue;
    if (shown++ == 0) fmt::print("\nShare with an event by the end\n");
    std::string risks = padded("  " + label_of(events[e].name), first), needed;
    for (std::size_t a = 0; a < r.arm_names.size(); ++a) {
      risks += padded(with_error(s.outcome(a, r.inquiry.had(s, e)), 1), other);
      if (a == 0) continue;
      const NumberNeeded number = event_effect(s, r.inquiry, e, a).needed;
      if (number.of != NumberNeeded::Of::neither)
        needed += fmt::format("    to treat with \"{}\": {}\n", r.arm_names[a], number.in_words());
    }
    fmt::print("{}\n{}", risks, needed);
    compared = compared || !needed.empty();
  }
  const auto others = static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [](const TalliedEvent& e) { return !e.ends_life; }));
  if (others > shown) fmt::print("  and {} more, in contrasts.csv\n", others - shown);
  if (compared)
    fmt::print("  Which people are helped cannot be observed: contrasts.csv has the bounds of their share.\n");
}

void print_table(const RunResult& r) {
  const Summary& s = *r.summary;
  constexpr std::size_t first = 38;
  std::size_t other = 18;
  for (const std::string& name : r.arm_names) other = std::max(other, name.size() + 2);
  fmt::print("{}\n{} {} in each arm, {:g} years. {}\n\n", r.resolved.title, s.members(),
             s.members() == 1 ? "life" : "lives", r.spec.reports_d.back() / 365.25, disclaimer);
  std::string header = padded("", first);
  for (const std::string& name : r.arm_names) header += padded(name, other);
  fmt::print("{}\n", header);
  for (const Outcome& o : r.outcomes) {
    std::string line = padded(o.label + (o.unit == "1" ? "" : ", " + o.unit), first);
    for (std::size_t a = 0; a < r.arm_names.size(); ++a)
      line += padded(with_error(s.outcome(a, o.index), o.per_unit), other);
    fmt::print("{}\n", line);
  }
  if (r.arm_names.size() > 1) {
    fmt::print("\nPaired differences from \"{}\"\n", r.arm_names[0]);
    for (const Outcome& o : r.outcomes) {
      std::string line = padded("  " + o.label, first) + padded("", other);
      for (std::size_t a = 1; a < r.arm_names.size(); ++a)
        line += padded(with_error(s.paired(a, o.index), o.per_unit), other);
      fmt::print("{}\n", line);
    }
  }
  print_events(r, first, other);
  if (const auto value = r.inquiry.value(s))
    for (std::size_t a = 1; a < r.arm_names.size(); ++a)
      fmt::print("\n\"{}\" against \"{}\": {}.\n", r.arm_names[a], r.arm_names[0],
                 cost_effect(s, *value, a).in_words(value->cost.unit));
  if (const std::size_t groups = r.inquiry.subgroups().size())
    fmt::print("\nThe same for {} {}: subgroups.csv.\n", groups, groups == 1 ? "subgroup" : "subgroups");
  if (r.cohort)
    fmt::print("\nCohort: {} of {} candidates were eligible ({:.3g} %); {} of the first {} members are women\n",
               r.cohort->eligible, r.cohort->candidates, 100 * r.cohort->acceptance(), r.cohort->women,
               r.cohort->members);
  for (const std::string& warning : r.warnings) fmt::print("\nNote: {}\n", warning);
  fmt::print("\n");
}

std::int64_t whole(const char* option, const std::string& text) {
  std::size_t used = 0;
  std::int64_t value = 0;
  try {
    value = std::stoll(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size())
    throw Error(ErrorCode::usage, fmt::format("{}: found \"{}\", expected a whole number", option, text));
  return value;
}

// "1000" sets the number of members, "200:300" takes a part of them.
std::optional<MemberRange> part_of(const std::string& text, Scenario& scenario) {
  constexpr const char* option = "--members";
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    scenario.members = within(option, whole(option, text), 1, most_members);
    return std::nullopt;
  }
  const auto last = static_cast<std::int64_t>(scenario.members);
  const std::uint64_t first = within(option, whole(option, text.substr(0, colon)), 0, last - 1);
  const std::uint64_t end =
      within(option, whole(option, text.substr(colon + 1)), static_cast<std::int64_t>(first) + 1, last);
  return MemberRange{first, end - first};
}

TargetError target_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  std::size_t used = 0;
  TargetError target{text.substr(0, equals), 0};
  const std::string number = equals == std::string::npos ? "" : text.substr(equals + 1);
  try {
    target.error = std::stod(number, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != number.size() || !(target.error > 0) || !std::isfinite(target.error))
    throw Error(ErrorCode::usage,
                fmt::format("--target-error: found \"{}\", expected OUTCOME=ERROR such as alive=0.005", text));
  return target;
}

std::string in_bytes(std::size_t bytes) {
  const double mebibytes = static_cast<double>(bytes) / 1048576.0;
  return mebibytes < 10 ? fmt::format("{:.1f} MiB", mebibytes) : fmt::format("{:.0f} MiB", mebibytes);
}

void print_estimate(const RunEstimate& e, const Scenario& scenario, int threads) {
  fmt::print("{} members in {} arms, {:.3g} patient-years, {} steps a life\n", e.members, scenario.arms.size(),
             e.patient_years, e.steps);
  fmt::print("memory: {} for each of {} threads, whatever the number of members ({} of it a summary)\n",
             in_bytes(e.worker_bytes), threads, in_bytes(e.summary_bytes));
  if (e.event_bytes)
    fmt::print("event log: {} at one event per life and year; it grows with members\n", in_bytes(e.event_bytes));
  if (e.snapshot_bytes) fmt::print("snapshot: {}; it grows with members\n", in_bytes(e.snapshot_bytes));
  fmt::print("time: about {:.2g} s, from a trial of 64 members; the pilot and the pictures take 0.5 s more\n",
             e.seconds);
}

}  // namespace

void run_scenario(const RunArguments& arguments) {
  const Source source = source_of(arguments.scenario, arguments.sets);
  Scenario scenario = source.read();
  RunOptions options;
  options.threads = arguments.threads;
  if (arguments.members) options.range = part_of(*arguments.members, scenario);
  const bool as_shard = options.range.has_value();
  if (arguments.seed) scenario.seed = within("--seed", *arguments.seed, 0, largest_seed);
  if (arguments.member) {
    if (as_shard) throw Error(ErrorCode::usage, "--member and --members A:B exclude each other");
    options.range = MemberRange{within("--member", *arguments.member, 0, most_members), 1};
  }
  options.log_events = arguments.events;
  options.new_chance = arguments.new_chance;
  if (arguments.until) options.put_aside_at_d = read_time(*arguments.until, "--until");
  if (options.put_aside_at_d && *options.put_aside_at_d > scenario.horizon_d)
    throw Error(ErrorCode::out_of_range, fmt::format("--until: found {:g} d, expected at most the horizon, {:g} d",
                                                     *options.put_aside_at_d, scenario.horizon_d));
  if (arguments.target_error) options.target = target_of(*arguments.target_error);
  if (arguments.deadline) options.deadline_s = read_seconds(*arguments.deadline, "--deadline");
  if ((options.target || options.deadline_s) && (options.range || options.put_aside_at_d || arguments.from))
    throw Error(ErrorCode::usage, "--target-error and --deadline choose the members themselves");
  if (arguments.new_chance && !arguments.from) throw Error(ErrorCode::usage, "--new-chance needs --from");

  OutputOptions output;
  output.folder =
      arguments.output.empty()
          ? std::filesystem::path(arguments.scenario == "-"
                                      ? std::string("results")
                                      : std::filesystem::path(arguments.scenario).stem().string() + "-results")
          : std::filesystem::path(arguments.output);
  output.replace = arguments.force;
  output.language = arguments.language;
  output.threads = arguments.threads > 0 ? arguments.threads : static_cast<int>(std::thread::hardware_concurrency());
  output.as_shard = as_shard && !options.put_aside_at_d;  // a part that stops early fits no other
  if (!arguments.format.empty() && arguments.format != "netcdf" && arguments.format != "csv")
    throw Error(ErrorCode::unknown_name, "--format: there is no format \"" + arguments.format + "\"" +
                                             name_hint(arguments.format, {"csv", "netcdf"}));
  output.netcdf = arguments.format == "netcdf";
  if (output.netcdf && !has_netcdf())
    throw Error(ErrorCode::usage,
                "--format netcdf: this program was built without NetCDF; install libnetcdf-dev and build it again");
  if (!arguments.estimate) check_output(output);

  const InterruptGuard guard;
  Progress progress(arguments.quiet);
  options.stop = guard.token();
  options.progress = [&](std::uint64_t done, std::uint64_t total) { progress(done, total); };
  std::optional<Snapshot> snapshot;
  if (arguments.from) options.taken_up = &snapshot.emplace(read_snapshot(*arguments.from));
  if (options.new_chance && snapshot->resolved.seed == scenario.seed)
    throw Error(ErrorCode::usage, "--new-chance needs another --seed: under the same one chance would repeat itself");
  // New chance strikes the same persons: who they are comes from the seed of the snapshot.
  const std::uint64_t persons = snapshot && options.new_chance ? snapshot->resolved.seed : scenario.seed;
  const System system = naming(source.name, [&] { return System(scenario, {persons, persons, scenario.seed}); });
  if (arguments.estimate) {
    print_estimate(estimate(system, scenario, options), scenario, output.threads);
    return;
  }
  const RunResult result = naming(source.name, [&] { return run(system, scenario, options); });
  const std::filesystem::path report = write_output(result, system, output);
  if (!arguments.quiet) print_table(result);
  fmt::print("{}\n", report.string());
}

void merge_shards(const MergeArguments& arguments) {
  OutputOptions output;
  output.folder = arguments.output;
  output.replace = arguments.force;
  output.language = arguments.language;
  output.threads = static_cast<int>(std::thread::hardware_concurrency());
  check_output(output);
  std::vector<Shard> shards;
  std::map<std::uint64_t, std::string> events;  // tables of the parts, by their first member
  for (const std::string& part : arguments.parts) {
    shards.push_back(read_shard(part));
    shards.back().from = part;
    const bool folder = std::filesystem::is_directory(part);
    const std::filesystem::path table =
        (folder ? std::filesystem::path(part) : std::filesystem::path(part).parent_path()) / "events.csv";
    if (std::filesystem::exists(table)) events[shards.back().range.first] = read_file(table);
  }
  std::set<std::uint64_t> firsts;
  for (const Shard& shard : shards) firsts.insert(shard.range.first);
  if (!events.empty() && events.size() != firsts.size())
    throw Error(ErrorCode::usage, "only some of the parts have an events.csv; give all of them by their folders");
  if (events.size() == firsts.size()) {
    output.events_table = events.begin()->second;
    for (auto part = std::next(events.begin()); part != events.end(); ++part)
      *output.events_table += part->second.substr(part->second.find('\n') + 1);
  }
  const InterruptGuard guard;
  RunOptions options;
  options.stop = guard.token();
  const System system(shards.front().resolved);
  const RunResult result = merge(system, std::move(shards), options);
  const std::filesystem::path report = write_output(result, system, output);
  if (!arguments.quiet) print_table(result);
  fmt::print("{}\n", report.string());
}

void tell_why(const WhyArguments& arguments) {
  const std::string name = document_name(arguments.scenario);
  Scenario scenario = read_scenario(arguments.scenario);
  if (arguments.seed) scenario.seed = within("--seed", *arguments.seed, 0, largest_seed);
  const std::uint64_t member = within("--member", arguments.member, 0, most_members);
  const System system = naming(name, [&] { return System(scenario); });
  if (system.people()) scenario.patient = patient_of(system.placed(member, 1).front().person);  // whose life is told
  const auto story = naming(name, [&] { return story_of(system, scenario, member); });
  fmt::print("{}\nMember {}, seed {}. {}\n{}\n{}", scenario.title, member, scenario.seed, disclaimer,
             scenario.deaths == Deaths::weighed
                 ? "Deaths are weighed: the life is followed to the end, with its probability of getting there.\n"
                 : "",
             side_by_side(scenario, story, arguments.width));
}

void print_uncertainty(const UncertaintyArguments& arguments) {
  const std::string name = document_name(arguments.scenario);
  const Scenario scenario = read_scenario(arguments.scenario);
  const std::uint64_t samples = within("--samples", arguments.samples, 16, 10000000);
  const InterruptGuard guard;
  RunOptions options;
  options.threads = arguments.threads;
  options.stop = guard.token();
  const std::vector<OutcomeLayers> all = naming(name, [&] { return layers_of(scenario, samples, options); });
  if (arguments.csv) {
    fmt::print("outcome,unit,arm,reference,mean,deviation,layer,alone,alone_error,total,total_error\n");
    for (const OutcomeLayers& o : all)
      for (std::size_t l = 0; l < layer_names.size(); ++l)
        fmt::print("{},{},\"{}\",\"{}\",{:.6g},{:.6g},{},{:.4f},{:.4f},{:.4f},{:.4f}\n", o.outcome, o.unit, o.arm,
                   o.reference, o.mean, o.deviation, layer_names[l], o.shares[l].alone, o.shares[l].alone_error,
                   o.shares[l].total, o.shares[l].total_error);
    return;
  }
  fmt::print(
      "{}\n{} samples of all layers. {}\n\nShare of the variance, in %, that would go if only this layer were "
      "known / that would stay if only it were not.\nStandard errors are at most {:.1f}.\n\n",
      scenario.title, samples, disclaimer, [&] {
        double most = 0;
        for (const OutcomeLayers& o : all)
          for (const LayerShare& s : o.shares)
            for (const double e : {s.alone_error, s.total_error})
              if (!std::isnan(e)) most = std::max(most, 100 * e);
        return most;
      }());
  std::string header = padded("", 22) + padded("", 30) + padded("mean (SD of one life)", 24);
  for (const char* layer : layer_names) header += padded(layer, 14);
  fmt::print("{}\n", header);
  for (const OutcomeLayers& o : all) {
    std::string line =
        padded(o.outcome, 22) + padded(o.reference.empty() ? o.arm : o.arm + " - " + o.reference, 30) +
        padded(fmt::format("{:.3g} ({:.2g}) {}", o.mean, o.deviation, o.unit == "1" ? "" : o.unit), 24);
    for (const LayerShare& s : o.shares)
      line +=
          padded(std::isnan(s.total) ? "-" : fmt::format("{:.0f} / {:.0f}", percent(s.alone), percent(s.total)), 14);
    fmt::print("{}\n", line);
  }
}

void check_scenario(const std::string& file, const std::vector<std::string>& sets) {
  const Source source = source_of(file, sets);
  const Scenario scenario = source.read();
  const System system = naming(source.name, [&] { return System(scenario); });
  const std::vector<double> life = system.median_life();
  if (const auto activity = system.composition().find("activity"); activity && !std::isfinite(life[*activity]))
    throw Error(ErrorCode::no_equilibrium, source.name + (system.people() ? ": /cohort" : ": /patient") +
                                               ": no steady way of life fits these values");
  fmt::print("{}: ok\n{} arms, {} lives each, {:g} years, {} modules\n", source.name, scenario.arms.size(),
             scenario.members, scenario.horizon_d / 365.25, system.composition().modules().size());
  if (system.people()) {
    const CohortReport report = report_on_cohort(system, scenario.members);
    fmt::print("cohort: {} of {} candidates were eligible ({:.3g} %)\n", report.eligible, report.candidates,
               100 * report.acceptance());
  }
  for (const Event& event : scenario.events) fmt::print("  event {}\n", in_words(event));
  for (std::size_t a = 0; a < scenario.arms.size(); ++a) {
    fmt::print("  {}\n", scenario.arms[a].name);
    for (const std::string& sentence : arm_in_words(scenario, a)) fmt::print("    {}\n", sentence);
  }
}

}  // namespace healthspan::scenarios
