// The rows of risk factors that modules of events share, with values at which they rest where no module owns them,
// and how the published scores read them. The scores are in bare numbers; so each unit is a row, too.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/models/scores/prevent.hpp>
#include <healthspan/models/scores/ukpds_om2.hpp>

namespace healthspan::models {

template <class M>
struct RiskFactors {
  // clang-format off
  static constexpr auto male   = input<"male">                        (          "1",            "1 for men, 0 for women");
  static constexpr auto age    = input<"age">                         (          "y",            "Age");
  static constexpr auto D      = input<"diabetes">                    (0.0,      "1",            "Has diabetes: 1 = yes");
  static constexpr auto T      = input<"diabetes_duration">           (0.0,      "y",            "Time since diabetes became known");
  static constexpr auto A1c    = input<"hba1c">                       (5.4,      "%",            "Glycated haemoglobin");
  static constexpr auto SBP    = input<"systolic_pressure">           (120.0,    "mmHg",         "Systolic blood pressure");
  static constexpr auto LDL    = input<"effective_ldl">               (115.0,    "mg/dl",        "LDL cholesterol that the risk of events has got used to");
  static constexpr auto HDL    = input<"hdl_cholesterol">             (52.0,     "mg/dl",        "HDL cholesterol");
  static constexpr auto BMI    = input<"body_mass_index">             (25.0,     "kg/m^2",       "Body mass index");
  static constexpr auto egfr   = input<"egfr">                        (90.0,     "ml/min/1.73m2","True glomerular filtration rate");
  static constexpr auto uacr   = input<"albuminuria">                 (8.0,      "mg/g",         "Albumin in urine, per g of creatinine");
  static constexpr auto smoke  = input<"smoking">                     (0.0,      "1",            "Excess risk that smoking has left, 1 = that of a smoker");
  static constexpr auto AF     = input<"atrial_fibrillation">         (0.0,      "1",            "Atrial fibrillation: 1 = yes");
  static constexpr auto PVD    = input<"peripheral_vascular_disease"> (0.0,      "1",            "Peripheral vascular disease: 1 = yes");
  static constexpr auto HR     = input<"heart_rate">                  (72.0,     "1/min",        "Resting heart rate");
  static constexpr auto WBC    = input<"white_cells">                 (6.8e6,    "1/ml",         "White blood cells");
  static constexpr auto Hb     = input<"haemoglobin">                 (14.5,     "g/dl",         "Haemoglobin");
  static constexpr auto year   = input<"days_per_year">               (          "d/y",          "Length of a year");

  static constexpr auto u_y    = input<"one_year">                    (1.0,      "y",            "Unit of the scores' ages and times");
  static constexpr auto u_A    = input<"one_percent">                 (1.0,      "%",            "Unit of the scores' HbA1c");
  static constexpr auto u_P    = input<"one_mmhg">                    (1.0,      "mmHg",         "Unit of the scores' pressure");
  static constexpr auto u_C    = input<"cholesterol_mmol">            (1.0/prevent_mmol_per_mg_dl, "mg/dl", "Cholesterol of 1 mmol/l, the unit of the scores");
  static constexpr auto u_BMI  = input<"one_kg_per_m2">               (1.0,      "kg/m^2",       "Unit of the scores' body mass index");
  static constexpr auto u_F    = input<"one_ml_per_min">              (1.0,      "ml/min/1.73m2","Unit of the scores' filtration");
  static constexpr auto u_HR   = input<"one_per_minute">              (1.0,      "1/min",        "Unit of the scores' heart rate");
  static constexpr auto u_W    = input<"million_cells_per_ml">        (1e6,      "1/ml",         "Unit of the scores' white cells");
  static constexpr auto u_Hb   = input<"one_g_per_dl">                (1.0,      "g/dl",         "Unit of the scores' haemoglobin");
  // 50 mg of albumin per litre, at 1 g of creatinine per litre of urine.
  static constexpr auto u_alb  = input<"raised_albuminuria">          (50.0,     "mg/g",         "Albumin in urine from which on the Outcomes Model counts it");
  // clang-format on
  static constexpr auto risk_factor_rows =
      std::tuple{male, age, D,  T,    A1c, SBP, LDL, HDL, BMI,   egfr, uacr, smoke, AF,   PVD,
                 HR,   WBC, Hb, year, u_y, u_A, u_P, u_C, u_BMI, u_F,  u_HR, u_W,   u_Hb, u_alb};

  // What the Outcomes Model reads, histories and events apart.
  template <class R>
  static Om2Person<R> om2_person(const Values<M, R>& x) {
    Om2Person<R> p;
    p.female = 1.0 - x[male];
    p.age_at_diagnosis = (x[age] - x[T]) / x[u_y];
    p.duration = x[T] / x[u_y];
    p.systolic_pressure = x[SBP] / x[u_P];
    p.hdl_cholesterol = x[HDL] / x[u_C];
    p.ldl_cholesterol = x[LDL] / x[u_C];
    p.hba1c = x[A1c] / x[u_A];
    p.body_mass_index = x[BMI] / x[u_BMI];
    p.egfr = x[egfr] / x[u_F];
    p.smoking = x[smoke];
    p.albuminuria = select(x[uacr] < x[u_alb], R(0.0), R(1.0));
    p.heart_rate = x[HR] / x[u_HR];
    p.white_cells = x[WBC] / x[u_W];
    p.haemoglobin = x[Hb] / x[u_Hb];
    p.atrial_fibrillation = x[AF];
    p.peripheral_vascular_disease = x[PVD];
    return p;
  }
};

}  // namespace healthspan::models
