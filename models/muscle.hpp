// Muscle and strength: size follows load, protein and inflammation; neural drive follows activity; skill follows
// training. Own formulation; shapes after the turnover of muscle protein and the trials named in the table.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>
#include <healthspan/models/response.hpp>

namespace healthspan::models {

struct Muscle {
  static constexpr auto name = "muscle";
  static constexpr auto summary = "Muscle size, neural drive and trained skill make strength";

  // clang-format off
  static constexpr auto m      = state    <"muscle_index">          (       "1",       "Muscle relative to the own age-30 reference, at equal lean frame");
  static constexpr auto Q      = state    <"neural_quality">        (       "1",       "Force per muscle relative to age 30");
  static constexpr auto Z      = state    <"trained_skill">         (       "1",       "Strength skill gained by resistance training");

  static constexpr auto A      = input    <"activity">              (       "1",       "Habitual activity");
  static constexpr auto P      = input    <"protein_intake">        (       "g/d",     "Protein eaten");
  static constexpr auto BW     = input    <"body_weight">           (       "kg",      "Body weight");
  static constexpr auto l      = input    <"lean_frame">            (       "kg",      "Lean frame");
  static constexpr auto L0     = input    <"lean_frame_at_start">   (       "kg",      "Lean frame at the start");
  static constexpr auto J      = input    <"inflammation">          (       "1",       "Inflammation");
  static constexpr auto D      = input    <"deficit_burden">        (       "1",       "Deficit burden");
  static constexpr auto R_res  = input    <"resistance_dose">       (0.0,   "1",       "Resistance training, 1 = full trial programme");
  static constexpr auto age    = input    <"age">                   (       "y",       "Age");

