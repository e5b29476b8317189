// The patient: which modules make one, and how a person at rest with himself is found to start from.
#pragma once

#include <healthspan/core/path.hpp>
#include <healthspan/models/catalog.hpp>

#include <array>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace healthspan::models {

// Module names of the frailty patient; `country` is "japan" or "usa" and picks the life table.
std::vector<std::string> patient_modules(std::string_view country);

// Organs that the frailty patient may have besides: what a scenario adds by one name, and the modules it stands for.
//   circulation_system    blood pressure, lipids, kidneys, smoking
//   cardiovascular_system events of heart and brain, what drugs do to them, and whether diabetes is known
//   glucose_system        insulin action, glucose and beta cells, HbA1c, the glucose tolerance test
//   glucose_system_topp   the same with another structure of glucose and beta cells
const std::map<std::string, std::vector<std::string>>& module_groups();

// The names of attributes a patient may give (inputs that no module owns and no intervention acts on).
std::vector<std::string> attribute_names();

// A composition of modules by name, in which `given` attributes are supplied from outside.
Composition compose(const std::vector<std::string>& modules, const std::vector<std::string>& given);

// When the patient has two steady ways of life, which one he leads at the start.
enum class Branch { active, inactive };

// Nothing is held while a start is looked for.
struct NothingHeld {
  // Inflammation and neural quality settle in the first round, muscle and fitness, which read them, in the second,
  // and activity, which reads those, in the third.
  static constexpr int rounds = 3;
  template <class R>
  void reset(std::vector<R>&) const {}
};

// What a person at rest with himself would come to do, if he did a: A*(a), with everything fast settled, weight as
// measured and intake in balance. `Held` may hold measured quantities by their latent parameters. The same a gives
// the same bits, whatever came before.
template <class R, class Held = NothingHeld>
class HabitualResponse {
 public:
  HabitualResponse(const Composition& composition, std::vector<R>& frame, const Held& held = {})
      : composition_(composition),
        frame_(frame),
        held_(held),
        A_(composition.slot("activity")),
        A_start_(composition.slot("activity_at_start")),
        muscle_(composition.slot("muscle_index")),
        muscle_start_(composition.slot("muscle_index_at_start")),
        intake_(composition.slot("appetite")),
        intake_start_(frame[intake_]),
        settled_(composition.states()) {}

  // A*(a) - a.
  R operator()(const R& a) {
    held_.reset(frame_);
    R target(0.0);
    for (int round = 0; round < Held::rounds; ++round) {
      frame_[A_] = frame_[A_start_] = a;
      frame_[muscle_start_] = frame_[muscle_];
      frame_[intake_] = intake_start_;
      composition_.settle(frame_.data(), settled_.data());
      target = settled_[A_];
      for (std::size_t i = 0; i < settled_.size(); ++i) frame_[i] = settled_[i];
      if constexpr (!std::is_same_v<Held, NothingHeld>) {
        // As it would be at rest there, which is what the measured quantities are read off.
        frame_[A_] = a;
        frame_[muscle_start_] = frame_[muscle_];
        frame_[intake_] = intake_start_;
        held_.hold(composition_, frame_);
      }
    }
    frame_[A_] = a;
    frame_[intake_] = intake_start_;
    return R(target - a);
  }

 private:
  const Composition& composition_;
  std::vector<R>& frame_;
  Held held_;
  Slot A_, A_start_, muscle_, muscle_start_, intake_;
  R intake_start_;
  std::vector<R> settled_;
};

