// Energy balance: what is eaten and not spent is stored as fat and lean tissue.
// Hall et al., Lancet 378:826 (2011), web appendix. The paper's lean state is replaced by the lean frame of
// body_composition (1 kcal = 4.184 kJ), and muscle that comes or goes at equal fat exchanges its energy with the
// budget.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct EnergyBalance {
  static constexpr auto name = "energy_balance";
  static constexpr auto summary = "What is eaten and not spent is stored as fat and lean tissue";

  // clang-format off
  static constexpr auto F       = state    <"fat_mass">                 (          "kg",                     "Body fat");
  static constexpr auto AT      = state    <"adaptive_thermogenesis">   (          "kcal/d",                 "Expenditure that adapts to the change of intake");

  static constexpr auto EI      = input    <"energy_intake">            (          "kcal/d",                 "Metabolisable energy eaten");
  static constexpr auto EI_rate = input    <"energy_intake_rate">       (0.0,      "kcal/d/d",               "Rate of change of energy intake");
  static constexpr auto drift   = input    <"energy_need_drift">        (0.0,      "kcal/d",                 "Change of need by ageing and muscle, to which expenditure does not adapt as to a diet");
  static constexpr auto G       = input    <"glycogen">                 (          "kg",                     "Glycogen");
  static constexpr auto G_flux  = input    <"glycogen_flux">            (0.0,      "kg/d",                   "Rate of change of glycogen at steady intake");
  static constexpr auto G_EI    = input    <"glycogen_per_intake">      (0.0,      "kg/(kcal/d)",            "Change of glycogen per change of intake");
  static constexpr auto PAL     = input    <"physical_activity_level">  (1.5,      "1",                      "Total over resting energy expenditure at the start");
  static constexpr auto weight0 = input    <"weight_at_start">          (          "kg",                     "Body weight at the start");
  static constexpr auto h       = input    <"height">                   (          "m",                      "Body height");
  static constexpr auto age0    = input    <"age_at_start">             (          "y",                      "Age at the start");
  static constexpr auto age     = input    <"age">                      (          "y",                      "Age");
  static constexpr auto F0      = input    <"fat_mass_at_start">        (          "kg",                     "Body fat at the start");
  static constexpr auto L0      = input    <"lean_frame_at_start">      (          "kg",                     "Lean frame at the start");
  static constexpr auto C_F     = input    <"forbes_constant">          (          "kg",                     "Lean gained per e-folding of fat");
  static constexpr auto l       = input    <"lean_frame">               (          "kg",                     "Lean frame");
  static constexpr auto L       = input    <"lean_mass">                (          "kg",                     "Lean mass");
  static constexpr auto BW      = input    <"body_weight">              (          "kg",                     "Body weight");
  static constexpr auto phi     = input    <"muscle_share_of_lean">     (0.0,      "1",                      "Share of the lean frame that is muscle cells");
  static constexpr auto m0      = input    <"muscle_index_at_start">    (1.0,      "1",                      "Muscle index at the start");
  static constexpr auto m_rate  = input    <"muscle_index_rate">        (0.0,      "1/d",                    "Rate of change of the muscle index");
  static constexpr auto A       = input    <"activity">                 (1.0,      "1",                      "Habitual activity");
  static constexpr auto psi     = input    <"spontaneous_drive">        (1.0,      "1",                      "Spontaneous drive to move");
  static constexpr auto R_res   = input    <"resistance_dose">          (0.0,      "1",                      "Resistance training, 1 = full trial programme");
  static constexpr auto R_aer   = input    <"aerobic_dose">             (0.0,      "1",                      "Aerobic training, 1 = full trial programme");

  static constexpr auto urine   = input    <"urinary_glucose_energy">   (0.0,      "kcal/d",                 "Energy lost with glucose in urine");
  static constexpr auto urine_0 = input    <"urinary_glucose_energy_at_start">(0.0, "kcal/d",                "The same at the start, which the intake there makes good");

  static constexpr auto rho_F   = parameter<"fat_energy_density">       (39500 / 4.184, "kcal/kg",   fixed, cited("Hall2011", "appendix: 39.5 MJ/kg"), "Energy stored per kg of fat");
  static constexpr auto rho_L   = parameter<"lean_energy_density">      (7600 / 4.184, "kcal/kg",   fixed, cited("Hall2011", "appendix: 7.6 MJ/kg"),  "Energy stored per kg of lean tissue");
  static constexpr auto rho_G   = parameter<"glycogen_energy_density">  (17600 / 4.184, "kcal/kg",   fixed, cited("Hall2011", "appendix: 17.6 MJ/kg"), "Energy stored per kg of glycogen");
  static constexpr auto gam_F   = parameter<"fat_burn_rate">            (13 / 4.184, "kcal/kg/d", fixed, cited("Hall2011", "appendix: 13 kJ/kg/d"), "Resting expenditure per kg of fat");
  static constexpr auto gam_L   = parameter<"lean_burn_rate">           (92 / 4.184, "kcal/kg/d", fixed, cited("Hall2011", "appendix: 92 kJ/kg/d"), "Resting expenditure per kg of lean tissue");
  static constexpr auto eta_F   = parameter<"fat_deposition_cost">      (750 / 4.184, "kcal/kg",   fixed, cited("Hall2011", "appendix: 750 kJ/kg"),  "Cost of depositing a kg of fat");
  static constexpr auto eta_L   = parameter<"lean_deposition_cost">     (960 / 4.184, "kcal/kg",   fixed, cited("Hall2011", "appendix: 960 kJ/kg"),  "Cost of depositing a kg of lean tissue");
  static constexpr auto b_TEF   = parameter<"thermic_effect">           (0.10,     "1",         fixed, cited("Hall2011", "appendix"),             "Share of a change of intake spent on its digestion");
  static constexpr auto b_AT    = parameter<"adaptation_strength">      (0.14,     "1",         fixed, cited("Hall2011", "appendix"),             "Share of a change of intake met by adaptation");
  static constexpr auto t_AT    = parameter<"adaptation_time">          (14.0,     "d",         fixed, cited("Hall2011", "appendix"),             "Time constant of adaptation");
  static constexpr auto d_A     = parameter<"walking_energy">           (4.0,      "kcal/kg/d", fixed, calibrated("Mifflin1990", "activity level 1.2 without walking, 1.46 at 6,500 steps/d"), "Expenditure per unit of habitual activity");
  static constexpr auto d_min   = parameter<"least_posture_energy">     (0.5,      "kcal/kg/d", fixed, assumed("keeps the part of activity that is not walking positive"), "Least expenditure of standing and fidgeting");
  static constexpr auto d_R     = parameter<"resistance_energy">        (1.0,      "kcal/kg/d", fixed, assumed("three 45-minute sessions a week at about 3 MET"), "Expenditure of the full resistance programme");
  static constexpr auto d_V     = parameter<"aerobic_energy">           (2.0,      "kcal/kg/d", fixed, assumed("four 45-minute sessions a week at about 5 MET"),  "Expenditure of the full aerobic programme");
  static constexpr auto k_age   = parameter<"resting_decline">          (3.0,      "kcal/d/y",  fixed, calibrated("Mifflin1990", "part of -4.92 kcal/d per year that body composition does not explain"), "Fall of resting expenditure per year of age");
  static constexpr auto q_w     = parameter<"mifflin_weight">           (9.99,     "kcal/d/kg", fixed, cited("Mifflin1990", "eq. 5"), "Resting expenditure per kg of weight");
  static constexpr auto q_h     = parameter<"mifflin_height">           (625.0,    "kcal/d/m",  fixed, cited("Mifflin1990", "eq. 5"), "Resting expenditure per metre of height");
  static constexpr auto q_a     = parameter<"mifflin_age">              (4.92,     "kcal/d/y",  fixed, cited("Mifflin1990", "eq. 5"), "Resting expenditure per year of age (subtracted)");
  static constexpr auto q_0     = parameter<"mifflin_offset">           (BySex(5.0, -161.0), "kcal/d", fixed, cited("Mifflin1990", "eq. 5"), "Resting expenditure offset");

  static constexpr auto EI0     = constant <"energy_intake_at_start">   (          "kcal/d",                 "Intake that balances expenditure at the start");
  static constexpr auto delta0  = constant <"activity_energy_at_start"> (          "kcal/kg/d",              "Expenditure of all activity per kg at the start");
  static constexpr auto K       = constant <"resting_offset">           (          "kcal/d",                 "Expenditure that no tissue explains");
  static constexpr auto d_walk  = constant <"walking_energy_used">      (          "kcal/kg/d",              "Expenditure per unit of activity, lowered where the start would leave too little for posture");
  static constexpr auto d_post  = constant <"posture_energy">           (          "kcal/kg/d",              "Expenditure of posture and fidgeting");

  static constexpr auto EE      = output   <"energy_expenditure">       (          "kcal/d",                 "Total energy expenditure");
  static constexpr auto RE      = output   <"resting_expenditure">      (          "kcal/d",                 "Resting energy expenditure");
  static constexpr auto F_rate  = output   <"fat_mass_rate">            (          "kg/d",                   "Rate of change of fat");
  static constexpr auto L_rate  = output   <"lean_mass_rate">           (          "kg/d",                   "Rate of change of lean mass");
  static constexpr auto G_rate  = output   <"glycogen_rate">            (          "kg/d",                   "Rate of change of glycogen");
  // clang-format on
  static constexpr auto table = std::tuple{
      F,     AT,    EI,    EI_rate, drift, G,      G_flux, G_EI, PAL, weight0, h,      age0,  age,     F0,    L0,
      C_F,   l,     L,     BW,      phi,   m0,     m_rate, A,    psi, R_res,   R_aer,  urine, urine_0, rho_F, rho_L,
      rho_G, gam_F, gam_L, eta_F,   eta_L, b_TEF,  b_AT,   t_AT, d_A, d_min,   d_R,    d_V,   k_age,   q_w,   q_h,
      q_a,   q_0,   EI0,   delta0,  K,     d_walk, d_post, EE,   RE,  F_rate,  L_rate, G_rate};

  template <class R>
  static void outputs(const Values<EnergyBalance, R>& x, const Outputs<EnergyBalance, R>& y) {
    const R dEI = x[EI] - x[EI0];
    const R delta = x[d_post] * x[psi] + x[d_walk] * x[A] + x[d_R] * x[R_res] + x[d_V] * x[R_aer];
    const R steady = x[K] - x[k_age] * (x[age] - x[age0]) + x[gam_F] * x[F] + x[gam_L] * x[L] + delta * x[BW] +
                     x[b_TEF] * dEI + x[AT];
    const R frame_share = x[L] / x[l];  // 1 while muscle is at its starting index
    const R muscle_rate = x[l] * x[phi] * x[m_rate] / x[m0];
    y[G_rate] = x[G_flux] + x[G_EI] * x[EI_rate];
    y[F_rate] =
        (x[EI] - (x[urine] - x[urine_0]) - steady - x[rho_G] * y[G_rate] - (x[rho_L] + x[eta_L]) * muscle_rate) /
        (x[rho_F] + x[eta_F] + (x[rho_L] + x[eta_L]) * frame_share * x[C_F] / x[F]);
    y[L_rate] = frame_share * x[C_F] / x[F] * y[F_rate] + muscle_rate;
    // K holds the digestion of the starting intake besides.
    y[RE] = x[K] - x[b_TEF] * x[EI0] - x[k_age] * (x[age] - x[age0]) + x[gam_F] * x[F] + x[gam_L] * x[L] + x[AT];
    y[EE] = steady + x[eta_F] * y[F_rate] + x[eta_L] * y[L_rate];
  }

  template <class R>
  static void rates(const Values<EnergyBalance, R>& x, const Rates<EnergyBalance, R>& d) {
    d[F] = x[F_rate];
    d[AT] = (x[b_AT] * (x[EI] - x[EI0] - x[drift]) - x[AT]) / x[t_AT];
  }

  template <class R>
  static void relaxation(const Values<EnergyBalance, R>& x, const States<EnergyBalance, R>& k) {
    k[AT] = 1.0 / x[t_AT];
  }

  template <class R>
  static void settle(const Values<EnergyBalance, R>& x, const States<EnergyBalance, R>& s) {
    s[AT] = x[b_AT] * (x[EI] - x[EI0] - x[drift]);
  }

  template <class R>
  static void personalise(const Values<EnergyBalance, R>& x, const Start<EnergyBalance, R>& s) {
    const R resting = x[q_w] * x[weight0] + x[q_h] * x[h] - x[q_a] * x[age0] + x[q_0];
    s[EI0] = x[PAL] * resting;
    s[delta0] = ((1.0 - x[b_TEF]) * x[PAL] - 1.0) * resting / x[weight0];
    s[K] = s[EI0] - x[gam_L] * x[L0] - x[gam_F] * x[F0] - s[delta0] * x[weight0];
    s[F] = x[F0];
    s[AT] = 0.0 * s[EI0];
  }

  template <class R>
  static void anchor(const Values<EnergyBalance, R>& x, const Start<EnergyBalance, R>& s) {
    s[d_walk] = min(x[d_A], R((x[delta0] - x[d_min]) / x[A]));
    s[d_post] = (x[delta0] - s[d_walk] * x[A]) / x[psi];
  }

  // Quasi-steady glycogen jumps with intake; its energy comes from, or goes to, fat and its lean companion.
  template <class R>
  static void at_switch(const Values<EnergyBalance, R>& before, const Values<EnergyBalance, R>& after,
                        const States<EnergyBalance, R>& s) {
    const R paid = before[rho_G] * (after[G] - before[G]);
    const R lean = before[rho_L] * before[L] / before[l] * before[C_F];
    R fat = before[F];
    for (int newton = 0; newton < 3; ++newton)
      fat -=
          (before[rho_F] * (fat - before[F]) + lean * log(R(fat / before[F])) + paid) / (before[rho_F] + lean / fat);
    s[F] = fat;
  }
};

}  // namespace healthspan::models