  static constexpr auto phi    = parameter<"muscle_share_of_lean">  (0.62,  "1",       fixed,           calibrated("Seino2015", "skeletal muscle index 7.29 / 5.86 kg/m2"), "Share of the lean frame that is muscle cells");
  static constexpr auto s_S    = parameter<"relative_strength">     (1.0,   "1",       lognormal(0.18), calibrated("Seino2014", "SD of grip 6.7 kg at a mean of 31.7 kg, less its measurement error"), "Strength relative to the average of the same age and sex");
  static constexpr auto k_T    = parameter<"muscle_turnover">       (0.018, "1/d",     fixed,           calibrated("Breen2013", "14 days of few steps: leg lean -3.9 %"), "Turnover of muscle protein");
  static constexpr auto gam    = parameter<"muscle_degradation_power">(2.9, "1",       fixed,           calibrated("Kortebein2008", "loss levels off at 14-20 % in long disuse"), "Power of muscle in its degradation");
  static constexpr auto u_0    = parameter<"synthesis_at_rest">     (0.47,  "1",       lognormal(0.1),  calibrated("Kortebein2008", "10 days of bed rest: strength -13.2 %, muscle about -5 %"), "Muscle synthesis in bed rest");
  static constexpr auto K_u    = parameter<"synthesis_half_activity">(0.80, "1",       fixed,           assumed("shape; refitted with the trials, which do not pin it down"), "Activity scale of muscle synthesis");
  static constexpr auto u_R    = parameter<"training_synthesis">    (0.22,  "1",       lognormal(0.5),  calibrated("Peterson2011", "12-week programme: lean mass about +1 kg"), "Muscle synthesis gained by the full programme");
  static constexpr auto p_e    = parameter<"protein_scale">         (0.25,  "g/d/kg",  fixed,           calibrated("Houston2008", "lean loss of the top and bottom protein quintile"), "e-folding scale of the protein effect");
  static constexpr auto p_sat  = parameter<"protein_headroom">      (1.02,  "1",       fixed,           calibrated("Bhasin2018", "1.3 against 0.8 g/kg makes no difference"), "Synthesis at unlimited protein");
  static constexpr auto c_J    = parameter<"inflammatory_catabolism">(0.06, "1",       fixed,           assumed("25-35 % less synthesis in acute infection"), "Loss of synthesis per unit of inflammation");
  static constexpr auto r_gain = parameter<"regain_after_60">       (0.6,   "1",       lognormal(0.3),  calibrated("Suetta2009", "the old regain less after immobilisation"), "Speed of gain relative to loss after 60 years");
  static constexpr auto a_gain = parameter<"regain_age">            (60.0,  "y",       fixed,           assumed("old in the trials"),                     "Age at which regain slows");
  static constexpr auto w_age  = parameter<"regain_age_width">      (25.0,  "y",       fixed,           assumed("makes the change take about two years"),  "Scale of the change of regain in age");
  static constexpr auto a_m    = parameter<"muscle_ageing_onset">   (35.0,  "y",       fixed,           calibrated("Mitchell2012", "0.8-1.0 (men) and 0.64-0.70 (women) %/y at 75"), "Age at which muscle starts to age");
  static constexpr auto w_m    = parameter<"muscle_ageing_span">    (40.0,  "y",       fixed,           calibrated("Mitchell2012", "same"),                "Years over which the loss rate grows by its slope");
  static constexpr auto r_m    = parameter<"muscle_ageing_rate">    (BySex(0.0010, 0.0003), "1/y", fixed, calibrated("Mitchell2012", "same"),             "Direct yearly loss of muscle at the onset");
  static constexpr auto g_m    = parameter<"muscle_ageing_growth">  (BySex(0.0050, 0.0030), "1/y", fixed, calibrated("Mitchell2012", "same"),             "Direct yearly loss of muscle added over the span");
  static constexpr auto q_0    = parameter<"quality_at_rest">       (0.66,  "1",       lognormal(0.08), calibrated("Kortebein2008", "10 days of bed rest: strength -13.2 %"), "Neural quality in bed rest");
  static constexpr auto K_q    = parameter<"quality_half_activity"> (0.30,  "1",       fixed,           assumed("shape; refitted with the trials, which do not pin it down"),               "Activity scale of neural quality");
  static constexpr auto c_QD   = parameter<"deficit_weakening">     (0.5,   "1",       fixed,           assumed("deficits weaken; FI predicts the Fried items"), "Loss of neural quality per unit of deficit burden");
  static constexpr auto D_q    = parameter<"deficit_threshold_strength">(0.10, "1",    fixed,           assumed("no effect at the burden of healthy 70-year-olds"), "Deficit burden above which strength suffers");
  static constexpr auto tau_Q  = parameter<"quality_time">          (30.0,  "d",       fixed,           calibrated("Kortebein2008", "same"),               "Time constant of neural quality");
  static constexpr auto a_q    = parameter<"quality_ageing_onset">  (45.0,  "y",       fixed,           calibrated("Goodpaster2006", "strength falls about 3 %/y at 75"), "Age at which neural quality starts to age");
  static constexpr auto w_q    = parameter<"quality_ageing_span">   (30.0,  "y",       fixed,           calibrated("Goodpaster2006", "same"),              "Years over which the loss rate grows by its slope");
  static constexpr auto r_q    = parameter<"quality_ageing_rate">   (0.0005, "1/y",    fixed,           calibrated("Goodpaster2006", "same"),              "Direct yearly loss of quality at the onset");
  static constexpr auto g_q    = parameter<"quality_ageing_growth"> (BySex(0.0130, 0.0115), "1/y", fixed, calibrated("Goodpaster2006", "same"),           "Direct yearly loss of quality added over the span");
  static constexpr auto q_Z    = parameter<"skill_strength">        (0.55,  "1",       lognormal(0.5),  calibrated("Peterson2010", "12 weeks: strength +29 %"), "Strength gained by full skill");
  static constexpr auto tau_Z  = parameter<"skill_time">            (150.0, "d",       fixed,           calibrated("Peterson2010", "half of the gain left after 12 weeks of detraining"), "Time constant of skill");
  static constexpr auto grip30 = parameter<"grip_at_30">            (BySex(47.0, 28.0), "kg", fixed,    calibrated("Seino2014", "grip 31.7 / 20.4 kg at 74 years"), "Grip strength of a 30-year-old");
  static constexpr auto asm_k  = parameter<"appendicular_share">    (1.06,  "1",       fixed,           assumed("DXA lean counts the water of muscle, and the limbs hold 3/4 of it"), "Appendicular lean mass per kg of muscle cells");

  static constexpr auto m0     = constant <"muscle_index_at_start"> (       "1",       "Muscle index at the start");

