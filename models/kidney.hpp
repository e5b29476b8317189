// The kidneys: true filtration falls with age, sugar, pressure and albumin in urine, each person at a pace of his
// own; what the laboratory reports is worked out from creatinine, which also tells of muscle. Own formulation of the
// loss, set by the cohorts and trials named in the table. Creatinine: CKD-EPI 2021, Inker et al., N Engl J Med
// 385:1737 (2021), turned around.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>

namespace healthspan::models {

struct Kidney {
  static constexpr auto name = "kidney";
  static constexpr auto summary = "Filtration falls, albumin leaks, and creatinine tells of both kidneys and muscle";

  // clang-format off
  static constexpr auto C     = state    <"filtration_capacity">      (       "ml/min/1.73m2", "Glomerular filtration rate without an SGLT2 inhibitor");
  static constexpr auto U     = state    <"albuminuria_logarithm">    (       "1",      "Logarithm of the albumin in urine, in mg/g of creatinine, without an SGLT2 inhibitor");
  static constexpr auto X     = state    <"sglt2_renal_effect">       (       "1",      "Effect of an SGLT2 inhibitor on the flow through the kidneys, 1 = of a full dose");

  static constexpr auto C_m   = input    <"egfr_at_start">            (0.0,   "ml/min/1.73m2", "Filtration estimated from creatinine at the start; 0 where not measured");
  static constexpr auto U_m   = input    <"albuminuria_at_start">     (0.0,   "mg/g",   "Albumin in urine at the start; 0 where not measured");
  static constexpr auto age   = input    <"age">                      (       "y",      "Age");
  static constexpr auto age0  = input    <"age_at_start">             (       "y",      "Age at the start");
  static constexpr auto year  = input    <"days_per_year">            (       "d/y",    "Length of a year");
  static constexpr auto A1c   = input    <"hba1c">                    (5.4,   "%",      "Glycated haemoglobin");
  static constexpr auto S     = input    <"systolic_pressure">        (120.0, "mmHg",   "Systolic blood pressure");
  static constexpr auto MM    = input    <"muscle_mass">              (1.0,   "kg",     "Muscle cell mass");
  static constexpr auto glif  = input    <"sglt2_inhibitor_dose">     (0.0,   "1",      "SGLT2 inhibitor, 1 = a full dose such as 300 mg of canagliflozin a day");

