// Ways through time: what moves the states of a life, or of a pack of lives, by one step each.
#pragma once

#include <healthspan/core/composition.hpp>
#include <healthspan/core/etdrk4.hpp>
#include <healthspan/core/rosenbrock.hpp>
#include <healthspan/core/schedule.hpp>

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/stepper/generation/make_controlled.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace healthspan {

// The right-hand side as steppers want it; the states go through the frame it is given.
template <class R>
class RightHandSide {
 public:
  RightHandSide(const Composition& composition, std::vector<R>& frame) : composition_(&composition), frame_(&frame) {
    clock(composition.time(), R(0.0));
  }
  // An input that runs with time: it is t - origin.
  void clock(Slot slot, const R& origin) {
    for (auto& [known, start] : clocks_)
      if (known == slot) {
        start = origin;
        return;
      }
    clocks_.emplace_back(slot, origin);
  }
  void place(const std::vector<R>& x, const R& t) const {
    std::copy(x.begin(), x.end(), frame_->begin());
    for (const auto& [slot, origin] : clocks_) (*frame_)[slot] = t - origin;
  }
  void operator()(const std::vector<R>& x, std::vector<R>& dxdt, const R& t) const {
    place(x, t);
    composition_->right_hand_side(frame_->data(), dxdt.data());
  }

 private:
  const Composition* composition_;
  std::vector<R>* frame_;
  std::vector<std::pair<Slot, R>> clocks_;
};

template <class R>
using LaneTimes = std::array<double, static_cast<std::size_t>(lanes_of<R>)>;

// Fixed steps of the exponential Runge-Kutta stepper, in lanes that each have their own.
template <class R>
class LanePath {
 public:
  explicit LanePath(const Composition& composition) : composition_(composition), constants_(composition.states()) {}

  // To be called for a lane that starts, and whenever one of its inputs has changed; `life` is its frame.
  void restart(int i, const std::vector<double>& life) {
    composition_.relaxation(life.data(), constants_.data());
    stepper_.relax(i, constants_);
  }
  // Moves the states `x` of every lane from its time t by its step; `rates` are those at the beginning.
  void advance(const RightHandSide<R>& system, std::vector<R>& x, const std::vector<R>& rates, const R& t,
               const LaneTimes<R>& steps_d) {
    for (int i = 0; i < lanes_of<R>; ++i) stepper_.set_step(i, steps_d[static_cast<std::size_t>(i)]);
    stepper_.do_step(system, x, rates, t);
  }
  // What a path would have to remember between steps so that a life can be resumed: nothing.
  double memory() const { return 0; }
  void remember(double) {}

 private:
  const Composition& composition_;
  Etdrk4<R> stepper_;
  std::vector<double> constants_;
};

using DormandPrince =
    boost::numeric::odeint::controlled_runge_kutta<boost::numeric::odeint::runge_kutta_dopri5<std::vector<double>>>;

// Adaptive steps in double precision, for modules that declare no relaxation and as the reference.
template <class Stepper>
class AdaptivePath {
 public:
  // Absolute tolerances are a thousandth of the relative one, in the units of the states.
  AdaptivePath(const Composition& composition, double relative_tolerance)
      : composition_(composition), tolerance_(relative_tolerance) {}

  void restart(int, const std::vector<double>&) { step_d_ = first_step_d; }
  void advance(const RightHandSide<double>& system, std::vector<double>& x, const std::vector<double>&, double t,
               const LaneTimes<double>& steps_d) {
    Stepper stepper = make(static_cast<Stepper*>(nullptr));  // an old one remembers a derivative, which may be stale
    const double end = t + steps_d[0];
    while (t < end) {
      double h = std::min(step_d_, end - t);
      const bool cut = h < step_d_;
      if (t + h > end || end - (t + h) < 1e-9) h = end - t;
      const double tried = h;
      const auto result = stepper.try_step(boost::cref(system), x, t, h);
      if (result == boost::numeric::odeint::success) {
        if (end - t < 1e-9) t = end;
        if (!cut || h > step_d_) step_d_ = h;
      } else {
        step_d_ = h;
        if (!(tried > 1e-10)) {  // no progress: give up on this life, its states are marked as not finite
          std::fill(x.begin(), x.end(), std::numeric_limits<double>::quiet_NaN());
          return;
        }
      }
    }
  }
  double memory() const { return step_d_; }
  // A step that leads nowhere can only come from a snapshot that no run has written.
  void remember(double step_d) { step_d_ = step_d > 0 ? step_d : first_step_d; }

 private:
  static constexpr double first_step_d = 0.1;
  DormandPrince make(DormandPrince*) const {
    return boost::numeric::odeint::make_controlled<boost::numeric::odeint::runge_kutta_dopri5<std::vector<double>>>(
        tolerance_ * 1e-3, tolerance_);
  }
  Rosenbrock4 make(Rosenbrock4*) const { return Rosenbrock4(tolerance_ * 1e-3, tolerance_); }

  const Composition& composition_;
  double tolerance_;
  double step_d_ = first_step_d;
};

using ReferencePath = AdaptivePath<DormandPrince>;
using StiffPath = AdaptivePath<Rosenbrock4>;

// Where in [0, 1] of a step the integrated hazard reaches `threshold`: root of the cubic through both ends with
// their slopes (per step). The integral never falls, so the root is bracketed; bisection guards Newton.
double crossing(double start, double end, double start_slope, double end_slope, double threshold);

// Carries a pack of lives to which nothing happens by chance along the legs of a schedule that all of them share.
// `frame` is personalised; `report(index, frame)` sees it at each report time with its outputs up to date.
template <class R, class Path, class Report>
void follow(const Composition& composition, const Schedule& schedule, const std::vector<Leg>& legs, Path& path,
            std::vector<R>& frame, Report&& report) {
  const std::vector<R> base = frame;
  std::vector<R> before, x, rates(composition.states());
  std::vector<double> life(frame.size());
  const auto restart = [&] {
    for (int i = 0; i < lanes_of<R>; ++i) {
      for (std::size_t s = 0; s < frame.size(); ++s) life[s] = lane(frame[s], i);
      path.restart(i, life);
    }
  };
  const RightHandSide<R> system(composition, frame);
  composition.outputs(frame.data());
  restart();
  for (const Leg& leg : legs) {
    if (leg.switch_index >= 0) {
      composition.outputs(frame.data());
      before = frame;
      schedule.apply(static_cast<std::size_t>(leg.switch_index), base, frame);
      composition.at_switch(before.data(), frame.data());
      restart();
    }
    x.assign(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(composition.states()));
    LaneTimes<R> steps_d;
    steps_d.fill(leg.length_d);
    system(x, rates, R(leg.begin_d));
    path.advance(system, x, rates, R(leg.begin_d), steps_d);
    system.place(x, R(leg.begin_d + leg.length_d));
    if (leg.report_index >= 0) {
      composition.outputs(frame.data());
      report(static_cast<std::size_t>(leg.report_index), frame);
    }
  }
}

}  // namespace healthspan
