// An agonist of the GLP-1 receptor: less is wanted, and weight that is lost calls for food less loudly.
// Semaglutide, 2.4 mg once a week. That a drug shifts what is wanted and weakens the weight feedback, with the sizes
// for the mean of the STEP 1 trial: Hall, Obesity 32:1163 (2024). What stays of it after withdrawal is fitted to
// Wilding et al., Diabetes Obes Metab 24:1553 (2022).
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Glp1 {
  static constexpr auto name = "glp1";
  static constexpr auto summary = "A GLP-1 receptor agonist shifts what is wanted and weakens the weight feedback";

  // clang-format off
  static constexpr auto M      = state    <"glp1_imprint">           (        "1",      "Dose that the body has got used to");

  static constexpr auto dose   = input    <"glp1_dose">              (0.0,    "1",      "Dose of the agonist, 1 = 2.4 mg of semaglutide a week");
  static constexpr auto need   = input    <"energy_need">            (        "kcal/d", "Energy need");

  static constexpr auto s      = parameter<"glp1_potency">           (0.48,   "1",      lognormal(1.0),  calibrated("Wilding2021", "STEP 1: -14.9 % at week 68, placebo -2.4 %; spread: SD of 9.3 points among completers, 6.1 of which are there without the drug"), "Effect of the full dose on what is wanted; half of the need at 1");
  static constexpr auto f_fb   = parameter<"glp1_weight_feedback">   (0.516,  "1",      fixed,           cited("Hall2024", "49 instead of 95 kcal/d per kg lost"), "Weight feedback on the full dose relative to that without");
  static constexpr auto p      = parameter<"glp1_persistence">       (0.85,   "1",      fixed,           calibrated("Wilding2022", "STEP 1 extension: -5.6 % a year after withdrawal"), "Share of the dose got used to that goes on acting after withdrawal");
  static constexpr auto tau    = parameter<"glp1_imprint_time">      (365.25, "d",      fixed,           assumed("habits and the weight that is defended change over a year"), "Time constant of getting used to a dose");

  static constexpr auto shift  = output   <"appetite_shift">         (        "kcal/d", "Energy that the drug takes off what is wanted");
  static constexpr auto factor = output   <"weight_feedback_factor"> (        "1",      "Weight feedback relative to that without drugs");
  // clang-format on
  static constexpr auto table = std::tuple{M, dose, need, s, f_fb, p, tau, shift, factor};

  template <class R>
  static void outputs(const Values<Glp1, R>& x, const Outputs<Glp1, R>& y) {
    const R left = max(R(x[M] - x[dose]), R(0.0));  // not rounded: no dose has to be exactly none
    const R effect = x[s] * (x[dose] + x[p] * left);
    y[shift] = x[need] * effect / (1.0 + effect);  // saturates: something is always wanted
    y[factor] = 1.0 - (1.0 - x[f_fb]) * (x[dose] + left);
  }

  template <class R>
  static void rates(const Values<Glp1, R>& x, const Rates<Glp1, R>& d) {
    d[M] = (x[dose] - x[M]) / x[tau];
  }

  template <class R>
  static void relaxation(const Values<Glp1, R>& x, const States<Glp1, R>& k) {
    k[M] = 1.0 / x[tau];
  }

  template <class R>
  static void personalise(const Values<Glp1, R>& x, const Start<Glp1, R>& s) {
    s[M] = 0.0 * x[dose];
  }
};

}  // namespace healthspan::models
