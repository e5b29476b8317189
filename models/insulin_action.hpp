// Insulin action: fat, inactivity, loss of muscle, inflammation and age make insulin less effective, liver fat does
// so in the liver, within days of a change of diet. Own formulation, relative to the person's own start; sizes after
// the trials named in the table.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>
#include <healthspan/models/response.hpp>

namespace healthspan::models {

struct InsulinAction {
  static constexpr auto name = "insulin_action";
  static constexpr auto summary =
      "Body, activity and diet decide how well insulin works, in the periphery and in the liver";

  // clang-format off
  static constexpr auto LF     = state    <"liver_fat">             (       "1",       "Fat in the liver, relative to the start");

  static constexpr auto F      = input    <"fat_mass">              (       "kg",      "Body fat");
  static constexpr auto F0     = input    <"fat_mass_at_start">     (       "kg",      "Body fat at the start");
  static constexpr auto A      = input    <"activity">              (       "1",       "Habitual activity");
  static constexpr auto R_aer  = input    <"aerobic_dose">          (0.0,   "1",       "Aerobic training, 1 = full trial programme");
  static constexpr auto MM     = input    <"muscle_mass">           (       "kg",      "Muscle cell mass");
  static constexpr auto J      = input    <"inflammation">          (       "1",       "Inflammation");
  static constexpr auto EI     = input    <"energy_intake">         (       "kcal/d",  "Metabolisable energy eaten");
  static constexpr auto EE     = input    <"energy_expenditure">    (       "kcal/d",  "Total energy expenditure");
  static constexpr auto age    = input    <"age">                   (       "y",       "Age");
  static constexpr auto age0   = input    <"age_at_start">          (       "y",       "Age at the start");
  static constexpr auto S_0    = input    <"peripheral_sensitivity_at_start">(0.8, "ml/uU/d", "Peripheral sensitivity at the start");
  static constexpr auto hS_0   = input    <"hepatic_sensitivity_at_start">   (1.0, "ml/uU",   "Hepatic sensitivity at the start");
  static constexpr auto f_drug = input    <"sensitivity_drug_factor">(1.0,  "1",       "Factor of a drug on peripheral sensitivity");

  static constexpr auto n_F    = parameter<"sensitivity_fat_power"> (0.94,   "1",   lognormal(0.3), calibrated("Hamman2006", "hazard ratio of diabetes 0.42 per 5 kg lost"), "Power of fat in the loss of peripheral sensitivity");
  static constexpr auto a_0    = parameter<"sensitivity_at_rest">   (0.30,  "1",   fixed,          calibrated("Breen2013", "14 days of few steps: insulin sensitivity -43 %"), "Peripheral sensitivity in bed rest");
  static constexpr auto K_a    = parameter<"sensitivity_half_activity">(1.0, "1",  fixed,          assumed("shape"),                                           "Activity scale of peripheral sensitivity");
  static constexpr auto e_aer  = parameter<"sensitivity_training">  (0.40,  "1",   lognormal(0.5), cited("Houmard2004", "115 min a week at 65 to 80 % of peak oxygen uptake: about +40 %; the spread is that of fitness"), "Gain of peripheral sensitivity by the full aerobic programme");
  static constexpr auto c_J    = parameter<"inflammatory_resistance">(0.05, "1",   fixed,          assumed("a third less in acute infection"),                 "Loss of peripheral sensitivity per unit of inflammation");
  static constexpr auto d_age  = parameter<"sensitivity_ageing">    (0.0025, "1/y", fixed,         assumed("a few per cent per decade, where fat does not grow"), "Yearly loss of both sensitivities that nothing else explains");
  static constexpr auto n_L    = parameter<"liver_fat_power">       (2.0,   "1",   fixed,          assumed("liver fat falls faster than body fat"),            "Power of body fat in liver fat");
  static constexpr auto c_E    = parameter<"liver_fat_energy_balance">(1.5, "1",   fixed,          calibrated("Lim2011", "600 kcal/d: liver fat -30 % in 1 week, -70 % in 8"), "Logarithm of liver fat per relative energy balance");
  static constexpr auto tau_L  = parameter<"liver_fat_time">        (10.0,  "d",   fixed,          calibrated("Lim2011", "same"),                              "Time constant of liver fat");
  static constexpr auto n_h    = parameter<"hepatic_sensitivity_power">(0.35, "1",  lognormal(0.3), assumed("liver fat halves the effect of insulin on the liver when it grows sevenfold; with 1 a weight loss does too much"), "Power of liver fat in the loss of hepatic sensitivity");

  static constexpr auto A0     = constant <"activity_of_sensitivity">     ("1",        "Activity at the start");
  static constexpr auto MM0    = constant <"muscle_mass_of_sensitivity">  ("kg",       "Muscle cell mass at the start");
  static constexpr auto J0     = constant <"inflammation_of_sensitivity"> ("1",        "Inflammation at the start");

  static constexpr auto S      = output   <"peripheral_sensitivity">("ml/uU/d",        "Glucose uptake per insulin");
  static constexpr auto hS     = output   <"hepatic_sensitivity">   ("ml/uU",          "Effect of insulin on the liver");
  // clang-format on
  static constexpr auto table =
      std::tuple{LF,    F,   F0,  A,   MM,    J,   EI,  EE,    age, age0, S_0, hS_0, f_drug, n_F, R_aer,
                 e_aer, a_0, K_a, c_J, d_age, n_L, c_E, tau_L, n_h, A0,   MM0, J0,   S,      hS};

  template <class R>
  static void outputs(const Values<InsulinAction, R>& x, const Outputs<InsulinAction, R>& y) {
    const R aged = exp(R(-x[d_age] * (x[age] - x[age0])));
    const R active = activity_effect(x[A], x[a_0], x[K_a]) / activity_effect(x[A0], x[a_0], x[K_a]);
    const R inflamed = (1.0 + x[c_J] * x[J0]) / (1.0 + x[c_J] * x[J]);
    const R trained = 1.0 + x[e_aer] * x[R_aer];
    y[S] = x[S_0] * x[f_drug] * aged * power(R(x[F] / x[F0]), R(-x[n_F])) * active * trained * (x[MM] / x[MM0]) *
           inflamed;
    y[hS] = x[hS_0] * aged * power(x[LF], R(-x[n_h]));
  }

  template <class R>
  static R target(const Values<InsulinAction, R>& x) {
    return power(R(x[F] / x[F0]), x[n_L]) * exp(R(x[c_E] * (x[EI] - x[EE]) / x[EE]));
  }

  template <class R>
  static void rates(const Values<InsulinAction, R>& x, const Rates<InsulinAction, R>& d) {
    d[LF] = (target(x) - x[LF]) / x[tau_L];
  }

  template <class R>
  static void relaxation(const Values<InsulinAction, R>& x, const States<InsulinAction, R>& k) {
    k[LF] = 1.0 / x[tau_L];
  }

  template <class R>
  static void settle(const Values<InsulinAction, R>& x, const States<InsulinAction, R>& s) {
    s[LF] = target(x);
  }

  template <class R>
  static void anchor(const Values<InsulinAction, R>& x, const Start<InsulinAction, R>& s) {
    s[LF] = R(1.0);
    s[A0] = x[A];
    s[MM0] = x[MM];
    s[J0] = x[J];
  }
};

}  // namespace healthspan::models
