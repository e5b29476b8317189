#include "lives.hpp"

#include <healthspan/core/ensemble.hpp>
#include <healthspan/core/words.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <map>

// Two constant hazards that compete, and a clock that triggers go by.

namespace healthspan::tests {
namespace {

// clang-format off
struct TwoRisks {
  static constexpr auto name = "two_risks";
  static constexpr auto summary = "";
  static constexpr auto x       = state    <"clock">      (        "d", "");
  static constexpr auto L       = hazard   <"death">      ("");
  static constexpr auto F       = hazard   <"fall">       (Recurrence::recurrent, "");
  static constexpr auto care    = input    <"care">       (1.0,    "1", "");
  static constexpr auto a       = parameter<"death_rate"> (0.0004, "1/d", fixed, assumed("toy"), "");
  static constexpr auto b       = parameter<"fall_rate">  (0.0010, "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{x, L, F, care, a, b};
  template <class R>
  static void rates(const Values<TwoRisks, R>& v, const Rates<TwoRisks, R>& d) {
    d[x] = R(1.0);
    d[L] = v[a];
    d[F] = v[b] * v[care];
  }
};
// clang-format on

const Composition& system() {
  static const Composition composition({&module_type<TwoRisks>()}, {});
  return composition;
}

constexpr double death_rate = 0.0004, fall_rate = 0.0010, protection = 0.6, horizon = 1000;

// Arm 1 has fewer falls. Everybody is called on day 250 and on every hundredth day after; on day 333 a trigger goes
// off in all who live.
struct Study {
  EnsembleSpec spec;
  SummarySpec sums;
  EventLog log;

  explicit Study(bool weighed = false) {
    PlanSpec plan;
    plan.scheduled = {{"call", 250, 100}};
    plan.triggers = {{"late", "clock", Direction::rising, 333, 0, true}};
    PlanSpec careful = plan;
    careful.modifiers = {{"care", Modifier::Operation::multiply, protection, 0, horizon}};
    std::vector<double> reports;
    for (double t = 0; t <= horizon; t += 50) reports.push_back(t);
    static_cast<Course&>(spec) = make_course(system(), {plan, careful}, reports);
    spec.columns = {system().slot("clock")};
    spec.class_slot = system().slot("clock");
    spec.weigh_deaths = weighed;
    spec.watched = {system().slot("clock")};
    spec.events = {{"death", true}, {"fall"}, {"call"}, {"late"}};
    for (std::size_t e = 0; e < spec.events.size(); ++e)
      spec.measures.push_back(
          [e](const EnsembleSpec& s, const LifeRow& life, std::size_t) { return Measured{times_of(s, life, e)}; });
    for (const double rate : {0.0, 0.001})
      spec.measures.push_back([rate](const EnsembleSpec& s, const LifeRow& life, std::size_t) {
        return Measured{lifetime_sum(
            s, life, [](std::size_t) { return 1.0; }, rate)};
      });
    sums = {2, reports.size(), 1, {ColumnRange::exactly(0, horizon)}, weighed};
    sums.measures.assign(spec.measures.size(), 0x1p24);
    sums.products = {{1, 4}};
    sums.events = spec.events.size();
  }

