// Deficits: health deficits accumulate, faster in the inactive, the inflamed and the undernourished.
// Growth and limit: Mitnitski et al., BMC Geriatr 2:1 (2002); Rockwood & Mitnitski, Mech Ageing Dev 127:494 (2006).
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>

namespace healthspan::models {

struct Deficits {
  static constexpr auto name = "deficits";
  static constexpr auto summary = "Health deficits accumulate, faster in the inactive, inflamed and undernourished";

  // clang-format off
  static constexpr auto D     = state    <"deficit_burden">          (       "1",   "Deficit burden: share of health deficits present, as a frailty index");
  static constexpr auto D0    = input    <"deficit_burden_at_start"> (       "1",   "Deficit burden at the start");
  static constexpr auto A     = input    <"activity">                (       "1",   "Habitual activity");
  static constexpr auto J     = input    <"inflammation">            (       "1",   "Inflammation");
  static constexpr auto F     = input    <"fat_mass">                (       "kg",  "Body fat");
  static constexpr auto F0    = input    <"fat_mass_at_start">       (       "kg",  "Body fat at the start");
  static constexpr auto year  = input    <"days_per_year">           (       "d/y", "Length of a year");
  static constexpr auto now   = input    <"admission_now">           (0.0,   "1",   "1 at the moment of an admission to hospital");
  static constexpr auto hypo  = input    <"hypoglycaemia_now">       (0.0,   "1",   "1 at the moment of a severe hypoglycaemia");
  static constexpr auto mi    = input    <"myocardial_infarction_now">(0.0,  "1",   "1 at the moment of an infarction");
  static constexpr auto stroke = input   <"stroke_now">              (0.0,   "1",   "1 at the moment of a stroke");
  static constexpr auto hf    = input    <"heart_failure_now">       (0.0,   "1",   "1 at the moment of heart failure");
  static constexpr auto eye   = input    <"blindness_now">           (0.0,   "1",   "1 at the moment of blindness");
  static constexpr auto leg   = input    <"amputation_now">          (0.0,   "1",   "1 at the moment of an amputation");
  static constexpr auto renal = input    <"renal_failure_now">       (0.0,   "1",   "1 at the moment of renal failure");
  static constexpr auto rho   = parameter<"deficit_growth">          (0.03,  "1/y", lognormal(0.25), cited("Mitnitski2002", "about 3 %/y in the community"), "Growth rate of deficits at the reference burden");
  static constexpr auto D_max = parameter<"deficit_limit">           (0.7,   "1",   fixed,           cited("Rockwood2006", "submaximal limit"),           "Burden that people do not survive");
  static constexpr auto D_ref = parameter<"deficit_reference">       (0.15,  "1",   fixed,           assumed("burden of the community cohorts at about 72"), "Burden at which the growth rate was measured");
  static constexpr auto c_A   = parameter<"inactivity_damage">       (0.6,   "1",   fixed,           assumed("direction only"), "Faster growth in complete inactivity");
  static constexpr auto c_J   = parameter<"inflammatory_damage">     (0.1,   "1",   fixed,           assumed("direction only"), "Faster growth per unit of inflammation");
  static constexpr auto c_F   = parameter<"undernutrition_damage">   (0.5,   "1",   fixed,           assumed("direction only"), "Faster growth when fat stores are gone");
  static constexpr auto dD    = parameter<"admission_damage">        (0.02,  "1",   fixed,           assumed("0.01 to 0.03"),                            "Deficits that an admission leaves behind");
  static constexpr auto dD_h  = parameter<"hypoglycaemia_damage">    (0.01,  "1",   fixed,           assumed("half of an admission; falls and dementia follow"),         "Deficits that a severe hypoglycaemia leaves behind");
  static constexpr auto dD_mi = parameter<"infarction_damage">       (0.02,  "1",   fixed,           assumed("one of 40 items by its name, and a little for what it hinders"), "Deficits that an infarction leaves behind");
  static constexpr auto dD_s  = parameter<"stroke_damage">           (0.06,  "1",   fixed,           assumed("half of the survivors need help with one to four of 40 items"), "Deficits that a stroke leaves behind");
  static constexpr auto dD_hf = parameter<"heart_failure_damage">    (0.04,  "1",   fixed,           assumed("its name, breathlessness, stairs, fatigue: half of the people have each"), "Deficits that heart failure leaves behind");
  static constexpr auto dD_e  = parameter<"blindness_damage">        (0.03,  "1",   fixed,           assumed("sight, and what it hinders"), "Deficits that blindness of one eye leaves behind");
  static constexpr auto dD_l  = parameter<"amputation_damage">       (0.05,  "1",   fixed,           assumed("walking, stairs, bathing"), "Deficits that an amputation leaves behind");
  static constexpr auto dD_r  = parameter<"renal_failure_damage">    (0.05,  "1",   fixed,           assumed("dialysis: its name, fatigue, appetite"), "Deficits that renal failure leaves behind");
  // clang-format on
  static constexpr auto table =
      std::tuple{D,   D0,    A,     J,   F,   F0,  year, now,  hypo,  mi,   stroke, hf,   eye,  leg, renal,
                 rho, D_max, D_ref, c_A, c_J, c_F, dD,   dD_h, dD_mi, dD_s, dD_hf,  dD_e, dD_l, dD_r};

  template <class R>
  static void rates(const Values<Deficits, R>& x, const Rates<Deficits, R>& d) {
    const R harm = 1.0 + x[c_A] * ramp(R(1.0 - x[A])) + x[c_J] * x[J] + x[c_F] * ramp(R(1.0 - x[F] / x[F0]));
    d[D] = x[rho] / x[year] * x[D] * (1.0 - x[D] / x[D_max]) / (1.0 - x[D_ref] / x[D_max]) * harm;
  }

  template <class R>
  static void at_switch(const Values<Deficits, R>& before, const Values<Deficits, R>& after,
                        const States<Deficits, R>& s) {
    const R left = after[dD] * after[now] + after[dD_h] * after[hypo] + after[dD_mi] * after[mi] +
                   after[dD_s] * after[stroke] + after[dD_hf] * after[hf] + after[dD_e] * after[eye] +
                   after[dD_l] * after[leg] + after[dD_r] * after[renal];
    s[D] = before[D] + left * (1.0 - before[D] / before[D_max]);
  }

  template <class R>
  static void personalise(const Values<Deficits, R>& x, const Start<Deficits, R>& s) {
    s[D] = x[D0];
  }
};

}  // namespace healthspan::models
