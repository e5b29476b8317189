#include <healthspan/core/ensemble.hpp>

#include <doctest/doctest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace healthspan {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// clang-format off
struct Body {  // a state that relaxes to a personal target which a dose moves, and a hazard
  static constexpr auto name = "body_toy";
  static constexpr auto summary = "";
  static constexpr auto w      = state    <"strength">  (          "1", "");
  static constexpr auto L      = hazard   <"death">     ("");
  static constexpr auto dose   = input    <"dose">      (0.0,      "1", "");
  static constexpr auto own    = parameter<"own_target">(1.0,      "1", fixed, assumed("toy"), "");
  static constexpr auto gain   = parameter<"gain">      (0.1,      "1", fixed, assumed("toy"), "");
  static constexpr auto tau    = parameter<"time_constant">(20.0,     "d", fixed, assumed("toy"), "");
  static constexpr auto a      = parameter<"death_rate">(0.001,  "1/d", fixed, assumed("toy"), "");
  static constexpr auto frail  = parameter<"frailty">   (0.0,      "1", fixed, assumed("toy"), "");
  static constexpr auto odd    = parameter<"odd">       (1.0,      "1", fixed, assumed("toy"), "");
  static constexpr auto square = output   <"square">    (          "1", "");
  static constexpr auto table = std::tuple{w, L, dose, own, gain, tau, a, frail, odd, square};
  template <class R>
  static void outputs(const Values<Body, R>& x, const Outputs<Body, R>& y) { y[square] = x[w] * x[w] / x[odd]; }
  template <class R>
  static void rates(const Values<Body, R>& x, const Rates<Body, R>& d) {
    d[w] = (x[own] + x[gain] * x[dose] - x[w]) / x[tau];
    d[L] = x[a] * exp(select(x[frail] > 0.0, R(x[frail] * (1.0 - x[w])), R(0.0)));
  }
  template <class R>
  static void relaxation(const Values<Body, R>& x, const States<Body, R>& k) { k[w] = 1.0 / x[tau]; }
};
// clang-format on

const Composition& body() {
  static const Composition system({&module_type<Body>()}, {});
  return system;
}

constexpr std::uint64_t nobody = ~std::uint64_t{0};

// How members start: the personal target is normal with mean 1 and standard deviation 0.2, or what a test wants.
template <class R>
struct StartBody {
  std::uint64_t seed = 1;
  double frailty = 2.0;
  std::uint64_t without_start = nobody;   // this member is left without a start
  std::uint64_t breaks_on_dose = nobody;  // this one's state overflows under a dose
  std::uint64_t odd_output = nobody;      // and this one's output is not a number

  void operator()(std::uint64_t first, std::vector<R>& frame) const {
    const Composition& system = body();
    const std::vector<double> medians = system.medians(true);
    frame.assign(medians.begin(), medians.end());
    const Stream targets(seed, "parameter:own_target");
    frame[system.slot("frailty")] = R(frailty);
    for (int i = 0; i < lanes_of<R>; ++i) {
      const std::uint64_t member = first + static_cast<unsigned>(i);
      const double target = 1.0 + 0.2 * targets.normal(member, 0);
      set_lane(frame[system.slot("own_target")], i, target);
      set_lane(frame[system.slot("strength")], i, member == without_start ? nan : target);
      // Every third member shares his time constant with others: lanes with equal and with own rate constants.
      set_lane(frame[system.slot("time_constant")], i, member % 3 ? 20.0 + 5.0 * target : 20.0);
      if (member == breaks_on_dose) set_lane(frame[system.slot("gain")], i, std::numeric_limits<double>::max());
      if (member == odd_output) set_lane(frame[system.slot("odd")], i, nan);
    }
  }
};

struct Study {
  EnsembleSpec spec;
  SummarySpec sums;
  explicit Study(std::uint64_t seed = 1, std::vector<double> reports = {0.0, 100.0, 250.0, 400.0}) {
    spec.composition = &body();
    spec.reports_d = std::move(reports);
    const double horizon = spec.reports_d.back();
    spec.arms.emplace_back(body(), std::vector<Modifier>{}, horizon);
    spec.arms.emplace_back(body(), std::vector<Modifier>{{"dose", Modifier::Operation::add, 2.0, 130.0, 300.0}},
                           horizon);
    spec.columns = {body().slot("strength"), body().slot("square")};
    spec.class_slot = body().slot("strength");
    spec.class_cuts = {0.9, 1.2};
    spec.base_step_d = 30.0;
    spec.seed = seed;
    sums = {2, spec.reports_d.size(), spec.classes(), {ColumnRange::around(0.2, 2.0), ColumnRange::around(0.0, 4.0)}};
  }
};

