// Activity: people do what they will, as far as strength, breath, illness and bed allow.
// Own formulation. The thresholds are sharp because capacity limits activity in the frail and not in the fit
// (Arizona Frailty Cohort, Eur Rev Aging Phys Act 16:17, 2019). The floor and the steepness decide whether a patient
// has a second stable state; no cohort measures them, so they carry a wide spread.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>

namespace healthspan::models {

struct Activity {
  static constexpr auto name = "activity";
  static constexpr auto summary = "People do what they will, as far as strength, breath, illness and bed allow";

  // clang-format off
  static constexpr auto A      = state    <"activity">              (       "1",       "Habitual activity, 1 = 5,000 steps/d");
  static constexpr auto psi    = state    <"spontaneous_drive">     (       "1",       "Spontaneous drive to move; falls in starvation");

  static constexpr auto S      = input    <"strength">              (       "1",       "Strength relative to age 30");
  static constexpr auto s_thr  = input    <"strength_threshold">    (       "1",       "Strength at which daily activity is half limited");
  static constexpr auto e      = input    <"walking_effort">        (       "1",       "Share of aerobic capacity that walking takes");
  static constexpr auto J      = input    <"inflammation">          (       "1",       "Inflammation");
  static constexpr auto EI     = input    <"energy_intake">         (       "kcal/d",  "Metabolisable energy eaten");
  static constexpr auto need   = input    <"energy_need">           (       "kcal/d",  "Energy need");
  static constexpr auto FMI    = input    <"fat_mass_index">        (       "kg/m^2",  "Fat mass over height squared");
  static constexpr auto forced = input    <"activity_imposed">      (0.0,   "1",       "1 while activity is imposed (bed rest, a trial's step limit), else 0");
  static constexpr auto A_imp  = input    <"imposed_activity">      (0.0,   "1",       "The activity that is imposed; 0 is bed rest");

  static constexpr auto A_0    = parameter<"activity_floor">        (0.12,  "1",       lognormal(0.35), assumed("about 600 obligatory steps/d; unknown to a factor of two"), "Activity that remains when nothing more is possible");
  static constexpr auto will   = parameter<"activity_will">         (1.2,   "1",       lognormal(0.20), calibrated("Seino2014", "about 6,500 steps/d in healthy older adults; wide because it holds all that is unexplained"), "Activity wanted beyond the floor");
  static constexpr auto e_thr  = parameter<"effort_threshold">      (0.64,  "1",       lognormal(0.05), calibrated("Kojima2017", "prevalence of frailty by age in Japan"), "Walking effort at which activity is half limited");
  static constexpr auto n_E    = parameter<"effort_steepness">      (12.0,  "1",       lognormal(0.15), assumed("free; decides on a second stable state"), "Steepness of the effort threshold");
  static constexpr auto r_n    = parameter<"strength_steepness_ratio">(0.6667, "1",    fixed,           assumed("strength limits less sharply than breath"), "Steepness of the strength threshold relative to that of effort");
  static constexpr auto J_half = parameter<"sickness_scale">        (4.0,   "1",       fixed,           assumed("acute infection halves activity"),          "Inflammation that halves activity");
  static constexpr auto tau_A  = parameter<"habit_time">            (21.0,  "d",       lognormal(0.2),  assumed("habits take weeks"),                        "Time constant of habit");
  static constexpr auto tau_b  = parameter<"imposition_time">       (0.7,   "d",       fixed,           assumed("activity stops within a day of admission"), "Time constant of an imposed change");
  static constexpr auto psi_0  = parameter<"least_drive">           (0.275, "1",       fixed,           calibrated("Keys1950", "Minnesota: 52.6 kg after 24 weeks"), "Spontaneous drive in full starvation");
  static constexpr auto r_half = parameter<"starvation_deficit">    (0.42,  "1",       fixed,           calibrated("Keys1950", "same"),                      "Relative energy deficit that halves the drive of the lean");
  static constexpr auto F_c    = parameter<"starvation_fat_index">  (BySex(3.0, 4.5), "kg/m^2", fixed,  calibrated("Keys1950", "same; women assumed"),       "Fat mass index below which starvation bites");
  static constexpr auto tau_p  = parameter<"drive_time">            (14.0,  "d",       fixed,           calibrated("Keys1950", "same"),                      "Time constant of the drive");
  static constexpr auto unit   = parameter<"steps_per_activity">    (5000.0, "steps/d", fixed,          cited("TudorLocke2008", "5,000 steps/d: sedentary below"), "Steps of one unit of activity");

  static constexpr auto A_start = constant<"activity_at_start">     (       "1",       "Habitual activity at the start");
  static constexpr auto steps   = output  <"steps">                 (       "steps/d", "Steps per day");
  // clang-format on
  static constexpr auto table =
      std::tuple{A,     psi, S,   s_thr,  e,     J,     EI,    need,   FMI, forced, A_imp, A_0,     will,
                 e_thr, n_E, r_n, J_half, tau_A, tau_b, psi_0, r_half, F_c, tau_p,  unit,  A_start, steps};

  template <class R>
  static R activity_target(const Values<Activity, R>& x) {
    const R able = hill(R(x[S] / x[s_thr]), R(x[n_E] * x[r_n])) * hill(R(x[e_thr] / x[e]), x[n_E]);
    const R sickness = x[J] / x[J_half];
    const R own = x[psi] * (x[A_0] + x[will] * able / (1.0 + sickness * sickness));
    return select(x[forced] > 0.5, x[A_imp], own);
  }

  template <class R>
  static R drive_target(const Values<Activity, R>& x) {
    const R deficit = ramp(R(1.0 - x[EI] / x[need])) / x[r_half];
    const R lean = x[F_c] / x[FMI];
    const R hunger = deficit * deficit * deficit * deficit * lean * lean;
    return x[psi_0] + (1.0 - x[psi_0]) / (1.0 + hunger);
  }

  template <class R>
  static R habit_rate(const Values<Activity, R>& x) {
    return 1.0 / select(x[forced] > 0.5, x[tau_b], x[tau_A]);
  }

  template <class R>
  static void outputs(const Values<Activity, R>& x, const Outputs<Activity, R>& y) {
    y[steps] = x[unit] * x[A];
  }

  template <class R>
  static void rates(const Values<Activity, R>& x, const Rates<Activity, R>& d) {
    d[A] = (activity_target(x) - x[A]) * habit_rate(x);
    d[psi] = (drive_target(x) - x[psi]) / x[tau_p];
  }

  template <class R>
  static void relaxation(const Values<Activity, R>& x, const States<Activity, R>& k) {
    k[A] = habit_rate(x);
    k[psi] = 1.0 / x[tau_p];
  }

  template <class R>
  static void settle(const Values<Activity, R>& x, const States<Activity, R>& s) {
    s[A] = activity_target(x);
    s[psi] = drive_target(x);
  }

  // A first guess, as in muscle.
  template <class R>
  static void personalise(const Values<Activity, R>&, const Start<Activity, R>& s) {
    s[A] = R(1.0);
    s[psi] = R(1.0);
    s[A_start] = R(1.0);
  }

  template <class R>
  static void anchor(const Values<Activity, R>& x, const Start<Activity, R>& s) {
    s[A_start] = x[A];
  }
};

}  // namespace healthspan::models
