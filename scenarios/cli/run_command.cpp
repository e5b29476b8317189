#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/output.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <thread>

namespace healthspan::scenarios {

namespace {

std::atomic<bool> interrupt_seen{false};

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

std::uint64_t within(const char* option, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high)
    throw Error(ErrorCode::out_of_range, fmt::format("{}: found {}, expected {} to {}", option, value, low, high));
  return static_cast<std::uint64_t>(value);
}

// What the system finds wrong says where in the scenario; this says in which file.
template <class F>
auto naming(const std::string& file, F&& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    throw Error(error.code(), file + ": " + error.what());
  }
}

// With the digits that its Monte Carlo error lets stand.
std::string with_error(const Estimate& e, double per_unit) {
  const double value = e.value / per_unit, error = e.error / per_unit;
  if (!std::isfinite(value)) return "-";
  if (!std::isfinite(error) || error == 0) return fmt::format("{:.4g}", value);
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(error))), 0, 6);
  return fmt::format("{:.{}f} ± {:.{}f}", value, decimals, error, decimals);
}

// Left-aligned in `width` columns; "±" is two bytes but one column.
std::string padded(const std::string& text, std::size_t width) {
  std::size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return text + std::string(columns < width ? width - columns : 1, ' ');
}

void print_table(const RunResult& r) {
  const Summary& s = *r.summary;
  constexpr std::size_t first = 38, other = 18;
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
  for (const std::string& warning : r.warnings) fmt::print("\nNote: {}\n", warning);
  fmt::print("\n");
}

}  // namespace

void run_scenario(const RunArguments& arguments) {
  Scenario scenario = read_scenario(arguments.scenario);
  if (arguments.members) scenario.members = within("--members", *arguments.members, 1, most_members);
  if (arguments.seed) scenario.seed = within("--seed", *arguments.seed, 0, largest_seed);
  RunOptions options;
  options.threads = arguments.threads;
  if (arguments.member) options.member = within("--member", *arguments.member, 0, most_members);

  OutputOptions output;
  output.folder = arguments.output.empty()
                      ? std::filesystem::path(std::filesystem::path(arguments.scenario).stem().string() + "-results")
                      : std::filesystem::path(arguments.output);
  output.replace = arguments.force;
  output.threads = arguments.threads > 0 ? arguments.threads : static_cast<int>(std::thread::hardware_concurrency());
  output.command = arguments.command;
  check_output(output);

  const InterruptGuard guard;
  Progress progress(arguments.quiet);
  options.stop = guard.token();
  options.progress = [&](std::uint64_t done, std::uint64_t total) { progress(done, total); };
  const System system = naming(arguments.scenario, [&] { return System(scenario); });
  const RunResult result = naming(arguments.scenario, [&] { return run(system, scenario, options); });
  const std::filesystem::path report = write_output(result, system, output);
  if (!arguments.quiet) print_table(result);
  fmt::print("{}\n", report.string());
}

void check_scenario(const std::string& file) {
  const Scenario scenario = read_scenario(file);
  const System system = naming(file, [&] { return System(scenario); });
  const std::vector<double> life = system.median_life();
  if (const auto activity = system.composition().find("activity"); activity && !std::isfinite(life[*activity]))
    throw Error(ErrorCode::no_equilibrium, file + ": /patient: no steady way of life fits these values");
  fmt::print("{}: ok\n{} arms, {} lives each, {:g} years, {} modules\n", file, scenario.arms.size(), scenario.members,
             scenario.horizon_d / 365.25, system.composition().modules().size());
  for (const Arm& arm : scenario.arms) {
    fmt::print("  {}\n", arm.name);
    for (const auto* list : {&scenario.all_arms, &arm.interventions})
      for (const Intervention& i : *list) fmt::print("    {}\n", in_words(i, scenario.horizon_d));
  }
}

}  // namespace healthspan::scenarios
