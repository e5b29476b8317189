// Toy lives carried from their start to their end, with all that was seen of them.
#pragma once

#include <healthspan/core/convoy.hpp>
#include <healthspan/core/event_log.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace healthspan::tests {

constexpr double never = std::numeric_limits<double>::infinity();

// clang-format off
struct Death {  // Gompertz; with slope 0 exponential
  static constexpr auto name = "death_toy";
  static constexpr auto summary = "";
  static constexpr auto L     = hazard   <"death">       ("");
  static constexpr auto t     = input    <"time">        (          "d", "");
  static constexpr auto ratio = input    <"hazard_ratio">(1.0,      "1", "");
  static constexpr auto a     = parameter<"death_rate">  (0.001,  "1/d", fixed, assumed("toy"), "");
  static constexpr auto b     = parameter<"death_slope"> (0.0,    "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{L, t, ratio, a, b};
  template <class R>
  static void rates(const Values<Death, R>& x, const Rates<Death, R>& d) {
    d[L] = x[ratio] * x[a] * exp(x[b] * x[t]);
  }
};
// clang-format on

struct Seen {
  std::vector<std::vector<double>> reports;  // [report]: the whole frame
  std::vector<EventRecord> events;           // in the order in which they happened
  double end_d = never;
  bool failed = false;
};

inline Course make_course(const Composition& composition, const std::vector<PlanSpec>& arms,
                          std::vector<double> reports_d) {
  Course course;
  course.composition = &composition;
  course.reports_d = std::move(reports_d);
  for (const PlanSpec& arm : arms) course.arms.emplace_back(composition, arm, course.horizon_d());
  return course;
}

using Personalise = std::function<void(std::uint64_t member, std::vector<double>& frame)>;

// Members [0, count) in every arm, from the medians of men unless `personalise` changes something: [arm][member].
template <class R = Pack<8>>
std::vector<std::vector<Seen>> carry(const Course& course, std::uint64_t count, const Personalise& personalise = {}) {
  struct Watch {
    const Course& course;
    std::vector<std::vector<Seen>>& seen;
    Seen& of(std::uint32_t arm, std::uint64_t member) { return seen[arm][member]; }

    void report(const Life& life, std::size_t, const std::function<double(Slot)>& value) {
      auto& frame = of(life.arm, life.member).reports.emplace_back();
      for (std::size_t s = 0; s < course.composition->size(); ++s) frame.push_back(value(static_cast<Slot>(s)));
    }
    void happened(const EventRecord& record) { of(record.arm, record.member).events.push_back(record); }
    void finished(const Life& life, const std::function<double(Slot)>&) {
      of(life.arm, life.member).end_d = life.end_d;
      of(life.arm, life.member).failed = life.failed;
    }
  };
  const std::uint64_t arms = course.arms.size();
  std::vector<std::vector<Seen>> seen(arms, std::vector<Seen>(count));
  std::uint64_t begun = 0;
  const auto next = [&](Departure& d) {
    if (begun == count * arms) return false;
    d.life.member = begun / arms;
    d.life.arm = static_cast<std::uint32_t>(begun % arms);
    ++begun;
    d.base = course.composition->medians(true);
    if (personalise) personalise(d.life.member, d.base);
    d.frame = d.base;
    return true;
  };
  Convoy<R, LanePath<R>> convoy(course, LanePath<R>(*course.composition));
  convoy.carry(next, Watch{course, seen}, true);
  return seen;
}

inline std::string name_of(const Plan& plan, const EventRecord& e) {
  return e.kind == EventKind::reaction ? plan.reactions()[e.event].name : plan.events()[e.event].name;
}

// When `event` struck, whatever brought it about; measurements of a visit count as one event each.
inline std::vector<double> times_of(const Plan& plan, const Seen& life, std::string_view event) {
  std::vector<double> times;
  for (const EventRecord& e : life.events)
    if (name_of(plan, e) == event) times.push_back(e.time_d);
  return times;
}

inline double first_of(const Plan& plan, const Seen& life, std::string_view event) {
  const std::vector<double> times = times_of(plan, life, event);
  return times.empty() ? never : times.front();
}

// "10 scheduled red 1, 12 reaction care 1": times to six digits, and the number of the occurrence.
inline std::string story(const Plan& plan, const Seen& life) {
  std::string text;
  for (const EventRecord& e : life.events) {
    char time[32];
    std::snprintf(time, sizeof time, "%g ", e.time_d);
    text += (text.empty() ? "" : ", ") + std::string(time) + std::string(to_string(e.kind)) + " " + name_of(plan, e) +
            " " + std::to_string(e.occurrence);
  }
  return text;
}

// sqrt(n) times the largest distance of the empirical distribution of `sample` up to `until` from `distribution`. It
// exceeds ks_limit with a probability of 2 exp(-2 ks_limit^2) = 1e-4 (Kolmogorov's distribution; less where the
// comparison stops early): the rate of false alarms over seeds.
constexpr double ks_limit = 2.225;
template <class F>
double kolmogorov_smirnov(std::vector<double> sample, double until, F distribution) {
  std::sort(sample.begin(), sample.end());
  const double n = static_cast<double>(sample.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < sample.size() && sample[i] <= until; ++i) {
    const double f = distribution(sample[i]);
    worst = std::max({worst, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
  }
  return worst * std::sqrt(n);
}
template <class F>
double kolmogorov_smirnov(std::vector<double> sample, F distribution) {
  return kolmogorov_smirnov(std::move(sample), never, distribution);
}

// A count or mean that is normal is further than this many standard deviations from the truth with a probability of
// 1e-4.
constexpr double normal_limit = 3.9;

}  // namespace healthspan::tests