  static constexpr auto s_C   = parameter<"relative_filtration">      (1.0,   "1",      lognormal(0.15), calibrated("NHANES", "SD of 15 ml/min/1.73m2 at 60"), "Filtration relative to others, where it was not measured");
  static constexpr auto C_0   = parameter<"filtration_youth">         (BySex(119.0, 123.0), "ml/min/1.73m2", fixed, calibrated("NHANES", "medians at 20 to 90, 2007 to 2016"), "Filtration of a child, by the curve of adults");
  static constexpr auto a_C   = parameter<"filtration_span">          (BySex(124.5, 119.9), "y", fixed, calibrated("NHANES", "same"), "Age at which that curve would end");
  static constexpr auto s_r   = parameter<"filtration_loss_pace">     (1.0,   "1",      lognormal(0.7), calibrated("Perry1995", "2 % of hypertensive veterans lost their kidneys in 14 years; the mean of the pace is 1.28"), "Pace of the loss of filtration relative to the median");
  static constexpr auto r_a   = parameter<"filtration_age_loss">      (0.25,  "ml/min/1.73m2/y", fixed, calibrated("NHANES", "with the mean pressure and albuminuria 0.6 to 0.9 a year between 40 and 70, in the mean"), "Yearly loss at the reference age; it grows in proportion to age");
  static constexpr auto a_r   = parameter<"filtration_loss_age">      (50.0,  "y",      fixed, assumed("the middle of the ages described"), "Reference age of the loss");
  static constexpr auto r_A   = parameter<"filtration_hba1c_loss">    (0.22,  "ml/min/1.73m2/y", fixed, calibrated("Zoppini2012", "-1.0 a year at 7 % and over, -0.2 in the best controlled"), "Yearly loss added per % of HbA1c above its threshold");
  static constexpr auto r_S   = parameter<"filtration_pressure_loss"> (0.18,  "ml/min/1.73m2/y", fixed, calibrated("Zoppini2012", "-1.0 a year in hypertension, -0.2 without"), "Yearly loss added per 10 mmHg of systolic pressure above its threshold");
  static constexpr auto r_U   = parameter<"filtration_albumin_loss">  (1.46,  "ml/min/1.73m2/y", fixed, calibrated("EMPAKIDNEY2024", "-2.75 a year at 329 mg/g; -4.59 at 927 mg/g in CREDENCE"), "Yearly loss added at the reference albuminuria; it grows with its square root");
  static constexpr auto U_r   = parameter<"filtration_albumin_reference">(300.0, "mg/g", fixed, assumed("where macroalbuminuria begins"), "Reference albuminuria of the loss");
  static constexpr auto A_1   = parameter<"renal_hba1c_threshold">    (7.0,   "%",      fixed, cited("Zoppini2012", "groups"), "HbA1c above which the kidneys suffer");
  static constexpr auto A_w   = parameter<"renal_hba1c_step">         (1.0,   "%",      fixed, cited("Zoppini2012", "scale of the slope"), "Step of HbA1c");
  static constexpr auto S_1   = parameter<"renal_pressure_threshold"> (130.0, "mmHg",   fixed, assumed("targets of treatment"), "Systolic pressure above which the kidneys suffer");
  static constexpr auto S_w   = parameter<"renal_pressure_step">      (10.0,  "mmHg",   fixed, assumed("scale of the slope"), "Step of systolic pressure");
  static constexpr auto C_l   = parameter<"filtration_last">          (10.0,  "ml/min/1.73m2", fixed, assumed("what is nearly gone cannot be lost at the same pace"), "Filtration below which the loss slows down");
  static constexpr auto s_U   = parameter<"relative_albuminuria">     (1.0,   "1",      lognormal(1.0), assumed("above 30 mg/g in 7 % of adults"), "Albuminuria relative to the median, where it was not measured");
  static constexpr auto U_0   = parameter<"usual_albuminuria">        (7.0,   "mg/g",   fixed, assumed("median of adults"), "Albuminuria of the median person");
  static constexpr auto U_1   = parameter<"albuminuria_unit">         (1.0,   "mg/g",   fixed, assumed("unit of the logarithm"), "Albuminuria at which its logarithm is zero");
  static constexpr auto q_a   = parameter<"albuminuria_growth">       (0.015, "1/y",    fixed, assumed("twice as much at 70 as at 25"), "Yearly growth of albuminuria");
  static constexpr auto q_A   = parameter<"albuminuria_hba1c_growth"> (0.05,  "1/y",    fixed, calibrated("UKPDS64", "from 7 to 25 % with microalbuminuria in the ten years from diagnosis"), "Growth added per % of HbA1c above its threshold");
  static constexpr auto q_S   = parameter<"albuminuria_pressure_growth">(0.03, "1/y",   fixed, calibrated("UKPDS64", "same"), "Growth added per 10 mmHg of systolic pressure above its threshold");
  static constexpr auto U_max = parameter<"albuminuria_most">         (3000.0, "mg/g",  fixed, assumed("nephrotic range"), "Albuminuria at which its growth has halved");
  static constexpr auto g_C   = parameter<"sglt2_filtration_dip">     (0.06,  "1",      fixed, cited("EMPAKIDNEY2024", "acute dip of 2.12, 6 %"), "Share of filtration that a full dose takes off at once");
  static constexpr auto g_U   = parameter<"sglt2_albuminuria_fall">   (0.37,  "1",      fixed, cited("Perkovic2019", "CREDENCE: 31 % lower"), "Fall of the logarithm of albuminuria on a full dose");
  static constexpr auto g_r   = parameter<"sglt2_loss_prevented">     (0.44,  "1",      fixed, calibrated("EMPAKIDNEY2024", "-1.37 instead of -2.75 a year, albuminuria and pressure among it; CREDENCE: -1.85 instead of -4.59"), "Share of the loss that a full dose prevents besides");
  static constexpr auto tau   = parameter<"sglt2_renal_time">         (7.0,   "d",      fixed, assumed("the dip is complete after three weeks and gone as soon after withdrawal"), "Time constant of the effect on flow");
  static constexpr auto kap   = parameter<"creatinine_knee">          (BySex(0.9, 0.7),       "mg/dl", fixed, cited("Inker2021", "table 2"), "Creatinine at which the formula bends");
  static constexpr auto alp   = parameter<"creatinine_low_power">     (BySex(-0.302, -0.241), "1",     fixed, cited("Inker2021", "table 2"), "Power below the knee");
  static constexpr auto bet   = parameter<"creatinine_high_power">    (-1.200, "1",                    fixed, cited("Inker2021", "table 2"), "Power above the knee");
  static constexpr auto E_0   = parameter<"creatinine_scale">         (BySex(142.0, 143.704), "ml/min/1.73m2", fixed, cited("Inker2021", "table 2: 142, women by 1.012"), "Filtration at the knee, at no age");
  static constexpr auto lam   = parameter<"creatinine_age_rate">      (0.0062193, "1/y", fixed, cited("Inker2021", "table 2: 0.9938 to the power of age"), "Yearly fall of the formula");

