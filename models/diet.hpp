// Diet: what is eaten is what appetite asks for, or what is prescribed, plus what the scenario adds or takes away.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Diet {
  static constexpr auto name = "diet";
  static constexpr auto summary =
      "What is eaten: appetite or a prescription, plus what the scenario adds or takes away";

  // clang-format off
  static constexpr auto I     = input    <"appetite">               (       "kcal/d",  "Energy that appetite asks for");
  static constexpr auto EI0   = input    <"energy_intake_at_start"> (       "kcal/d",  "Intake that balances expenditure at the start");
  static constexpr auto w     = input    <"prescription">           (0.0,   "1",       "Share of what is eaten that follows a prescription instead of appetite");
  static constexpr auto E_w   = input    <"prescribed_energy">      (0.0,   "kcal/d",  "Energy eaten by prescription; that share of the prescribed");
  static constexpr auto P_w   = input    <"prescribed_protein">     (0.0,   "g/d",     "Protein eaten by prescription; 0 where it is the usual share");
  static constexpr auto dE    = input    <"supplement_energy">      (0.0,   "kcal/d",  "Energy eaten beyond that, that of added protein included");
  static constexpr auto dP    = input    <"protein_supplement">     (0.0,   "g/d",     "Protein eaten beyond the usual share");
  static constexpr auto share = parameter<"protein_share">          (0.155, "1",       fixed, cited("Houston2008", "about 15 % of energy in men and women of 70-79"), "Share of energy eaten as protein");
  static constexpr auto e_P   = parameter<"protein_energy_density"> (4.0,   "kcal/g",  fixed, cited("MerrillWatt1973", "general factor of Atwater"), "Energy per gram of protein");
  static constexpr auto least = parameter<"least_intake">           (100.0, "kcal/d",  fixed, assumed("a fast with sips; keeps the intake positive where deficits add up to more than is eaten"), "Least energy eaten");
  static constexpr auto EI    = output   <"energy_intake">          (       "kcal/d",  "Metabolisable energy eaten");
  static constexpr auto P     = output   <"protein_intake">         (       "g/d",     "Protein eaten");
  static constexpr auto size  = output   <"meal_size">              (       "1",       "Food eaten relative to the start");
  static constexpr auto follow = output  <"appetite_followed">      (       "1",       "Share of a change of appetite that is eaten");
  // clang-format on
  static constexpr auto table = std::tuple{I, EI0, w, E_w, P_w, dE, dP, share, e_P, least, EI, P, size, follow};

  template <class R>
  static void outputs(const Values<Diet, R>& x, const Outputs<Diet, R>& y) {
    const R own = (1.0 - x[w]) * x[I];
    const R wanted = own + x[E_w] + x[dE];
    const auto enough = wanted > x[least];
    y[EI] = select(enough, wanted, x[least]);
    y[size] = y[EI] / x[EI0];
    y[follow] = select(enough, R(1.0 - x[w]), R(0.0 * x[w]));
    // A supplement brings the protein it says, and no more.
    const R prescribed = select(x[P_w] > 0.0 * x[P_w], x[P_w], R(x[share] * x[E_w] / x[e_P]));
    y[P] = x[share] * max(own, R(0.0 * own)) / x[e_P] + prescribed + x[dP];
  }
};

}  // namespace healthspan::models
