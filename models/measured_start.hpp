// A start that reproduces what was measured: each measured quantity has a latent parameter that is scaled until the
// model shows the measured value at time zero. Given activity, strength, fitness and gait the system is triangular;
// where activity was not measured, the search for a steady way of life holds the others at their values meanwhile.
#pragma once

#include <healthspan/models/patient.hpp>

#include <array>
#include <cstddef>

namespace healthspan::models {

struct MeasuredQuantity {
  const char* quantity;
  const char* latent;
  double
      log_sd;  // how much people of one age and sex differ in the measured value; beyond 4 of it nothing is believed
};

// In this order: what a later one reads, an earlier one has set.
inline constexpr std::array<MeasuredQuantity, 4> measured_quantities{{
    {"grip_strength", "relative_strength", 0.22},    // 6.7 of 31.7 kg and 5.0 of 20.4 kg: Seino et al. (2014)
    {"aerobic_capacity", "relative_fitness", 0.25},  // 6 of 25 ml/kg/min: Kaminsky et al. (2015)
    {"gait_speed", "relative_gait", 0.21},           // 0.25 of 1.29 and 0.27 of 1.25 m/s: Seino et al. (2014)
    {"activity", "activity_will", 0.50},             // medians of the outer quarters 3,553 and 10,901 steps/d:
}};                                                  // Paluch et al., Lancet Public Health 7:e219 (2022)
inline constexpr std::size_t measured_activity = 3;
inline constexpr double most_deviations = 4.0;

// In the units of the quantities; NaN where not measured. Activity is measured in all lanes of a pack or in none.
template <class R>
using Measurements = std::array<R, measured_quantities.size()>;

// Total over resting energy expenditure, where it was not measured: about 1.2 without walking, 0.2 more per
// 5,000 steps/d.
template <class R>
R activity_level_of(const R& activity) {
  return 1.2 + 0.2 * activity;
}

// Holds strength, fitness and gait at their measured values while activity is looked for.
template <class R>
class HeldAsMeasured {
 public:
  // As NothingHeld; strength is right after the second round, fitness and gait after the third, so activity is after
  // the fourth.
  static constexpr int rounds = 4;

  HeldAsMeasured(const Composition& composition, const std::vector<R>& frame, const Measurements<R>& measured) {
    for (std::size_t k = 0; k < measured_activity; ++k) {
      const auto quantity = composition.find(measured_quantities[k].quantity),
                 latent = composition.find(measured_quantities[k].latent);
      if (!quantity || !latent) continue;
      held_.push_back({*quantity, *latent, measured[k], frame[*latent]});
    }
  }
  // Every search starts from the same latents, so that its result does not depend on what was tried before.
  void reset(std::vector<R>& frame) const {
    for (const Held& h : held_) frame[h.latent] = h.before;
  }
  void hold(const Composition& composition, std::vector<R>& frame) const {
    composition.outputs(frame.data());
    for (const Held& h : held_) {
      const R scaled = frame[h.latent] * (h.value / frame[h.quantity]);
      frame[h.latent] = select(h.value == h.value, scaled, frame[h.latent]);
    }
  }

