// Ways through time. A path carries one frame (a life, or a pack of lives) over one leg after the other; Odeint
// drives every step.
#pragma once

#include <healthspan/core/composition.hpp>
#include <healthspan/core/etdrk4.hpp>
#include <healthspan/core/schedule.hpp>

#include <boost/numeric/odeint/integrate/integrate_n_steps.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/stepper/generation/make_controlled.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <array>
#include <limits>
#include <vector>

namespace healthspan {

template <class R>
inline constexpr int lanes_of = 1;
template <int W>
inline constexpr int lanes_of<Pack<W>> = W;

inline double lane(double value, int) { return value; }
template <int W>
double lane(const Pack<W>& value, int i) {
  return value[i];
}
inline void set_lane(double& value, int, double number) { value = number; }
template <int W>
void set_lane(Pack<W>& value, int i, double number) {
  value.set(i, number);
}

// The right-hand side as Odeint wants it; the states go through the frame it is given.
template <class R>
class RightHandSide {
 public:
  RightHandSide(const Composition& composition, std::vector<R>& frame) : composition_(&composition), frame_(&frame) {}
  void operator()(const std::vector<R>& x, std::vector<R>& dxdt, double t) const {
    std::copy(x.begin(), x.end(), frame_->begin());
    (*frame_)[composition_->time()] = R(t);
    composition_->right_hand_side(frame_->data(), dxdt.data());
  }

 private:
  const Composition* composition_;
  std::vector<R>* frame_;
};

// Fixed steps of the exponential Runge-Kutta stepper, in lanes.
template <class R>
class LanePath {
 public:
  explicit LanePath(const Composition& composition) : composition_(composition) {}

  // To be called at the start and whenever an input has changed.
  void restart(const std::vector<R>& frame) {
    constants_.resize(composition_.states());
    composition_.relaxation(frame.data(), constants_.data());
    stepper_.relax(constants_);
  }
  // On return the states of `frame` are those at the end; its outputs are out of date.
  void advance(std::vector<R>& frame, const Leg& leg) {
    x_.assign(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(composition_.states()));
    const RightHandSide<R> system(composition_, frame);
    boost::numeric::odeint::integrate_n_steps(boost::ref(stepper_), boost::cref(system), x_, leg.begin_d,
                                              leg.length_d, 1);
    std::copy(x_.begin(), x_.end(), frame.begin());
    frame[composition_.time()] = R(leg.begin_d + leg.length_d);
  }
  // Rates at the beginning of the last leg, for hazards.
  const std::vector<R>& first_rates() const { return stepper_.first_rates(); }

 private:
  const Composition& composition_;
  Etdrk4<R> stepper_;
  std::vector<R> constants_, x_;
};

// Adaptive Dormand-Prince in double precision: the reference, and the path of modules that declare no relaxation.
class ReferencePath {
 public:
  ReferencePath(const Composition& composition, double relative_tolerance)
      : composition_(composition), tolerance_(relative_tolerance), stepper_(make()) {}

  void restart(const std::vector<double>&) {
    stepper_ = make();  // the stepper remembers the last derivative, which a switch makes stale
    step_d_ = 0.1;
  }
  void advance(std::vector<double>& frame, const Leg& leg) {
    x_.assign(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(composition_.states()));
    first_.resize(x_.size());
    const RightHandSide<double> system(composition_, frame);
    system(x_, first_, leg.begin_d);
    double t = leg.begin_d;
    const double end = leg.begin_d + leg.length_d;
    while (t < end) {
      double h = std::min(step_d_, end - t);
      const bool cut = h < step_d_;
      if (t + h > end || end - (t + h) < 1e-9) h = end - t;
      const double tried = h;
      const auto result = stepper_.try_step(boost::cref(system), x_, t, h);
      if (result == boost::numeric::odeint::success) {
        if (end - t < 1e-9) t = end;
        if (!cut || h > step_d_) step_d_ = h;
      } else {
        step_d_ = h;
        if (!(tried > 1e-10)) {  // no progress: give up on this life, its states are marked as not finite
          std::fill(x_.begin(), x_.end(), std::numeric_limits<double>::quiet_NaN());
          t = end;
        }
      }
    }
    std::copy(x_.begin(), x_.end(), frame.begin());
    frame[composition_.time()] = end;
  }
  const std::vector<double>& first_rates() const { return first_; }

 private:
  using Stepper =
      boost::numeric::odeint::controlled_runge_kutta<boost::numeric::odeint::runge_kutta_dopri5<std::vector<double>>>;
  Stepper make() const {
    return boost::numeric::odeint::make_controlled<boost::numeric::odeint::runge_kutta_dopri5<std::vector<double>>>(
        tolerance_ * 1e-3, tolerance_);
  }

  const Composition& composition_;
  double tolerance_;
  Stepper stepper_;
  double step_d_ = 0.1;
  std::vector<double> x_, first_;
};

// Where in [0, 1] of a step the integrated hazard reaches `threshold`: root of the cubic through both ends with
// their slopes (per step). The integral never falls, so the root is bracketed; bisection guards Newton.
double crossing(double start, double end, double start_slope, double end_slope, double threshold);

// Carries a frame along the legs of a schedule. `frame` is personalised; `report(index, frame)` sees it at each
// report time with its outputs up to date; `crossed(hazard, lane, time_d)` is told when lane i's hazard reaches
// thresholds[hazard]; it returns true once nobody in the frame is left to follow.
template <class R, class Path, class Report, class Crossed>
void follow(const Composition& composition, const Schedule& schedule, const std::vector<Leg>& legs, Path& path,
            std::vector<R>& frame, const std::vector<R>& thresholds, Report&& report, Crossed&& crossed) {
  const std::vector<R> base = frame;
  std::vector<R> before, hazard_start(composition.hazards().size()), end_rates(composition.states());
  composition.outputs(frame.data());
  path.restart(frame);
  for (const Leg& leg : legs) {
    if (leg.switch_index >= 0) {
      composition.outputs(frame.data());
      before = frame;
      schedule.apply(static_cast<std::size_t>(leg.switch_index), base, frame);
      composition.at_switch(before.data(), frame.data());
      path.restart(frame);
    }
    for (std::size_t k = 0; k < hazard_start.size(); ++k) hazard_start[k] = frame[composition.hazards()[k]];
    path.advance(frame, leg);

    bool nobody_left = false;
    for (std::size_t k = 0; k < hazard_start.size(); ++k) {
      const Slot slot = composition.hazards()[k];
      bool have_end = false;
      for (int i = 0; i < lanes_of<R>; ++i) {
        const double start = lane(hazard_start[k], i), end = lane(frame[slot], i), bar = lane(thresholds[k], i);
        if (!(start < bar && bar <= end)) continue;
        if (!have_end) composition.right_hand_side(frame.data(), end_rates.data());
        have_end = true;
        const double share = crossing(start, end, lane(path.first_rates()[slot], i) * leg.length_d,
                                      lane(end_rates[slot], i) * leg.length_d, bar);
        // The leg's other hazards are still told, so that the earliest event counts, whoever else is in the frame.
        if (crossed(k, i, leg.begin_d + share * leg.length_d)) nobody_left = true;
      }
    }
    if (nobody_left) return;
    if (leg.report_index >= 0) {
      composition.outputs(frame.data());
      report(static_cast<std::size_t>(leg.report_index), frame);
    }
  }
}

}  // namespace healthspan