template <class R>
Summary run(const Study& study, std::uint64_t first, std::uint64_t count, int threads = 1,
            StartBody<R> start_body = {}) {
  EnsembleControl control;
  control.threads = threads;
  start_body.seed = study.spec.seed;
  return run_ensemble<R>(study.spec, study.sums, start_body, first, count, control);
}

// The bits of everything a summary can be asked; `failed` members are asked for separately.
std::vector<std::uint64_t> bytes(const Summary& s) {
  std::vector<std::uint64_t> all{s.members(), s.outside()};
  const auto number = [&](double x) { all.push_back(std::bit_cast<std::uint64_t>(x)); };
  const auto put = [&](const Estimate& e) {
    number(e.value);
    number(e.error);
    all.push_back(e.members);
  };
  for (std::size_t a = 0; a < s.spec().arms; ++a) {
    for (std::size_t w = 0; w < s.outcomes(); ++w) {
      put(s.outcome(a, w));
      put(s.paired(a, w));
      put(s.net_higher(a, w));
      number(s.outcome_deviation(a, w));
      number(s.paired_deviation(a, w));
    }
    for (std::size_t t = 0; t < s.spec().reports; ++t) {
      number(s.living(a, t));
      for (std::size_t c = 0; c < s.spec().classes; ++c) number(s.in_class(a, t, c));
      for (std::size_t c = 0; c < s.spec().columns.size(); ++c) {
        put(s.mean(a, t, c));
        for (std::size_t b = 0; b < histogram_bins; ++b) number(s.in_bin(a, t, c, b));
        for (const double p : {0.025, 0.5, 0.975}) number(s.quantile(a, t, c, p));
      }
    }
  }
  return all;
}

void check_same(const Summary& a, const Summary& b) {
  CHECK(a == b);
  CHECK(bytes(a) == bytes(b));
  CHECK(a.failed() == b.failed());
}

constexpr std::uint64_t many = 1003;  // not a multiple of any pack

TEST_CASE("one seed gives the same summary for 1, 2 and 3 threads and for packs of 1, 4, 8 and 16") {
  // More workers than this machine may have cores, so that three threads are three.
  const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 4);
  const Study study;
  const Summary reference = run<Pack<8>>(study, 0, many);
  CHECK(reference.members() == many);
  CHECK(reference.living(0, 3) > 300);                                  // there is something to compare: the living,
  CHECK(reference.living(0, 3) < 900);                                  // the dead,
  CHECK(reference.paired(1, reference.column_outcome(0)).value > 0.0);  // and the arms
  for (const int threads : {2, 3}) check_same(run<Pack<8>>(study, 0, many, threads), reference);
  check_same(run<double>(study, 0, many, 2), reference);
  check_same(run<Pack<4>>(study, 0, many, 2), reference);
  check_same(run<Pack<16>>(study, 0, many, 3), reference);
  // Another seed gives other numbers, so the comparison can fail.
  CHECK_FALSE(run<Pack<8>>(Study(2), 0, many) == reference);
  CHECK(bytes(run<Pack<8>>(Study(2), 0, many)) != bytes(reference));
  CHECK_FALSE(run<Pack<8>>(study, 0, many - 1) == reference);
}

TEST_CASE("a run split at any member and merged in either order is the whole run") {
  const Study study;
  const Summary whole = run<Pack<8>>(study, 0, many);
  for (const std::uint64_t split :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{7}, std::uint64_t{8}, std::uint64_t{499}, many - 1, many}) {
    const Summary left = run<Pack<8>>(study, 0, split), right = run<Pack<16>>(study, split, many - split, 2);
    Summary forwards = left, backwards = right;
    forwards.merge(right);
    backwards.merge(left);
    CAPTURE(split);
    check_same(forwards, whole);
    check_same(backwards, whole);
  }
}

