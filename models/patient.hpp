// The patient: which modules make one, and how a person at rest with himself is found to start from.
#pragma once

#include <healthspan/core/path.hpp>
#include <healthspan/models/catalog.hpp>

#include <string>
#include <vector>

namespace healthspan::models {

// Module names of the frailty patient; `country` is "japan" or "usa" and picks the life table.
std::vector<std::string> patient_modules(std::string_view country);

// The names of attributes a patient may give (inputs that no module owns and no intervention acts on).
std::vector<std::string> attribute_names();

// A composition of modules by name, in which `given` attributes are supplied from outside.
Composition compose(const std::vector<std::string>& modules, const std::vector<std::string>& given);

// When the patient has two steady ways of life, which one he leads at the start.
enum class Branch { active, inactive };

// Solves the start of each lane: constants from the attributes, then the habitual activity A at which
// A*(A) = A with everything fast settled and weight as measured, then what remembers the start. `frame` holds
// parameters and attributes. Where no such activity exists the lane's activity is NaN.
//
// Roots are bracketed on 48 points, equally spaced in log A on [0.02, 2.6]: the highest falling root is the active,
// the lowest the inactive branch. They are closed by the Illinois method; lanes do not influence each other.
template <class R>
void personalise(const Composition& composition, std::vector<R>& frame, Branch branch) {
  composition.personalise(frame.data());
  const auto activity = composition.find("activity");
  if (!activity || composition.slots()[*activity].kind != Kind::state) {
    composition.anchor(frame.data());
    return;
  }
  const Slot A = *activity;
  // Three rounds: inflammation settles first, then muscle and fitness, which read it, then activity, which reads
  // them.
  const auto response = [&](const R& a) {
    R target(0.0);
    for (int round = 0; round < 3; ++round) {
      frame[A] = a;
      composition.anchor(frame.data());
      composition.settle(frame.data());
      target = frame[A];
      frame[A] = a;
    }
    return R(target - a);
  };

  constexpr int points = 48;
  const double low = 0.02, ratio = 130.0;
  const auto grid = [&](int k) { return R(low * pow(ratio, static_cast<double>(k) / (points - 1))); };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  R left(nan), right(nan), g_left(nan), g_right(nan);
  R previous_a = grid(0), previous_g = response(previous_a);
  for (int k = 1; k < points; ++k) {
    const R a = grid(k), g = response(a);
    const auto falling = (previous_g > 0.0) & !(g > 0.0);
    const auto wanted = branch == Branch::active ? falling : falling & !(left == left);
    left = select(wanted, previous_a, left);
    right = select(wanted, a, right);
    g_left = select(wanted, previous_g, g_left);
    g_right = select(wanted, g, g_right);
    previous_a = a;
    previous_g = g;
  }
  R root = left;
  R side(0.0);  // +1: the left end moved last, -1: the right end
  for (int i = 0; i < 40; ++i) {
    const R candidate = (left * g_right - right * g_left) / (g_right - g_left);
    const auto open = (g_right < -1e-14) & (g_left > 1e-14) & (right - left > 1e-14);
    root = select(open, candidate, root);
    const R g = response(root);
    const auto above = g > 0.0;
    const auto moves_left = open & above, moves_right = open & !above;
    g_right = select(moves_right, g, select(moves_left & (side > 0.5), R(0.5 * g_right), g_right));
    g_left = select(moves_left, g, select(moves_right & (side < -0.5), R(0.5 * g_left), g_left));
    right = select(moves_right, root, right);
    left = select(moves_left, root, left);
    side = select(moves_left, R(1.0), select(moves_right, R(-1.0), side));
    if (!any(open)) break;
  }
  response(root);
  composition.anchor(frame.data());
}

}  // namespace healthspan::models
