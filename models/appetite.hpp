// Appetite: eats what is needed, less in illness, exhaustion, inactivity and under drugs, more when weight is lost.
// Weight feedback: Polidori et al., Obesity 24:2289 (2016); its fading with age and the anorexia terms follow
// Roberts et al., JAMA 272:1601 (1994) and Giezenaar et al., Nutrients 8:28 (2016) in direction and size.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>

namespace healthspan::models {

struct Appetite {
  static constexpr auto name = "appetite";
  static constexpr auto summary = "Eats what is needed, less in illness and inactivity, more when weight is lost";

  // clang-format off
  static constexpr auto I      = state    <"appetite">              (       "kcal/d",    "Energy that appetite asks for");

  static constexpr auto need   = input    <"energy_need">           (       "kcal/d",    "Energy need");
  static constexpr auto EI0    = input    <"energy_intake_at_start">(       "kcal/d",    "Intake that balances expenditure at the start");
  static constexpr auto BW     = input    <"body_weight">           (       "kg",        "Body weight");
  static constexpr auto BW0    = input    <"weight_at_start">       (       "kg",        "Body weight at the start");
  static constexpr auto e      = input    <"walking_effort">        (       "1",         "Share of aerobic capacity that walking takes");
  static constexpr auto J      = input    <"inflammation">          (       "1",         "Inflammation");
  static constexpr auto A      = input    <"activity">              (       "1",         "Habitual activity");
  static constexpr auto age    = input    <"age">                   (       "y",         "Age");

  static constexpr auto treat  = input    <"treatment_appetite">    (0.0,   "kcal/d",    "Energy that drugs for glucose add to what is wanted");
  static constexpr auto shift  = input    <"appetite_shift">        (0.0,   "kcal/d",    "Energy that a drug takes off what is wanted");
  static constexpr auto f_fb   = input    <"weight_feedback_factor">(1.0,   "1",         "Weight feedback relative to that without drugs");
  static constexpr auto eaten  = input    <"appetite_followed">     (1.0,   "1",         "Share of a change of appetite that is eaten");

  static constexpr auto chi    = parameter<"need_following">        (1.0,   "1",         fixed,          assumed("appetite follows the change of need fully"), "Share of a change of need that appetite follows");
  static constexpr auto k_fb   = parameter<"weight_feedback">       (95.0,  "kcal/d/kg", lognormal(0.15), cited("Polidori2016", "95 kcal/d per kg"),  "Extra appetite per kg of weight lost, in the young");
  static constexpr auto fade   = parameter<"weight_feedback_fading">(0.85,  "1",         fixed,          calibrated("Roberts1994", "older men do not eat back a loss: 3-5 % of weight lost in two inactive years"), "Share of the feedback that is lost in old age");
  static constexpr auto a_fade = parameter<"fading_age">            (72.0,  "y",         fixed,          calibrated("Roberts1994", "same"), "Age at which half of the fading has happened");
  static constexpr auto w_fade = parameter<"fading_width">          (5.0,   "y",         fixed,          calibrated("Roberts1994", "same"), "Width of the fading in age");
  static constexpr auto a_J    = parameter<"illness_anorexia">      (0.10,  "1",         lognormal(0.2), assumed("intake -30 to -50 % in acute illness"),      "Anorexia per unit of inflammation");
  static constexpr auto a_E    = parameter<"exhaustion_anorexia">   (0.08,  "1",         lognormal(0.2), calibrated("Giezenaar2016", "intake 16-20 % lower at 70 than at 26 years, with the ageing of need"), "Anorexia of the exhausted");
  static constexpr auto a_A    = parameter<"inactivity_anorexia">   (0.05,  "1",         lognormal(0.2), calibrated("Giezenaar2016", "same"), "Anorexia of complete inactivity");
  static constexpr auto e_half = parameter<"exhausting_effort">     (0.62,  "1",         fixed,          calibrated("Richardson2015", "slow walkers use 59 % of their peak oxygen uptake"), "Walking effort at which half of the anorexia of exhaustion is felt");
  static constexpr auto n_E    = parameter<"exhaustion_steepness">  (8.0,   "1",         fixed,          assumed("soft threshold"), "Steepness of the anorexia of exhaustion");
  static constexpr auto tau    = parameter<"appetite_time">         (14.0,  "d",         fixed,          assumed("weeks; no direct measurement"), "Time constant of appetite");

  static constexpr auto W_ref  = constant <"weight_reference">      (       "kg",        "Weight that appetite defends; absorbs the anorexia at the start");
  static constexpr auto alpha  = output   <"anorexia">              (       "1",         "Share of the need that is not wanted");
  static constexpr auto I_want = output   <"appetite_target">       (       "kcal/d",    "Where appetite is heading");
  static constexpr auto I_rate = output   <"energy_intake_rate">    (       "kcal/d/d",  "Rate of change of energy intake");
  // clang-format on
  static constexpr auto table =
      std::tuple{I,    need, EI0,    BW,     BW0, e,   J,   A,      age, treat, shift, f_fb,  eaten,  chi,
                 k_fb, fade, a_fade, w_fade, a_J, a_E, a_A, e_half, n_E, tau,   W_ref, alpha, I_want, I_rate};

  template <class R>
  static R feedback(const Values<Appetite, R>& x) {
    return x[k_fb] * (1.0 - x[fade] / (1.0 + exp(R((x[a_fade] - x[age]) / x[w_fade]))));
  }

  template <class R>
  static void outputs(const Values<Appetite, R>& x, const Outputs<Appetite, R>& y) {
    y[alpha] = x[a_J] * x[J] / (1.0 + 0.5 * x[J]) + x[a_E] * hill(R(x[e] / x[e_half]), x[n_E]) +
               x[a_A] * ramp(R(1.0 - x[A]));
    const R felt = feedback(x);
    y[I_want] = (x[EI0] + x[chi] * (x[need] - x[EI0])) * (1.0 - y[alpha]) + felt * (x[W_ref] - x[BW]);
    // A drug weakens what a loss of weight calls for, not what makes up for the anorexia at the start.
    y[I_want] = y[I_want] + x[treat] - x[shift] - (1.0 - x[f_fb]) * felt * (x[BW0] - x[BW]);
    y[I_rate] = x[eaten] * ((y[I_want] - x[I]) / x[tau]);
  }

  template <class R>
  static void rates(const Values<Appetite, R>& x, const Rates<Appetite, R>& d) {
    d[I] = (x[I_want] - x[I]) / x[tau];
  }

  template <class R>
  static void relaxation(const Values<Appetite, R>& x, const States<Appetite, R>& k) {
    k[I] = 1.0 / x[tau];
  }

  template <class R>
  static void settle(const Values<Appetite, R>& x, const States<Appetite, R>& s) {
    s[I] = x[I_want];
  }

  template <class R>
  static void personalise(const Values<Appetite, R>& x, const Start<Appetite, R>& s) {
    s[I] = x[EI0];
  }

  template <class R>
  static void anchor(const Values<Appetite, R>& x, const Start<Appetite, R>& s) {
    s[W_ref] = x[BW] + x[alpha] * x[EI0] / feedback(x);
  }
};

}  // namespace healthspan::models