TEST_CASE("merging is associative and commutative, and an empty summary changes nothing") {
  const Study study;
  StartBody<Pack<4>> start;
  start.without_start = 150;  // so that lists of failed members are merged too
  const auto shard = [&](std::uint64_t first) { return run<Pack<4>>(study, first, 100, 1, start); };
  const Summary a = shard(0), b = shard(100), c = shard(200);
  const auto sum = [](Summary x, const Summary& y) {
    x.merge(y);
    return x;
  };
  const Summary whole = sum(sum(a, b), c);
  CHECK(whole.failed() == std::vector<std::uint64_t>{150});
  check_same(sum(a, sum(b, c)), whole);
  check_same(sum(sum(c, b), a), whole);
  check_same(sum(b, sum(c, a)), whole);
  check_same(sum(whole, Summary(study.sums)), whole);
  check_same(sum(Summary(study.sums), whole), whole);
}

// The outcomes of `member` in both arms, in a runner that begins with `first` and runs `count` members.
template <class R>
std::vector<MemberOutcome> rows_of(const Study& study, std::uint64_t member, std::uint64_t first,
                                   std::uint64_t count) {
  const StartBody<R> start{.seed = study.spec.seed};
  MemberRunner<R, StartBody<R>> runner(study.spec, start, LanePath<R>(body()));
  runner.run(first + 1000, count + 3, [](const MemberRow&) {});  // what the runner did before must not matter
  std::vector<MemberOutcome> rows;
  runner.run(first, count, [&](const MemberRow& row) {
    for (std::size_t a = 0; row.member == member && a < 2; ++a) rows.push_back(outcome_of(study.spec, row, a));
  });
  REQUIRE(rows.size() == 2);
  return rows;
}
std::vector<MemberOutcome> rows_of(const Study& study, std::uint64_t member) {
  return rows_of<double>(study, member, member, 1);
}

TEST_CASE("a member run alone has the row that he has in any lane, and the ensemble is the sum of such rows") {
  const Study study;
  Summary of_rows(study.sums);
  int dead = 0;
  for (std::uint64_t k = 20; k < 120; ++k) {
    const std::vector<MemberOutcome> alone = rows_of(study, k);
    dead += alone[0].alive == 0;
    CHECK(rows_of<Pack<8>>(study, k, k, 1) == alone);
    CHECK(rows_of<Pack<8>>(study, k, k, 8) == alone);
    CHECK(rows_of<Pack<16>>(study, k, k - 5, 16) == alone);
    CHECK(rows_of<Pack<4>>(study, k, k - 13, 17) == alone);
    of_rows.add(k, alone);
  }
  CHECK(dead > 20);
  CHECK(dead < 80);
  const Summary ensemble = run<Pack<8>>(study, 20, 100, 2);
  for (std::size_t a = 0; a < 2; ++a)
    for (std::size_t w = 0; w < ensemble.outcomes(); ++w) {
      CHECK(of_rows.outcome(a, w).value == ensemble.outcome(a, w).value);
      CHECK(of_rows.paired(a, w).error == ensemble.paired(a, w).error);
      CHECK(of_rows.net_higher(a, w).value == ensemble.net_higher(a, w).value);
    }
}

