// Diet: what is eaten is what appetite asks for, plus what the scenario adds or takes away.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Diet {
  static constexpr auto name = "diet";
  static constexpr auto summary = "What is eaten: appetite plus what the scenario adds or takes away";

  // clang-format off
  static constexpr auto I     = input    <"appetite">               (       "kcal/d",  "Energy that appetite asks for");
  static constexpr auto dE    = input    <"supplement_energy">      (0.0,   "kcal/d",  "Energy eaten beyond appetite, that of added protein included");
  static constexpr auto dP    = input    <"protein_supplement">     (0.0,   "g/d",     "Protein eaten beyond the usual share");
  static constexpr auto share = parameter<"protein_share">          (0.155, "1",       fixed, cited("Houston2008", "about 15 % of energy in men and women of 70-79"), "Share of energy eaten as protein");
  static constexpr auto e_P   = parameter<"protein_energy_density"> (4.0,   "kcal/g",  fixed, cited("MerrillWatt1973", "general factor of Atwater"), "Energy per gram of protein");
  static constexpr auto EI    = output   <"energy_intake">          (       "kcal/d",  "Metabolisable energy eaten");
  static constexpr auto P     = output   <"protein_intake">         (       "g/d",     "Protein eaten");
  // clang-format on
  static constexpr auto table = std::tuple{I, dE, dP, share, e_P, EI, P};

  template <class R>
  static void outputs(const Values<Diet, R>& x, const Outputs<Diet, R>& y) {
    y[EI] = x[I] + x[dE];
    y[P] = x[share] * x[I] / x[e_P] + x[dP];  // a supplement brings the protein it says, and no more
  }
};

}  // namespace healthspan::models
