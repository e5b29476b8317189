#include <healthspan/scenarios/effects.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

using namespace healthspan;
using namespace healthspan::scenarios;

namespace {

constexpr double z = 1.959963984540054;

// An estimate whose interval of 95 % is this.
Estimate between(double low, double high) { return {0.5 * (low + high), 0.5 * (high - low) / z, 100}; }

}  // namespace

TEST_CASE(
    "the number needed to treat is read off the absolute risk reduction, through infinity where it may be none") {
  // Newcombe's example of what Altman does (BMJ 1999;318:1765): a reduction of -5 % to 25 % is an NNTB of 4, through
  // infinity, to an NNTH of 20.
  const NumberNeeded unclear = number_needed(between(-0.25, 0.05));
  CHECK(unclear.of == NumberNeeded::Of::neither);
  CHECK(std::isinf(unclear.number.value));
  CHECK(unclear.number.low == doctest::Approx(4));
  CHECK(unclear.number.high == doctest::Approx(20));
  CHECK(unclear.in_words() == "no benefit shown: 4 to benefit, infinity, 20 to harm");
  const NumberNeeded benefit = number_needed(between(-0.15, -0.05));
  CHECK(benefit.of == NumberNeeded::Of::benefit);
  CHECK(benefit.number.value == doctest::Approx(10));
  CHECK(benefit.number.low == doctest::Approx(1 / 0.15));
  CHECK(benefit.number.high == doctest::Approx(20));
  CHECK(benefit.in_words() == "10 to benefit (6.67 to 20)");
  const NumberNeeded harm = number_needed(between(0.05, 0.15));
  CHECK(harm.of == NumberNeeded::Of::harm);
  CHECK(harm.number.low == doctest::Approx(1 / 0.15));
  CHECK(harm.in_words() == "10 to harm (6.67 to 20)");
  CHECK(number_needed({0, 0, 100}).in_words() == "no difference");
  CHECK(number_needed({NAN, NAN, 1}).in_words().empty());
}

TEST_CASE("a ratio of risks of unrelated groups has the interval of Katz, and of one group with itself none") {
  // Var log RR = (1 - p1) / (n p1) + (1 - p0) / (n p0), Katz et al. 1978; here with n - 1 in the errors.
  const double n = 400, p1 = 0.1, p0 = 0.2;
  const Estimate one{p1, std::sqrt(p1 * (1 - p1) / n), 400}, two{p0, std::sqrt(p0 * (1 - p0) / n), 400};
  const Estimate difference{p1 - p0, std::hypot(one.error, two.error), 400};
  const Interval ratio = relative_risk(one, two, difference);
  const double sd = std::sqrt((1 - p1) / (n * p1) + (1 - p0) / (n * p0));
  CHECK(ratio.value == doctest::Approx(0.5));
  CHECK(ratio.low == doctest::Approx(0.5 * std::exp(-z * sd)).epsilon(1e-12));
  CHECK(ratio.high == doctest::Approx(0.5 * std::exp(z * sd)).epsilon(1e-12));
  const Interval same = relative_risk(one, one, {0, 0, 400});
  CHECK(same.low == 1.0);
  CHECK(same.high == 1.0);
  CHECK(std::isnan(relative_risk({0, 0, 400}, two, difference).value));
}

TEST_CASE("the share helped lies within its bounds however the two arms of a person hang together") {
  CHECK(rc::check([] {
    const int both = *rc::gen::inRange(0, 50), only_here = *rc::gen::inRange(0, 50),
              only_there = *rc::gen::inRange(0, 50), neither = *rc::gen::inRange(1, 50);
    const double n = both + only_here + only_there + neither;
    const double here = (both + only_here) / n, there = (both + only_there) / n;
    const Share helped = share_changed(there, here, both / n), harmed = share_changed(here, there, both / n);
    constexpr double rounding = 1e-12;
    for (const Share& s : {helped, harmed}) {
      RC_ASSERT(s.least <= s.paired + rounding && s.paired <= s.most + rounding);
      RC_ASSERT(s.least <= s.independent + rounding && s.independent <= s.most + rounding);
    }
    RC_ASSERT(std::fabs(helped.paired - only_there / n) < rounding);
    // However they hang together, helped minus harmed is the difference in risk.
    RC_ASSERT(std::fabs(helped.paired - harmed.paired - (there - here)) < rounding);
    RC_ASSERT(std::fabs(helped.independent - harmed.independent - (there - here)) < rounding);
  }));
}

TEST_CASE("Fieller's interval holds the ratios that a test would not refuse, and there is none around zero") {
  const Estimate cost{1000, 120, 500}, qaly{0.2, 0.02, 500};
  const double covariance = -0.4 * cost.error * qaly.error;
  const auto interval = ratio_of(cost, qaly, covariance);
  REQUIRE(interval);
  CHECK(interval->value == doctest::Approx(5000));
  for (const double ratio : {interval->low, interval->high}) {
    const double variance =
        cost.error * cost.error - 2 * ratio * covariance + ratio * ratio * qaly.error * qaly.error;
    CHECK(std::fabs(cost.value - ratio * qaly.value) == doctest::Approx(z * std::sqrt(variance)).epsilon(1e-9));
  }
  CHECK(interval->low < 5000);
  CHECK(interval->high > 5000);
  CHECK_FALSE(ratio_of(cost, {0.03, 0.02, 500}, 0));
  CHECK_FALSE(ratio_of(cost, {0, 0, 500}, 0));
}
