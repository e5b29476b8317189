// Glycated haemoglobin follows mean glucose over the life of red cells.
// Nathan et al., Diabetes Care 31:1473 (2008), turned around.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Glycation {
  static constexpr auto name = "glycation";
  static constexpr auto summary = "Haemoglobin is glycated by mean glucose within months";

  // clang-format off
  static constexpr auto A      = state    <"hba1c">                 (       "%",       "Glycated haemoglobin");

  static constexpr auto G      = input    <"glucose_day_mean">      (       "mg/dl",   "Glucose, mean over the day");
  static constexpr auto G_st   = input    <"glucose_day_mean_at_start">(    "mg/dl",   "The same at the start");
  static constexpr auto A_meas = input    <"hba1c_at_start">        (0.0,   "%",       "Glycated haemoglobin at the start; 0 where not measured");

  static constexpr auto G_A    = parameter<"glucose_per_hba1c">     (28.7,  "mg/dl/%",   fixed, cited("Nathan2008", "abstract"),       "Mean glucose per % of glycated haemoglobin");
  static constexpr auto G_0    = parameter<"glucose_of_no_hba1c">   (46.7,  "mg/dl",   fixed, cited("Nathan2008", "abstract"),       "Offset of glucose");
  static constexpr auto o      = parameter<"healthy_hba1c_offset">  (0.4,   "%",       fixed, assumed("the line was fitted to people with diabetes; at 94 mg/dl it gives 4.9 %, and the healthy have 5.2 to 5.4 %"), "What the line misses in health");
  static constexpr auto G_o    = parameter<"healthy_hba1c_glucose"> (125.0, "mg/dl",   fixed, assumed("between health and diabetes"), "Glucose at which half of it is left");
  static constexpr auto w_o    = parameter<"healthy_hba1c_width">   (10.0,  "mg/dl",   fixed, assumed("between health and diabetes"), "Glucose over which it fades");
  static constexpr auto s_A    = parameter<"relative_glycation">    (1.0,   "1",       lognormal(0.07), assumed("SD of the glycation gap 0.4 to 0.5 % at 6 to 7 %"), "Glycated haemoglobin relative to that of others at the same glucose");
  static constexpr auto tau    = parameter<"glycation_time">        (40.0,  "d",       fixed, assumed("half of a change within a month"), "Time constant of glycated haemoglobin");

  static constexpr auto gap    = constant <"glycation_gap">         (       "%",       "Glycated haemoglobin of the person above what mean glucose tells");
  // clang-format on
  static constexpr auto table = std::tuple{A, G, G_st, A_meas, G_A, G_0, o, G_o, w_o, s_A, tau, gap};

  // What mean glucose tells.
  template <class R>
  static R usual(const Values<Glycation, R>& x, const R& glucose) {
    return (glucose + x[G_0]) / x[G_A] + x[o] / (1.0 + exp(R((glucose - x[G_o]) / x[w_o])));
  }

  template <class R>
  static void rates(const Values<Glycation, R>& x, const Rates<Glycation, R>& d) {
    d[A] = (usual(x, x[G]) + x[gap] - x[A]) / x[tau];
  }

  template <class R>
  static void relaxation(const Values<Glycation, R>& x, const States<Glycation, R>& k) {
    k[A] = 1.0 / x[tau];
  }

  template <class R>
  static void personalise(const Values<Glycation, R>& x, const Start<Glycation, R>& s) {
    const R others = usual(x, x[G_st]);
    s[gap] = select(x[A_meas] > R(0.0 * x[A_meas]), R(x[A_meas] - others), R((x[s_A] - 1.0) * others));
    s[A] = others + s[gap];
  }
};

}  // namespace healthspan::models