  static constexpr auto U      = output   <"muscle_synthesis">      (       "1",       "Muscle synthesis relative to a fed, active 30-year-old");
  static constexpr auto m_rate = output   <"muscle_index_rate">     (       "1/d",     "Rate of change of the muscle index");
  static constexpr auto MM     = output   <"muscle_mass">           (       "kg",      "Muscle cell mass");
  static constexpr auto ALM    = output   <"appendicular_lean_mass">(       "kg",      "Lean mass of arms and legs");
  static constexpr auto S      = output   <"strength">              (       "1",       "Strength relative to an average 30-year-old of the same sex");
  static constexpr auto grip   = output   <"grip_strength">         (       "kg",      "Grip strength");
  // clang-format on
  static constexpr auto table =
      std::tuple{m,   Q,   Z,   A,     P,   BW,     l,      L0,    J,   D,   R_res,  age, phi, s_S, k_T,  gam, u_0,
                 K_u, u_R, p_e, p_sat, c_J, r_gain, a_gain, w_age, a_m, w_m, r_m,    g_m, q_0, K_q, c_QD, D_q, tau_Q,
                 a_q, w_q, r_q, g_q,   q_Z, tau_Z,  grip30, asm_k, m0,  U,   m_rate, MM,  ALM, S,   grip};

  // Logarithm of what direct ageing has taken since its onset: the integral of rate + growth (age-onset)/span.
  template <class R>
  static R aged(const R& age, const R& onset, const R& span, const R& rate, const R& growth) {
    const R u = ramp(R((age - onset) / span));
    return span * (rate * u + 0.5 * growth * u * u);
  }

  template <class R>
  static R quality_target(const Values<Muscle, R>& x) {
    return exp(R(-aged<R>(x[age], x[a_q], x[w_q], x[r_q], x[g_q]))) * activity_effect(x[A], x[q_0], x[K_q]) *
           (1.0 - x[c_QD] * ramp(R(x[D] - x[D_q])));
  }

  template <class R>
  static void outputs(const Values<Muscle, R>& x, const Outputs<Muscle, R>& y) {
    // Direct ageing is stated for muscle, hence its power in synthesis.
    const R youth = exp(R(-x[gam] * aged<R>(x[age], x[a_m], x[w_m], x[r_m], x[g_m])));
    const R load = activity_effect(x[A], x[u_0], x[K_u]) + x[u_R] * x[R_res];
    const R fed = x[p_sat] * (1.0 - exp(R(-x[P] / x[BW] / x[p_e])));
    y[U] = youth * load * fed / (1.0 + x[c_J] * x[J]);
    const R surplus = y[U] - power(x[m], x[gam]);
    const R slowing = (1.0 - x[r_gain]) * step(surplus) * step(R((x[age] - x[a_gain]) / x[w_age]));
    y[m_rate] = x[k_T] * x[m] * surplus * (1.0 - slowing);
    y[MM] = x[phi] * x[l] * x[m] / x[m0];
    y[ALM] = x[asm_k] * y[MM];
    y[S] = x[s_S] * x[m] * x[l] / x[L0] * x[Q] * (1.0 + x[q_Z] * x[Z]);
    y[grip] = x[grip30] * y[S];
  }

  template <class R>
  static void rates(const Values<Muscle, R>& x, const Rates<Muscle, R>& d) {
    d[m] = x[m_rate];
    d[Q] = (quality_target(x) - x[Q]) / x[tau_Q];
    d[Z] = (x[R_res] - x[Z]) / x[tau_Z];
  }

  template <class R>
  static void relaxation(const Values<Muscle, R>& x, const States<Muscle, R>& k) {
    k[m] = x[k_T] * x[gam];
    k[Q] = 1.0 / x[tau_Q];
    k[Z] = 1.0 / x[tau_Z];
  }

  template <class R>
  static void settle(const Values<Muscle, R>& x, const States<Muscle, R>& s) {
    s[m] = power(x[U], R(1.0 / x[gam]));
    s[Q] = quality_target(x);
    s[Z] = x[R_res];
  }

  // A first guess; the settled start follows from the patient's activity.
  template <class R>
  static void personalise(const Values<Muscle, R>&, const Start<Muscle, R>& s) {
    s[m] = R(1.0);
    s[Q] = R(1.0);
    s[m0] = R(1.0);
  }

  template <class R>
  static void anchor(const Values<Muscle, R>& x, const Start<Muscle, R>& s) {
    s[m0] = x[m];
  }
};

}  // namespace healthspan::models