TEST_CASE("a run that is told to stop throws an interruption, at the start or on the way") {
  const Study study;
  const StartBody<Pack<8>> start_body;
  std::stop_source before;
  before.request_stop();
  EnsembleControl control;
  control.stop = before.get_token();
  const auto code = [&] {
    try {
      run_ensemble<Pack<8>>(study.spec, study.sums, start_body, 0, 100'000, control);
    } catch (const Error& e) {
      CHECK(e.exit_status() == 130);
      return e.code();
    }
    return ErrorCode::internal;
  };
  CHECK(code() == ErrorCode::interrupted);
  std::stop_source on_the_way;
  std::atomic<std::uint64_t> done{0};
  control.stop = on_the_way.get_token();
  control.threads = 2;
  control.progress = [&](std::uint64_t now, std::uint64_t total) {
    CHECK(total == 100'000);
    done = std::max<std::uint64_t>(done, now);
    if (now >= 100) on_the_way.request_stop();
  };
  CHECK(code() == ErrorCode::interrupted);
  CHECK(done >= 100);
  // Each of two threads finishes the block that it has in hand, and starts no other.
  CHECK(done <= 2 * lives_in_block<Pack<8>> / study.spec.arms.size());
}

TEST_CASE("progress counts every member once") {
  const Study study;
  const StartBody<Pack<8>> start_body;
  std::atomic<std::uint64_t> calls{0}, most{0};
  EnsembleControl control;
  control.threads = 1;
  control.progress = [&](std::uint64_t now, std::uint64_t) {
    ++calls;
    most = std::max<std::uint64_t>(most, now);
  };
  run_ensemble<Pack<8>>(study.spec, study.sums, start_body, 0, 100, control);
  CHECK(calls >= 4);  // one thread has four blocks of work or more, so that it tells of its progress
  CHECK(most == 100);
}

// The summary of everybody in [0, 200) but one.
Summary without(const Study& study, std::uint64_t member) {
  Summary rest = run<Pack<8>>(study, 0, member);
  rest.merge(run<Pack<8>>(study, member + 1, 200 - member - 1));
  return rest;
}

TEST_CASE("a life without a start is counted, named, and left out of every arm") {
  const Study study;
  StartBody<Pack<8>> start_body;
  start_body.without_start = 77;
  const Summary summary = run<Pack<8>>(study, 0, 200, 2, start_body);
  CHECK(summary.failed() == std::vector<std::uint64_t>{77});
  CHECK(summary.members() == 199);
  CHECK(bytes(summary) == bytes(without(study, 77)));
}

TEST_CASE("a life that breaks in one arm is left out of all") {
  const Study study;
  // A member who lives to the end in both arms; he breaks at the dose of the second only.
  std::uint64_t member = 40;
  while (rows_of(study, member)[0].alive == 0) ++member;
  StartBody<Pack<8>> start_body;
  start_body.breaks_on_dose = member;
  const Summary summary = run<Pack<8>>(study, 0, 200, 1, start_body);
  CHECK(summary.failed() == std::vector<std::uint64_t>{member});
  CHECK(bytes(summary) == bytes(without(study, member)));
}

TEST_CASE("a life without a start is named even if it ends before the first report") {
  // The hazard does not see the broken state, so he dies like others; nobody looks at him before.
  Study study(1, {400.0});
  StartBody<Pack<8>> start_body;
  start_body.frailty = 0.0;
  const Summary whole = run<Pack<8>>(study, 0, 200, 1, start_body);
  const StartBody<double> alone{.seed = study.spec.seed, .frailty = 0.0};
  MemberRunner<double, StartBody<double>> runner(study.spec, alone, LanePath<double>(body()));
  std::uint64_t member = nobody;  // the first from 40 on who dies
  runner.run(40, 100, [&](const MemberRow& row) {
    if (!row.arms[0].alive(400.0)) member = std::min(member, row.member);
  });
  REQUIRE(member != nobody);
  start_body.without_start = member;
  const Summary summary = run<Pack<8>>(study, 0, 200, 1, start_body);
  CHECK(whole.failed().empty());
  CHECK(summary.failed() == std::vector<std::uint64_t>{member});
}

TEST_CASE("a life of which a watched output is not a number has failed") {
  StartBody<Pack<8>> start_body;
  start_body.odd_output = 33;
  Study column, by_class;  // watched as a column, or only to sort lives into classes
  by_class.spec.columns = {body().slot("strength"), body().slot("strength")};
  by_class.spec.class_slot = body().slot("square");
  for (const Study& study : {column, by_class}) {
    const Summary summary = run<Pack<8>>(study, 0, 200, 1, start_body);
    CHECK(summary.failed() == std::vector<std::uint64_t>{33});
    CHECK(bytes(summary) == bytes(without(study, 33)));
  }
}

TEST_CASE("between identical arms every paired difference is exactly 0, with an error of exactly 0") {
  Study study;
  study.spec.arms[1] = study.spec.arms[0];
  const Summary summary = run<Pack<8>>(study, 0, many);
  for (std::size_t a = 0; a < 2; ++a)
    for (std::size_t w = 0; w < summary.outcomes(); ++w) {
      CHECK(summary.paired(a, w).value == 0.0);
      CHECK(summary.paired(a, w).error == 0.0);
      CHECK(summary.net_higher(a, w).value == 0.0);
      CHECK(summary.outcome(1, w).value == summary.outcome(0, w).value);
    }
  CHECK(summary.outcome(0, summary.alive_outcome()).error > 0.0);
}

TEST_CASE("the estimate and its two standard errors cover the truth in about 95 of 100 seeds") {
  constexpr int seeds = 400, members = 200;
  int alive_covered = 0, strength_covered = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const Study study(static_cast<std::uint64_t>(seed), {0.0, 400.0});
    StartBody<Pack<8>> start_body;
    start_body.frailty = 0.0;  // then the hazard is the same for all, and strength keeps its distribution
    const Summary summary = run<Pack<8>>(study, 0, members, 1, start_body);
    const auto covers = [](const Estimate& e, double truth) { return std::fabs(e.value - truth) < 2.0 * e.error; };
    alive_covered += covers(summary.outcome(0, summary.alive_outcome()), std::exp(-0.001 * 400.0));
    strength_covered += covers(summary.outcome(0, summary.column_outcome(0)), 1.0);
  }
  // 95.4 % for a normal estimate, half a per cent less for some 134 survivors (Student) and for a binomial count. A
  // count of 400 at 0.95 has a standard deviation of 4.4; 17 on either side are 3.9 of them: 1e-4 false alarms.
  CHECK(std::abs(alive_covered - 380) <= 17);
  CHECK(std::abs(strength_covered - 380) <= 17);
}

TEST_CASE(
    "common random numbers shrink the variance of a difference at least twofold in lives, fourfold in strength") {
  constexpr int seeds = 100, members = 200;
  std::vector<std::array<double, 2>> alive, strength;
  double claimed = 0.0;
  for (int seed = 1; seed <= seeds + 1; ++seed) {
    Study study(static_cast<std::uint64_t>(seed), {0.0, 400.0});
    study.spec.arms[1] = Plan(body(), std::vector<Modifier>{{"dose", Modifier::Operation::add, 2.0, 0.0, 1e9}},
                              study.spec.horizon_d());
    const Summary summary = run<Pack<8>>(study, 0, members);
    const std::size_t s = summary.column_outcome(0), l = summary.alive_outcome();
    alive.push_back({summary.outcome(0, l).value, summary.outcome(1, l).value});
    strength.push_back({summary.outcome(0, s).value, summary.outcome(1, s).value});
    const double error = summary.paired(1, l).error;
    if (seed <= seeds) claimed += error * error / seeds;
  }
  const auto variance = [&](const std::vector<std::array<double, 2>>& arms, int other) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < seeds; ++i) {
      const double d = arms[i + static_cast<std::size_t>(other)][1] - arms[i][0];
      sum += d;
      squares += d * d;
    }
    return (squares - sum * sum / seeds) / (seeds - 1);
  };
  // A ratio of two variances of 100 each is within a factor 2.2 of the truth but for one case in 1e4 (F
  // distribution). Against independent seeds, that is the reference of one seed and the second arm of the next.
  // Found: 6.6 and 11.
  CHECK(variance(alive, 1) > 2.0 * variance(alive, 0));
  CHECK(variance(strength, 1) > 4.0 * variance(strength, 0));
  // And the paired error says how large it is; one variance of 100 is within a factor 1.8.
  CHECK(variance(alive, 0) < 1.8 * claimed);
  CHECK(variance(alive, 0) > claimed / 1.8);
}

