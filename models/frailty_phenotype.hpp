// Frailty phenotype: five criteria, read off the state. Three or more: frail; one or two: prefrail.
// Fried et al., J Gerontol A 56:M146 (2001); revised Japanese criteria: Satake & Arai, Geriatr Gerontol Int 20:992
// (2020). Exhaustion and low activity are asked in questionnaires; here they are read off effort and steps.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct FrailtyPhenotype {
  static constexpr auto name = "frailty_phenotype";
  static constexpr auto summary = "Five criteria of frailty, revised Japanese (J-CHS) and Fried's";

  // clang-format off
  static constexpr auto dW6     = input    <"weight_change_6_months">  (       "kg",      "Change of body weight over half a year");
  static constexpr auto dW12    = input    <"weight_change_12_months"> (       "kg",      "Change of body weight over a year");
  static constexpr auto BW      = input    <"body_weight">             (       "kg",      "Body weight");
  static constexpr auto BMI     = input    <"body_mass_index">         (       "kg/m^2",  "Body mass index");
  static constexpr auto h       = input    <"height">                  (       "m",       "Body height");
  static constexpr auto grip    = input    <"grip_strength">           (       "kg",      "Grip strength");
  static constexpr auto gait    = input    <"gait_speed">              (       "m/s",     "Usual gait speed");
  static constexpr auto e       = input    <"walking_effort">          (       "1",       "Share of aerobic capacity that walking takes");
  static constexpr auto steps   = input    <"steps">                   (       "steps/d", "Steps per day");

  static constexpr auto e_tired = parameter<"exhaustion_criterion">    (0.64,   "1",       fixed, assumed("questionnaire item read off walking effort"),      "Walking effort that is felt as exhaustion");
  static constexpr auto s_low   = parameter<"activity_criterion">      (2500.0, "steps/d", fixed, assumed("questionnaire item read off steps; basal activity of Tudor-Locke 2008"), "Steps below which activity counts as low");
  static constexpr auto j_loss  = parameter<"jchs_weight_loss">        (2.0,    "kg",      fixed, cited("Satake2020", "table 1"), "Weight loss in six months (J-CHS)");
  static constexpr auto j_grip  = parameter<"jchs_grip">               (BySex(28.0, 18.0), "kg", fixed, cited("Satake2020", "table 1"), "Grip strength (J-CHS)");
  static constexpr auto j_gait  = parameter<"jchs_gait">               (1.0,    "m/s",     fixed, cited("Satake2020", "table 1"), "Gait speed (J-CHS)");
  static constexpr auto f_loss  = parameter<"fried_weight_loss">       (0.05,   "1",       fixed, cited("Fried2001", "appendix"), "Share of weight lost in a year (Fried)");
  static constexpr auto f_h     = parameter<"fried_height_cut">        (BySex(1.73, 1.59), "m",   fixed, cited("Fried2001", "appendix"), "Height that divides the gait criterion (Fried)");
  static constexpr auto f_gshort= parameter<"fried_gait_short">        (0.6531, "m/s",     fixed, cited("Fried2001", "appendix: 15 feet in 7 s"), "Gait speed of the shorter (Fried)");
  static constexpr auto f_gtall = parameter<"fried_gait_tall">         (0.7620, "m/s",     fixed, cited("Fried2001", "appendix: 15 feet in 6 s"), "Gait speed of the taller (Fried)");
  static constexpr auto b1      = parameter<"fried_bmi_cut_1">         (BySex(24.0, 23.0), "kg/m^2", fixed, cited("Fried2001", "appendix"), "First body mass index cut of grip (Fried)");
  static constexpr auto b2      = parameter<"fried_bmi_cut_2">         (26.0,   "kg/m^2",  fixed, cited("Fried2001", "appendix"), "Second body mass index cut of grip (Fried)");
  static constexpr auto b3      = parameter<"fried_bmi_cut_3">         (BySex(28.0, 29.0), "kg/m^2", fixed, cited("Fried2001", "appendix"), "Third body mass index cut of grip (Fried)");
  static constexpr auto g1      = parameter<"fried_grip_1">            (BySex(29.0, 17.0), "kg", fixed, cited("Fried2001", "appendix"), "Grip strength up to the first cut (Fried)");
  static constexpr auto g2      = parameter<"fried_grip_2">            (BySex(30.0, 17.3), "kg", fixed, cited("Fried2001", "appendix"), "Grip strength up to the second cut (Fried)");
  static constexpr auto g3      = parameter<"fried_grip_3">            (BySex(30.0, 18.0), "kg", fixed, cited("Fried2001", "appendix"), "Grip strength up to the third cut (Fried)");
  static constexpr auto g4      = parameter<"fried_grip_4">            (BySex(32.0, 21.0), "kg", fixed, cited("Fried2001", "appendix"), "Grip strength above the third cut (Fried)");

  static constexpr auto jchs    = output   <"jchs_criteria">           (       "1",       "Criteria met, revised J-CHS");
  static constexpr auto fried   = output   <"fried_criteria">          (       "1",       "Criteria met, Fried");
  // clang-format on
  static constexpr auto table =
      std::tuple{dW6,    dW12, BW,       BMI,     h,  grip, gait, e,  steps, e_tired, s_low, j_loss, j_grip, j_gait,
                 f_loss, f_h,  f_gshort, f_gtall, b1, b2,   b3,   g1, g2,    g3,      g4,    jchs,   fried};

  template <class R>
  static void outputs(const Values<FrailtyPhenotype, R>& x, const Outputs<FrailtyPhenotype, R>& y) {
    const R one(1.0), none(0.0);
    const R tired = select(x[e] > x[e_tired], one, none);
    const R idle = select(x[steps] < x[s_low], one, none);
    y[jchs] = tired + idle + select(x[dW6] < -x[j_loss], one, none) + select(x[grip] < x[j_grip], one, none) +
              select(x[gait] < x[j_gait], one, none);

    const R slow = select(x[h] > x[f_h], x[f_gtall], x[f_gshort]);
    const R weak = select(x[BMI] > x[b3], x[g4], select(x[BMI] > x[b2], x[g3], select(x[BMI] > x[b1], x[g2], x[g1])));
    y[fried] = tired + idle + select(x[dW12] / (x[BW] - x[dW12]) < -x[f_loss], one, none) +
               select(x[grip] > weak, none, one) + select(x[gait] > slow, none, one);
  }
};

}  // namespace healthspan::models
