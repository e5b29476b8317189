// Is this patient's frailty spiral a real trap? All steady ways of life of one patient, found exactly.
//
// With age, deficits and the reference weight held still, every fast state is an explicit function of habitual
// activity A, but for fat, which follows from one scalar balance. So the whole fast system reduces to the scalar map
// g(A) = A*(A) - A: its roots are exactly the equilibria, falling roots stable, rising roots saddles.
#pragma once

#include <healthspan/core/composition.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace healthspan::models {

struct Equilibrium {
  double activity;
  double strength;
  double body_weight;
  bool stable;
};

enum class SpiralClass {
  monostable,  // one way of life, and it pulls
  near_fold,   // one way of life, with the ghost of another: recovery is slow (a gap of at most `near`)
  bistable,    // an active and an inactive way of life, each stable
};
std::string_view to_string(SpiralClass c);

struct SpiralReport {
  SpiralClass kind;
  std::vector<Equilibrium> equilibria;  // by falling activity
  // Extremum of g nearest to zero: how far the patient is from gaining or losing a way of life; NaN if g is monotone.
  double gap;
  // Time constant of the slowest mode of the {muscle, quality, fitness, activity, inflammation} block at the highest
  // stable equilibrium, days. The weight mode (170-190 d) would hide it in the spectrum of the whole system.
  double loop_mode_d;
};

// `frame` is a personalised frame of the composition (scalar). A gap of at most `near` counts as near a fold.
// Throws Error(composition) when the composition lacks the modules of the spiral.
SpiralReport analyse_spiral(const Composition& composition, const std::vector<double>& frame, double near = 0.03);

// Days after discharge from the standard stay (14 days, illness 6, then 14 days at 2.4) until 90 % of the activity
// lost against the path without a stay is regained, with ageing on. Nothing if not within ten years, or if before
// that the path without a stay has itself fallen to half of its activity, or if the stay takes less than 0.1 of
// activity.
std::optional<double> recovery_time_d(const Composition& composition, const std::vector<double>& frame);

// The scalar map itself: everything but activity settled at a given activity, weight in balance too.
class ScalarMap {
 public:
  ScalarMap(const Composition& composition, const std::vector<double>& frame);
  // A*(a) - a, with the settled states to about `tolerance` (relative). Leaves frame() settled there.
  double g(double activity, double tolerance);
  const std::vector<double>& frame() const { return frame_; }

 private:
  // Rate of fat at this fat and activity with everything else settled.
  double balance(double fat, double activity, double tolerance);
  const Composition& composition_;
  std::vector<double> frame_, rates_, settled_;
  Slot activity_, fat_, intake_, muscle_;
  double fat_guess_, fat_slope_ = -1e-3;  // slope of the balance: about one over its time constant in days
};

}  // namespace healthspan::models