TEST_CASE("means, errors and quantiles agree with those of the lives themselves, quantiles to a bin") {
  const Study study;
  const Summary summary = run<Pack<8>>(study, 0, many);
  const StartBody<double> start_body{.seed = study.spec.seed};
  MemberRunner<double, StartBody<double>> runner(study.spec, start_body, LanePath<double>(body()));
  std::vector<MemberRow> lives;
  runner.run(0, many, [&](const MemberRow& row) { lives.push_back(row); });
  REQUIRE(lives.size() == many);
  const std::size_t last = 3;
  for (std::size_t a = 0; a < 2; ++a)
    for (std::size_t c = 0; c < 2; ++c) {
      std::vector<double> values;
      std::array<std::uint64_t, 3> classes{};
      for (const MemberRow& row : lives) {
        const LifeRow& life = row.arms[a];
        if (!life.alive(400.0)) continue;
        values.push_back(life.values[last * 2 + c]);
        const double strength = life.values[last * 2];
        ++classes[strength < 0.9 ? 0 : strength < 1.2 ? 1 : 2];
      }
      std::sort(values.begin(), values.end());
      const double n = static_cast<double>(values.size());
      double sum = 0.0, squares = 0.0;
      for (const double v : values) sum += v;
      for (const double v : values) squares += (v - sum / n) * (v - sum / n);
      const Estimate mean = summary.mean(a, last, c);
      CHECK(mean.members == values.size());
      CHECK(summary.living(a, last) == n);
      // Values below 8 are kept to 2^-38; a double sum of a thousand of them is good to 1e-13.
      CHECK(std::fabs(mean.value - sum / n) < 0x1p-37);
      // The error is the root of a difference of squares: a relative 1e-10 and more.
      CHECK(mean.error == doctest::Approx(std::sqrt(squares / n / (n - 1))).epsilon(1e-9));
      CHECK(summary.outcome(a, summary.column_outcome(c)).value == mean.value);
      const ColumnRange& range = study.sums.columns[c];
      const double bin = (range.high - range.low) / histogram_bins;
      for (const double p : {0.01, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.99}) {
        const auto rank = static_cast<std::size_t>(std::ceil(p * n)) - 1;  // the smallest with a share p at or below
        CHECK(std::fabs(summary.quantile(a, last, c, p) - values[rank]) <= bin);
      }
      for (std::size_t k = 0; k < 3; ++k) CHECK(summary.in_class(a, last, k) == classes[k]);
      CHECK(summary.outside() == 0);
    }
}

