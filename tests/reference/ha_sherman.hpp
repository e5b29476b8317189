// What the tests of Ha & Sherman's equations share: modules that drive and watch them, and their way through time.
#pragma once

#include "compiled.hpp"
#include "protocols.hpp"

#include <healthspan/core/path.hpp>
#include <healthspan/models/glucose.hpp>

#include <map>

namespace healthspan::tests {

using models::Glucose;
using models::HaShermanFull;

// A module of these tests: sums up glucose, for its mean over a day.
struct GlucoseLedger : OfThisTest {
  static constexpr auto name = "glucose_ledger";
  static constexpr auto summary = "Sums up glucose";
  static constexpr auto sum = state<"glucose_days">("mg*d/dl", "Glucose times time");
  static constexpr auto G = input<"glucose">("mg/dl", "Glucose");
  static constexpr auto table = std::tuple{sum, G};
  template <class R>
  static void rates(const Values<GlucoseLedger, R>& x, const Rates<GlucoseLedger, R>& d) {
    d[sum] = x[G];
  }
};

// A module of these tests: sensitivities that go where the paper sends them.
struct SensitivityForced : OfThisTest {
  static constexpr auto name = "sensitivity_forced";
  static constexpr auto summary = "Sensitivities that go to their targets";
  using Full = HaShermanFull;
  static constexpr auto S_I = state<"peripheral_sensitivity">("ml/uU/d", "Glucose uptake per insulin");
  static constexpr auto hS_I = state<"hepatic_sensitivity">("ml/uU", "Effect of insulin on the liver");
  static constexpr auto table = std::tuple{S_I, hS_I, Full::S_end, Full::h_end, Full::tau_S, Full::tau_h};
  template <class R>
  static void rates(const Values<SensitivityForced, R>& x, const Rates<SensitivityForced, R>& d) {
    d[S_I] = (x[Full::S_end] - x[S_I]) / x[Full::tau_S];
    d[hS_I] = (x[Full::h_end] - x[hS_I]) / x[Full::tau_h];
  }
  template <class R>
  static void relaxation(const Values<SensitivityForced, R>& x, const States<SensitivityForced, R>& k) {
    k[S_I] = 1.0 / x[Full::tau_S];
    k[hS_I] = 1.0 / x[Full::tau_h];
  }
};

template <class... M>
const Composition& composed() {
  static const Composition composition({&compiled<M>()...}, {"peripheral_sensitivity", "hepatic_sensitivity"});
  return composition;
}

inline std::vector<double> frame_of(const Composition& composition, const Settings& settings) {
  std::vector<double> frame = composition.medians(true);
  composition.personalise(frame.data());
  for (const auto& [name, value] : settings) frame[composition.slot(name)] = value;
  return frame;
}

inline Settings joined(Settings a, const Settings& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

using Found = std::map<std::string, double>;

// Each meal begins sharply: every leg ends where one does.
inline std::vector<Found> lived(const Composition& composition, const Settings& settings,
                                const std::vector<double>& days, double tolerance,
                                const std::vector<std::string>& names) {
  std::vector<double> life = frame_of(composition, settings);
  StiffPath path(composition, tolerance);
  std::vector<Found> found;
  follow(composition, Schedule(composition, {}, days.back()), lay_legs({}, days, 0.25), path, life,
         [&](std::size_t, const std::vector<double>& at) {
           found.emplace_back();
           for (const std::string& name : names) found.back()[name] = at[composition.slot(name)];
         });
  return found;
}

// The averaged model with the paper's parameters and the paper's healthy start.
inline const Settings as_in_the_paper{{"renal_glucose_clearance", 0},  {"beta_cell_mass_at_start", 1533.917937647322},
                                      {"beta_cell_log_mass", 0},       {"beta_cell_capacity", 1},
                                      {"beta_cell_decline", 0},        {"beta_cell_loss", 0},
                                      {"glucotoxic_width", 0.02},      {"beta_cell_turnover_at_rest", 0},
                                      {"beta_cell_function", 1},       {"channel_shift", -0.07663502752199285},
                                      {"peripheral_sensitivity", 0.8}, {"hepatic_sensitivity", 1}};

}  // namespace healthspan::tests
