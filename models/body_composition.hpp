// Body composition: fat decides the size of the lean frame, muscle fills its share of it, water and glycogen follow.
// Forbes, Nutr Rev 45:225 (1987); Hall et al., Lancet 378:826 (2011), web appendix. With muscle at its starting
// index this is Hall's model: the lean frame is his lean mass in closed form.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct BodyComposition {
  static constexpr auto name = "body_composition";
  static constexpr auto summary = "Fat, lean frame, water and glycogen make up body weight";

  // clang-format off
  static constexpr auto weight0 = input    <"weight_at_start">          (          "kg",                              "Body weight at the start");
  static constexpr auto h       = input    <"height">                   (          "m",                               "Body height");
  static constexpr auto age0    = input    <"age_at_start">             (          "y",                               "Age at the start");
  static constexpr auto F_meas  = input    <"fat_mass_measured">        (0.0,      "kg",                              "Fat mass by BIA or DXA at the start; 0 where not measured, then Jackson's formula is used");
  static constexpr auto F       = input    <"fat_mass">                 (          "kg",                              "Body fat");
  static constexpr auto m       = input    <"muscle_index">             (1.0,      "1",                               "Muscle relative to the own age-30 reference");
  static constexpr auto m0      = input    <"muscle_index_at_start">    (1.0,      "1",                               "Muscle index at the start");
  static constexpr auto phi     = input    <"muscle_share_of_lean">     (0.0,      "1",                               "Share of the lean frame that is muscle cells");
  static constexpr auto G       = input    <"glycogen">                 (          "kg",                              "Glycogen");
  static constexpr auto G0      = input    <"glycogen_at_start">        (          "kg",                              "Glycogen at the start");
  static constexpr auto ECF     = input    <"extracellular_fluid">      (          "kg",                              "Extracellular fluid");

  static constexpr auto C_F     = parameter<"forbes_constant">          (10.4,     "kg",       fixed, cited("Forbes1987", "eq. 1"),                  "Lean gained per e-folding of fat");
  static constexpr auto w_G     = parameter<"glycogen_with_water">      (3.7,      "1",        fixed, cited("Hall2011", "appendix: 2.7 g water per g"), "Weight of glycogen with its water");
  static constexpr auto bmi1    = parameter<"body_mass_index_unit">     (1.0,      "kg/m^2",   fixed, cited("Jackson2002", "scale of the logarithm"), "Body mass index at which its logarithm is zero");
  static constexpr auto f_age   = parameter<"fat_share_age_slope">      (0.0014,   "1/y",      fixed, cited("Jackson2002", "as in the NIH planner"), "Fat share gained per year of age");
  static constexpr auto f_bmi   = parameter<"fat_share_log_bmi_slope">  (BySex(0.3731, 0.3996),  "1", fixed, cited("Jackson2002", "as in the NIH planner"), "Fat share per e-folding of body mass index");
  static constexpr auto f_0     = parameter<"fat_share_offset">         (BySex(1.0394, 1.0201),  "1", fixed, cited("Jackson2002", "as in the NIH planner"), "Fat share offset (subtracted)");
  static constexpr auto e_age   = parameter<"fluid_age_slope">          (BySex(0.025, 0.0),      "kg/y", fixed, cited("Silva2007", "as in the NIH planner"), "Extracellular fluid per year of age");
  static constexpr auto e_h     = parameter<"fluid_height_slope">       (BySex(9.57, 5.98),      "kg/m", fixed, cited("Silva2007", "as in the NIH planner"), "Extracellular fluid per metre");
  static constexpr auto e_w     = parameter<"fluid_weight_slope">       (BySex(0.191, 0.167),    "1",  fixed, cited("Silva2007", "as in the NIH planner"), "Extracellular fluid per kg of weight");
  static constexpr auto e_0     = parameter<"fluid_offset">             (BySex(12.4, 4.0),       "kg", fixed, cited("Silva2007", "as in the NIH planner"), "Extracellular fluid offset (subtracted)");

  static constexpr auto F0      = constant <"fat_mass_at_start">        (          "kg",                              "Body fat at the start");
  static constexpr auto ECF0    = constant <"fluid_at_start">           (          "kg",                              "Extracellular fluid at the start");
  static constexpr auto L0      = constant <"lean_frame_at_start">      (          "kg",                              "Lean mass without extracellular fluid at the start");

  static constexpr auto l       = output   <"lean_frame">               (          "kg",                              "Size of the lean body that goes with these fat stores");
  static constexpr auto L       = output   <"lean_mass">                (          "kg",                              "Lean mass without extracellular fluid");
  static constexpr auto BW      = output   <"body_weight">              (          "kg",                              "Body weight");
  static constexpr auto BMI     = output   <"body_mass_index">          (          "kg/m^2",                          "Body mass index");
  static constexpr auto FMI     = output   <"fat_mass_index">           (          "kg/m^2",                          "Fat mass over height squared");
  // clang-format on
  static constexpr auto table =
      std::tuple{weight0, h,   age0,  F_meas, F,   m,   m0, phi,  G,  G0, ECF, C_F, w_G, bmi1, f_age,
                 f_bmi,   f_0, e_age, e_h,    e_w, e_0, F0, ECF0, L0, l,  L,   BW,  BMI, FMI};

  template <class R>
  static void outputs(const Values<BodyComposition, R>& x, const Outputs<BodyComposition, R>& y) {
    y[l] = x[L0] + x[C_F] * log(R(x[F] / x[F0]));
    y[L] = y[l] * (1.0 - x[phi] + x[phi] * x[m] / x[m0]);
    y[BW] = x[F] + y[L] + x[ECF] + x[w_G] * x[G];
    y[BMI] = y[BW] / (x[h] * x[h]);
    y[FMI] = x[F] / (x[h] * x[h]);
  }

  template <class R>
  static void personalise(const Values<BodyComposition, R>& x, const Start<BodyComposition, R>& s) {
    const R bmi = x[weight0] / (x[h] * x[h]);
    const R share = x[f_age] * x[age0] + x[f_bmi] * log(R(bmi / x[bmi1])) - x[f_0];
    s[F0] = select(x[F_meas] > 0.0 * x[F_meas], x[F_meas], R(x[weight0] * share));
    s[ECF0] = x[e_age] * x[age0] + x[e_h] * x[h] + x[e_w] * x[weight0] - x[e_0];
    s[L0] = x[weight0] - s[F0] - s[ECF0] - x[w_G] * x[G0];
  }
};

}  // namespace healthspan::models