 private:
  struct Held {
    Slot quantity, latent;
    R value, before;
  };
  std::vector<Held> held_;
};

// What came of it, lane by lane.
template <class R>
struct MeasuredStart {
  R placed{0.0};  // 1: at a steady way of life that shows what was measured; 2: the same, on the other branch
  Measurements<R> deviations;  // of each latent from its median, in log_sd; 0 where not measured
  R residual{0.0};             // largest relative difference between model and measurement
  R slope{0.0};                // of A*(a) - a; a way of life with a positive one does not last
  R activity_at_rest{0.0};     // the activity that would remain without any will
};

namespace detail {

// The start on one branch; `frame` is as for personalise() and holds the start on return.
template <class R>
MeasuredStart<R> start_on(const Composition& composition, std::vector<R>& frame, const Measurements<R>& measured,
                          Branch branch, bool level_follows) {
  MeasuredStart<R> start;
  const Slot activity = composition.slot("activity"), will = composition.slot("activity_will");
  const auto level = composition.find("physical_activity_level");
  const R& a = measured[measured_activity];
  const std::vector<R> given = frame;
  const HeldAsMeasured<R> held(composition, given, measured);
  if (any(a == a)) {
    if (level && level_follows) frame[*level] = activity_level_of(a);
    composition.personalise(frame.data());
    HabitualResponse<R, HeldAsMeasured<R>> response(composition, frame, held);
    const R wanted = response(a) + a;  // what he would do is linear in his will
    frame[will] = R(0.0);
    start.activity_at_rest = response(a) + a;
    frame[will] = given[will] * (a - start.activity_at_rest) / (wanted - start.activity_at_rest);
    start.residual = abs(R(response(a) / a));
    composition.anchor(frame.data());
  } else {
    // The level depends on the way of life and that, through protein, a little on the level: a second pass settles
    // it.
    const int passes = level && level_follows ? 2 : 1;
    for (int pass = 0; pass < passes; ++pass) {
      const R lived = frame[activity];
      frame = given;
      if (pass > 0) frame[*level] = activity_level_of(lived);
      personalise(composition, frame, branch, held);
    }
  }
  std::vector<R> probe = frame;
  HabitualResponse<R> response(composition, probe);
  const R h = 1e-4 * frame[activity];
  start.slope = (response(R(frame[activity] + h)) - response(R(frame[activity] - h))) / (2.0 * h);
  R farthest(0.0);
  for (std::size_t k = 0; k < measured_quantities.size(); ++k) {
    const MeasuredQuantity& m = measured_quantities[k];
    const auto quantity = composition.find(m.quantity), latent = composition.find(m.latent);
    if (!quantity || !latent) continue;
    const auto known = measured[k] == measured[k];
    const R deviation = log(R(frame[*latent] / composition.slots()[*latent].value.men)) / m.log_sd;
    start.deviations[k] = select(known, deviation, R(0.0));
    // What is not a number is far away.
    const R away(1e3), missed = abs(R(frame[*quantity] / measured[k] - 1.0)), far = abs(start.deviations[k]);
    farthest = max(farthest, R(select(far < away, far, away)));
    start.residual = max(start.residual, R(select(known, R(select(missed < away, missed, away)), R(0.0))));
  }
  const auto good = (start.residual < 1e-9) & (farthest <= most_deviations) & (start.slope < 0.0);
  start.placed = select(good, R(1.0), R(0.0));
  return start;
}

}  // namespace detail

// Solves the start of each lane like personalise(), with latent parameters such that the model shows what was
// measured. Lanes that have no such start on `branch` get one on the other branch, if there is. `level_follows`: the
// physical activity level was not measured. Lanes do not influence each other. Needs the modules muscle, fitness,
// mobility and activity for what was measured of them.
template <class R>
MeasuredStart<R> start_as_measured(const Composition& composition, std::vector<R>& frame,
                                   const Measurements<R>& measured, Branch branch, bool level_follows) {
  std::vector<R> other = frame;
  MeasuredStart<R> start = detail::start_on(composition, frame, measured, branch, level_follows);
  const R& a = measured[measured_activity];
  if (!any(start.placed < 0.5) || any(a == a)) return start;
  const MeasuredStart<R> second = detail::start_on(
      composition, other, measured, branch == Branch::active ? Branch::inactive : Branch::active, level_follows);
  const auto better = (start.placed < 0.5) & (second.placed > 0.5);
  for (std::size_t s = 0; s < frame.size(); ++s) frame[s] = select(better, other[s], frame[s]);
  for (std::size_t k = 0; k < start.deviations.size(); ++k)
    start.deviations[k] = select(better, second.deviations[k], start.deviations[k]);
  start.residual = select(better, second.residual, start.residual);
  start.slope = select(better, second.slope, start.slope);
  start.placed = select(better, R(2.0), start.placed);
  return start;
}

}  // namespace healthspan::models