// Solves the start of each lane: constants from the attributes, then the habitual activity a at which A*(a) = a with
// everything fast settled, weight as measured and intake in balance, then what remembers the start. `frame` holds
// parameters and attributes.
//
// The floor of activity and the floor plus the will bracket every root. A*(a) - a is sampled on 48 points, equally
// spaced in log a; the active branch is the highest falling root, the inactive the lowest. A pair of roots next to a
// fold can hide between samples, so the extremum that comes nearest to zero before the first root is refined. Roots
// are closed by the Illinois method. Lanes do not influence each other.
template <class R, class Held = NothingHeld>
void personalise(const Composition& composition, std::vector<R>& frame, Branch branch, const Held& held = {}) {
  composition.personalise(frame.data());
  const auto activity = composition.find("activity");
  if (!activity || composition.slots()[*activity].kind != Kind::state) {
    composition.anchor(frame.data());
    return;
  }
  HabitualResponse<R, Held> response(composition, frame, held);

  constexpr int points = 48;
  const R low = 0.5 * frame[composition.slot("activity_floor")];
  const R high = 2.1 * low + 1.05 * frame[composition.slot("activity_will")];
  const R log_ratio = log(R(high / low));
  std::array<R, points> a, g;
  for (int k = 0; k < points; ++k) {
    a[static_cast<std::size_t>(k)] = low * exp(R(log_ratio * (static_cast<double>(k) / (points - 1))));
    g[static_cast<std::size_t>(k)] = response(a[static_cast<std::size_t>(k)]);
  }
  // Walk from the wanted end. `sign` makes the side of zero that the walk starts on negative.
  const double sign = branch == Branch::active ? 1.0 : -1.0;
  const auto at = [&](int step) {
    return static_cast<std::size_t>(branch == Branch::active ? points - 1 - step : step);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  R near(nan), far(nan), g_near(nan), g_far(nan);      // bracket: `near` is met first on the walk
  R before(nan), centre(nan), after(nan), best(-1e9);  // the nearest extremum met before it
  for (int step = 1; step < points; ++step) {
    const R here = sign * g[at(step)], last = sign * g[at(step - 1)];
    const auto open = !finite(near);
    const auto crosses = open & !(last > 0.0) & (here > 0.0);
    near = select(crosses, a[at(step - 1)], near);
    far = select(crosses, a[at(step)], far);
    g_near = select(crosses, g[at(step - 1)], g_near);
    g_far = select(crosses, g[at(step)], g_far);
    if (step + 1 == points) break;
    const R next = sign * g[at(step + 1)];
    const auto hidden = open & !crosses & (here < 0.0) & (here > last) & (here > next) & (here > best);
    before = select(hidden, a[at(step - 1)], before);
    centre = select(hidden, a[at(step)], centre);
    after = select(hidden, a[at(step + 1)], after);
    best = select(hidden, here, best);
  }
  const auto has_centre = finite(centre);
  if (any(has_centre)) {
    // Golden section towards the extremum of sign * g between `before` and `after`.
    const double golden = 0.6180339887498949;
    before = select(has_centre, before, low);
    R left = before, right = select(has_centre, after, high);
    for (int i = 0; i < 24; ++i) {
      const R x1 = right - golden * (right - left), x2 = left + golden * (right - left);
      const auto up = sign * response(x1) > sign * response(x2);
      right = select(up, x2, right);
      left = select(up, left, x1);
    }
    const R top = 0.5 * (left + right), g_top = response(top);
    const auto found = has_centre & (sign * g_top > 0.0);
    near = select(found, before, near);
    g_near = select(found, response(before), g_near);
    far = select(found, top, far);
    g_far = select(found, g_top, g_far);
  }

  R root = near;
  R side(0.0);  // +1: `near` moved last, -1: `far` did
  for (int i = 0; i < 60; ++i) {
    const auto open = (sign * g_near < -1e-15) & (sign * g_far > 1e-15) & (abs(far - near) > 1e-15);
    if (!any(open)) break;
    root = select(open, R((near * g_far - far * g_near) / (g_far - g_near)), root);
    const R g_root = response(root);
    const auto at_near = open & !(sign * g_root > 0.0), at_far = open & (sign * g_root > 0.0);
    g_far = select(at_far, g_root, select(at_near & (side > 0.5), R(0.5 * g_far), g_far));
    g_near = select(at_near, g_root, select(at_far & (side < -0.5), R(0.5 * g_near), g_near));
    far = select(at_far, root, far);
    near = select(at_near, root, near);
    side = select(at_near, R(1.0), select(at_far, R(-1.0), side));
  }
  response(root);
  composition.anchor(frame.data());
}

}  // namespace healthspan::models