  Summary run(std::uint64_t members, std::uint64_t seed = 11) {
    spec.seed = seed;
    const auto start = [](std::uint64_t, std::vector<Pack<8>>& frame) {
      const std::vector<double> medians = system().medians(true);
      frame.assign(medians.begin(), medians.end());
    };
    EnsembleControl control;
    control.log = &log;
    return run_ensemble<Pack<8>>(spec, sums, start, 0, members, control);
  }
};

// The estimator of Aalen and Johansen from times of the first event and of death, with ties: one factor for each time
// at which anything happens.
double aalen_johansen(const std::vector<std::pair<double, double>>& lives, double at) {
  std::map<double, std::pair<double, double>> counts;  // time: events, deaths without one
  for (const auto& [event, death] : lives) {
    const double first = std::min(event, death);
    if (std::isfinite(first)) ++(event <= death ? counts[first].first : counts[first].second);
  }
  double free = 1, incidence = 0, at_risk = static_cast<double>(lives.size());
  for (const auto& [time, count] : counts) {
    if (time > at) break;
    incidence += free * count.first / at_risk;
    free *= 1 - (count.first + count.second) / at_risk;
    at_risk -= count.first + count.second;
  }
  return incidence;
}

TEST_CASE("where nobody is lost sight of the share with an event is the estimator of Aalen and Johansen") {
  Study study;
  constexpr std::uint64_t members = 700;
  const Summary s = study.run(members);
  for (std::size_t arm : {0, 1})
    for (std::size_t e = 1; e < study.spec.events.size(); ++e) {
      std::vector<std::pair<double, double>> lives(members, {never, never});
      for (std::size_t i = 0; i < study.log.size(); ++i) {
        const EventRecord record = study.log.at(i);
        if (record.arm != arm) continue;
        const std::string name = name_of(study.spec.arms[arm], record);
        auto& [event, death] = lives[record.member];
        if (name == study.spec.events[e].name) event = std::min(event, record.time_d);
        if (name == "death") death = record.time_d;
      }
      for (std::size_t t = 0; t < study.spec.reports_d.size(); ++t) {
        const double at = study.spec.reports_d[t];
        CAPTURE(study.spec.events[e].name);
        CAPTURE(at);
        // Some thousand factors, each rounded.
        CHECK(s.incidence(arm, e, t).value == doctest::Approx(aalen_johansen(lives, at)).epsilon(1e-12));
        const auto count = [&](auto condition) {
          return static_cast<double>(std::count_if(lives.begin(), lives.end(), condition));
        };
        CHECK(s.at_risk(arm, e, t) == count([&](const auto& life) { return life.first > at && life.second > at; }));
        CHECK(s.died_without(arm, e, t) ==
              count([&](const auto& life) { return life.second <= at && life.first > life.second; }));
      }
    }
  CHECK(s.incidence(0, 2, 4).value == 0.0);  // day 200
  CHECK(s.incidence(0, 2, 5).value > 0.8);   // day 250: all who live are called at once
}

// 2 modes, 2 arms, 20 times and 2 comparisons each, strongly correlated: at most 160 alarms at 1e-4, one in 60 seeds;
// the seed is fixed.
TEST_CASE("two constant hazards give their cumulative incidence, and weighed deaths the same with less error") {
  for (const bool weighed : {false, true}) {
    Study study(weighed);
    constexpr double members = 20'000;
    const Summary s = study.run(20'000);
    for (std::size_t arm : {0, 1}) {
      const double b = fall_rate * (arm ? protection : 1), all = death_rate + b;
      for (std::size_t t = 1; t < study.spec.reports_d.size(); ++t) {
        const double at = study.spec.reports_d[t];
        CAPTURE(weighed);
        CAPTURE(at);
        const Estimate falls = s.incidence(arm, 1, t), deaths = s.incidence(arm, 0, t);
        CHECK(std::fabs(falls.value - b / all * -std::expm1(-all * at)) < normal_limit * falls.error);
        // Weighed deaths of equal people have no error: probabilities are kept to 2^-39.
        CHECK(std::fabs(deaths.value - -std::expm1(-death_rate * at)) <=
              (weighed ? 1e-11 : normal_limit * deaths.error));
        // Counts of weighed members are kept to 2^-30.
        CHECK(s.at_risk(arm, 1, t) + s.died_without(arm, 1, t) + members * falls.value ==
              doctest::Approx(members).epsilon(1e-8));
      }
      // Falls in a life: the rate times the days lived.
      const Estimate times = s.outcome(arm, s.measure_outcome(1)), lived = s.outcome(arm, s.measure_outcome(4));
      const double days = -std::expm1(-death_rate * horizon) / death_rate;
      CHECK(std::fabs(times.value - b * days) < normal_limit * times.error);
      CHECK(std::fabs(lived.value - days) <= (weighed ? 1e-6 : normal_limit * lived.error));
      // A day at time t worth e^(-0.001 t): the two rates add up.
      const Estimate worth = s.outcome(arm, s.measure_outcome(5));
      const double both = death_rate + 0.001;
      // Sampled deaths spend their last interval to the day; days are kept to 2^-24.
      CHECK(std::fabs(worth.value - -std::expm1(-both * horizon) / both) <=
            (weighed ? 1e-6 : normal_limit * worth.error));
    }
  }
}

TEST_CASE("the restricted mean survival time is the integral of the survival curve") {
  Study study;
  const Summary s = study.run(500);
  std::map<double, int> deaths;
  for (std::size_t i = 0; i < study.log.size(); ++i)
    if (study.log.arm[i] == 0 && study.log.kind[i] == EventKind::random && study.log.event[i] == 0)
      ++deaths[study.log.time_d[i]];
  double area = 0, before = 0, alive = 1;
  for (const auto& [time, count] : deaths) {
    area += alive * (time - before);
    alive -= count / 500.0;
    before = time;
  }
  area += alive * (horizon - before);
  // Days of a member are kept to 2^-20.
  CHECK(std::fabs(s.outcome(0, s.days_outcome(0)).value - area) < 1e-6);
  CHECK(s.outcome(0, s.measure_outcome(4)).value == doctest::Approx(s.outcome(0, s.days_outcome(0)).value));
}

TEST_CASE(
    "who has an event in both arms fits the shares of each, and a lower hazard harms nobody with the same luck") {
  for (const bool weighed : {false, true}) {
    Study study(weighed);
    const Summary s = study.run(3000);
    const std::size_t last = study.spec.reports_d.size() - 1;
    for (std::size_t e = 0; e < study.spec.events.size(); ++e) {
      const double here = 3000 * s.incidence(1, e, last).value, there = 3000 * s.incidence(0, e, last).value;
      const double both = s.in_both(1, e);
      // Rounded to 2^-30 and to 2^-39 for each member, where deaths are weighed.
      const double kept = weighed ? 3000 * 0x1p-30 : 1e-9;
      CAPTURE(study.spec.events[e].name);
      CHECK(both <= std::min(here, there) + kept);
      CHECK(both >= here + there - 3000 - kept);
      CHECK(s.in_both(0, e) == doctest::Approx(there));
      // The hazard of falls is lower in arm 1 and death is the same: whoever falls there falls here too, and no
      // later. With a weight: what he would have lived to see there, he lives to see here.
      CHECK(std::fabs(both - here) < kept);
    }
    CHECK(s.paired(1, s.measure_outcome(1)).value < 0);
  }
}

TEST_CASE("means of groups that share out the members add up to the whole exactly") {
  for (const bool weighed : {false, true}) {
    Study study(weighed);
    study.spec.measures.push_back([](const EnsembleSpec&, const LifeRow& life, std::size_t arm) {
      return Measured{static_cast<double>(life.happened.size() + arm)};
    });
    study.sums.measures.push_back(1.0);
    // By whether the first thing that happens comes early: of the row in the first arm, so the same in both.
    const auto early = [](const LifeRow& life) { return !life.happened.empty() && life.happened[0].time_d < 200; };
    study.spec.groups = {early, [early](const LifeRow& life) { return !early(life); },
                         [](const LifeRow&) { return true; }};
    study.sums.groups = 3;
    const Summary s = study.run(1000);
    const auto sum = [](const Estimate& e, double scale) {
      return e.members == 0 ? 0 : std::llround(e.value * static_cast<double>(e.members) * scale);
    };
    for (std::size_t arm : {0, 1})
      for (std::size_t m = 0; m < study.sums.measures.size(); ++m) {
        const std::size_t w = s.measure_outcome(m);
        const double scale = study.sums.measures[m];
        for (const auto of : {&Summary::outcome, &Summary::paired}) {
          const Estimate whole = (s.*of)(arm, w, 0), one = (s.*of)(arm, w, 1), two = (s.*of)(arm, w, 2);
          CHECK(one.members > 50);
          CHECK(two.members > 50);
          CHECK(one.members + two.members == whole.members);
          // Sums of measures whose weight is one are whole numbers below 2^50, which a double holds.
          CHECK(sum(one, scale) + sum(two, scale) == sum(whole, scale));
          CHECK((s.*of)(arm, w, 3).value == whole.value);
        }
      }
  }
}

TEST_CASE("products of paired differences give the covariance of their means") {
  SummarySpec spec{2, 1, 0, {}};
  spec.measures = {4.0, 1024.0};
  spec.products = {{0, 1}};
  Summary s(spec);
  const auto life = [](double x, double y) {
    MemberOutcome o;
    o.measured = {{x, 1}, {y, 1}};
    return o;
  };
  s.add(0, {life(1, 2), life(2, 5)});  // differences 1 and 3
  s.add(1, {life(0, 0), life(3, 4)});  // 3 and 4
  s.add(2, {life(5, 1), life(7, 3)});  // 2 and 2
  // Means 2 and 3; (-1)(0) + (1)(1) + (0)(-1) = 1, over n (n - 1).
  CHECK(s.covariance(1, 0) == doctest::Approx(1.0 / 6));
  CHECK(s.covariance(0, 0) == 0.0);
}

TEST_CASE("a measure counts where it is defined, and its difference where it is in both arms") {
  SummarySpec spec{2, 1, 0, {}};
  spec.measures = {16.0};
  Summary s(spec);
  const auto life = [](double value, double weight) {
    MemberOutcome o;
    o.measured = {{value, weight}};
    return o;
  };
  s.add(0, {life(1, 1), life(4, 1)});
  s.add(1, {life(9, 0), life(6, 1)});
  s.add(2, {life(3, 1), life(9, 0)});
  CHECK(s.outcome(0, s.measure_outcome(0)).value == 2.0);
  CHECK(s.outcome(1, s.measure_outcome(0)).value == 5.0);
  CHECK(s.paired(1, s.measure_outcome(0)).value == 3.0);
  CHECK(s.paired(1, s.measure_outcome(0)).members == 1);
}

TEST_CASE("sums with events, measures and groups come back from their words, and merge in any order") {
  for (const bool weighed : {false, true}) {
    Study study(weighed);
    study.spec.groups = {[](const LifeRow& life) { return life.happened.empty(); }};
    study.sums.groups = 1;
    const Summary s = study.run(200);
    const std::vector<std::uint64_t> words = s.words();
    CHECK(8 * (words.size() - 1) == Summary::bytes(study.sums));
    CHECK(Summary::from_words(study.sums, words) == s);
    CHECK_THROWS_AS(Summary::from_words(study.sums, {words.begin(), words.end() - 1}), Error);
    SummarySpec other = study.sums;
    other.events = 3;
    CHECK_THROWS_AS(Summary::from_words(other, words), Error);
    Summary forwards(study.sums), backwards = s;
    forwards.merge(s);
    CHECK(forwards == s);
    const Summary more = study.run(300, 12);
    forwards.merge(more);
    Summary last = more;
    last.merge(backwards);
    CHECK(last.words() == forwards.words());
  }
}

TEST_CASE("events that a life has had are put aside with it, and come back by name") {
  Study study;
  const auto start = [](std::uint64_t, std::vector<double>& frame) { frame = system().medians(true); };
  Study half;
  half.spec.reports_d.resize(11);  // to day 500
  half.sums.reports = 11;
  EnsembleControl control;
  Aside aside;
  control.put_aside = &aside;
  run_ensemble<double>(half.spec, half.sums, start, 0, 100, control);
  Aside read = aside_from(half.spec, 0, 100, aside.names, words_of(aside));
  EnsembleControl on;
  on.taken_up = &read;
  const Summary whole = run_ensemble<double>(study.spec, study.sums, start, 0, 100, {}),
                rest = run_ensemble<double>(study.spec, study.sums, start, 0, 100, on);
  CHECK(rest.words() == whole.words());
  // With the events in another order, and one left out.
  Study fork;
  fork.spec.events = {{"late"}, {"fall"}};
  fork.sums.events = 2;
  fork.spec.measures.clear();
  fork.sums.measures.clear();
  fork.sums.products.clear();
  const Summary forked = run_ensemble<double>(fork.spec, fork.sums, start, 0, 100, on);
  CHECK(forked.incidence(1, 0, 20).value == whole.incidence(1, 3, 20).value);
  CHECK(forked.incidence(1, 1, 20).value == whole.incidence(1, 1, 20).value);
  CHECK(forked.incidence(1, 1, 20).value > 0.1);
}

}  // namespace
}  // namespace healthspan::tests