  static constexpr auto MM0   = constant <"muscle_mass_at_start">     (       "kg",     "Muscle cell mass at the start");

  static constexpr auto egfr  = output   <"egfr">                     (       "ml/min/1.73m2", "True glomerular filtration rate");
  static constexpr auto uacr  = output   <"albuminuria">              (       "mg/g",   "Albumin in urine, per g of creatinine");
  static constexpr auto loss  = output   <"filtration_loss">          (       "ml/min/1.73m2/y", "Yearly loss of filtration");
  static constexpr auto crea  = output   <"creatinine">               (       "mg/dl",  "Creatinine in blood");
  static constexpr auto rep   = output   <"egfr_creatinine">          (       "ml/min/1.73m2", "Filtration as the laboratory estimates it from creatinine");
  // clang-format on
  static constexpr auto table =
      std::tuple{C,   U,   X,   C_m, U_m, age, age0, year, A1c, S,   MM,   glif, s_C,  C_0,  a_C, s_r, r_a,
                 a_r, r_A, r_S, r_U, U_r, A_1, A_w,  S_1,  S_w, C_l, s_U,  U_0,  U_1,  q_a,  q_A, q_S, U_max,
                 g_C, g_U, g_r, tau, kap, alp, bet,  E_0,  lam, MM0, egfr, uacr, loss, crea, rep};

  // CKD-EPI: filtration from creatinine at some age, and the other way round.
  template <class R>
  static R estimated(const Values<Kidney, R>& x, const R& creatinine, const R& a) {
    const R ratio = creatinine / x[kap];
    return x[E_0] * exp(R(-x[lam] * a)) * power(ratio, select(ratio > 1.0, x[bet], x[alp]));
  }
  template <class R>
  static R creatinine_of(const Values<Kidney, R>& x, const R& filtration, const R& a) {
    const R ratio = filtration / (x[E_0] * exp(R(-x[lam] * a)));
    return x[kap] * power(ratio, R(1.0 / select(ratio > 1.0, x[alp], x[bet])));
  }

  // What harms the kidneys, in steps above the thresholds.
  template <class R>
  static R sugar(const Values<Kidney, R>& x) {
    return ramp(R((x[A1c] - x[A_1]) / x[A_w]));
  }
  template <class R>
  static R strain(const Values<Kidney, R>& x) {
    return ramp(R((x[S] - x[S_1]) / x[S_w]));
  }

  template <class R>
  static void outputs(const Values<Kidney, R>& x, const Outputs<Kidney, R>& y) {
    y[egfr] = x[C] * (1.0 - x[g_C] * x[X]);
    y[uacr] = x[U_1] * exp(R(x[U] - x[g_U] * x[X]));
    const R wear =
        x[r_a] * x[age] / x[a_r] + x[r_A] * sugar(x) + x[r_S] * strain(x) + x[r_U] * sqrt(R(y[uacr] / x[U_r]));
    y[loss] = x[s_r] * wear * (1.0 - exp(R(-x[C] / x[C_l]))) * (1.0 - x[g_r] * x[X]);
    // Muscle makes creatinine. The formula takes the usual loss of muscle to come with age; here it is his own.
    y[crea] = creatinine_of(x, y[egfr], x[age0]) * x[MM] / x[MM0];
    y[rep] = estimated(x, y[crea], x[age]);
  }

  template <class R>
  static void rates(const Values<Kidney, R>& x, const Rates<Kidney, R>& d) {
    d[C] = -x[loss] / x[year];
    const R growth = x[q_a] + x[q_A] * sugar(x) + x[q_S] * strain(x);
    d[U] = growth / (1.0 + x[uacr] / x[U_max]) / x[year];
    d[X] = (x[glif] - x[X]) / x[tau];
  }

  template <class R>
  static void relaxation(const Values<Kidney, R>& x, const States<Kidney, R>& k) {
    k[X] = 1.0 / x[tau];
  }

  template <class R>
  static void personalise(const Values<Kidney, R>& x, const Start<Kidney, R>& s) {
    const R grown = x[age0] / x[a_C];
    s[X] = x[glif];
    s[C] = select(x[C_m] > R(0.0 * x[C_m]), R(x[C_m] / (1.0 - x[g_C] * x[glif])),
                  R(x[s_C] * x[C_0] * (1.0 - grown * grown)));
    s[U] = log(R(select(x[U_m] > R(0.0 * x[U_m]), x[U_m], R(x[s_U] * x[U_0])) / x[U_1])) + x[g_U] * x[glif];
  }

  template <class R>
  static void anchor(const Values<Kidney, R>& x, const Start<Kidney, R>& s) {
    s[MM0] = x[MM];
  }
};

}  // namespace healthspan::models