TEST_CASE("the range of a column holds what it was made for, and its scale keeps 40 bits") {
  for (const auto& [low, high] : {std::array{0.2, 2.0}, std::array{-5.0, -4.0}, std::array{70.0, 70.0},
                                  std::array{0.0, 0.0}, std::array{-1e-5, 1e9}}) {
    const ColumnRange range = ColumnRange::around(low, high);
    CHECK((low == 0 ? range.low == 0 : range.low < low));
    CHECK((low < 0 || range.low >= 0));  // a quantile of what nobody has below zero is none there either
    CHECK(range.high > high);
    CHECK(std::exp2(std::round(std::log2(range.scale))) == range.scale);
    const double largest = std::max(std::fabs(range.low), std::fabs(range.high)) * range.scale;
    CHECK(largest >= 0x1p39);
    CHECK(largest < 0x1p40);
  }
}

TEST_CASE("a value outside its column's range is counted in the end bin, in the mean, and as outside") {
  SummarySpec spec{1, 1, 0, {ColumnRange{0.0, 256.0, 1024.0}}};
  Summary summary(spec);
  for (const double value : {-10.0, 0.5, 255.5, 256.0, 300.0}) summary.add_value(0, 0, 0, value);
  CHECK(summary.outside() == 3);
  CHECK(summary.in_bin(0, 0, 0, 0) == 2);
  CHECK(summary.in_bin(0, 0, 0, 255) == 3);
  CHECK(summary.mean(0, 0, 0).value == 802.0 / 5.0);
  CHECK(std::isnan(Summary(spec).quantile(0, 0, 0, 0.5)));
}

TEST_CASE("death ranks below every life, two deaths are level, and pairs are of those alive in both arms") {
  Summary summary({2, 1, 0, {ColumnRange{0.0, 16.0, 1024.0}}});
  const auto life = [](double value) {
    MemberOutcome o;
    o.values_at_end = {value};
    return o;
  };
  MemberOutcome death;
  death.alive = 0;
  death.values_at_end = {0.0};
  summary.add(0, {life(1.0), life(3.0)});  // higher
  summary.add(1, {life(2.0), life(1.0)});  // lower
  summary.add(2, {death, life(0.0)});      // higher: he lives
  summary.add(3, {life(5.0), death});      // lower
  summary.add(4, {death, life(9.0)});      // higher
  summary.add(5, {death, death});          // level
  const std::size_t column = summary.column_outcome(0);
  CHECK(summary.net_higher(1, column).value ==
        doctest::Approx(1.0 / 6.0).epsilon(1e-15));  // (3 - 2) / 6, rounded once
  CHECK(summary.net_higher(1, column).members == 6);
  CHECK(summary.paired(1, column).members == 2);
  CHECK(summary.paired(1, column).value == 0.5);
  CHECK(summary.outcome(0, column).members == 3);
  CHECK(summary.outcome(1, column).members == 4);
  CHECK(summary.outcome(1, column).value == 13.0 / 4.0);
  CHECK(summary.outcome(0, summary.alive_outcome()).value == 0.5);
  CHECK(summary.paired(1, summary.alive_outcome()).value == doctest::Approx(1.0 / 6.0).epsilon(1e-15));
}

}  // namespace
}  // namespace healthspan
