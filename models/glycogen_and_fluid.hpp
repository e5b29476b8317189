// Glycogen and extracellular fluid, which follow carbohydrate and salt within a day or two.
// Hall et al., Lancet 378:826 (2011), web appendix. Two forms of the same equations: with their own dynamics (the
// reference), and quasi-steady, where they follow the intake at once (for steps of weeks).
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

// What both forms share.
struct GlycogenRows {
  // clang-format off
  static constexpr auto EI    = input    <"energy_intake">           (       "kcal/d", "Metabolisable energy eaten");
  static constexpr auto EI0   = input    <"energy_intake_at_start">  (       "kcal/d", "Intake that balances expenditure at the start");
  static constexpr auto ECF0  = input    <"fluid_at_start">          (       "kg",     "Extracellular fluid at the start");
  static constexpr auto dNa   = input    <"sodium_intake_change">    (0.0,   "mg/d",   "Change of sodium intake");
  static constexpr auto G0    = parameter<"glycogen_at_start">       (0.5,   "kg",     fixed, cited("Hall2011", "appendix"), "Glycogen at the start");
  static constexpr auto xi_Na = parameter<"sodium_excretion">        (3000.0, "mg/L/d", fixed, cited("Hall2011", "appendix"), "Sodium excreted per litre of excess fluid");
  static constexpr auto xi_CI = parameter<"carbohydrate_sodium_effect">(4000.0, "mg/d", fixed, cited("Hall2011", "appendix"), "Sodium excreted when carbohydrate is cut to nothing");
  static constexpr auto dens  = parameter<"fluid_volume">            (1.0,   "L/kg",   fixed, cited("Hall2011", "appendix: 1 kg per litre"), "Volume of a kg of extracellular fluid");
  // clang-format on
};

struct GlycogenAndFluid : GlycogenRows {
  static constexpr auto name = "glycogen_and_fluid";
  static constexpr auto summary = "Glycogen and extracellular fluid with their own dynamics of a day";

  // clang-format off
  static constexpr auto G     = state    <"glycogen">                (        "kg",      "Glycogen");
  static constexpr auto ECF   = state    <"extracellular_fluid">     (        "kg",      "Extracellular fluid");
  static constexpr auto Na    = parameter<"fluid_sodium">            (3220.0, "mg/L",    fixed, cited("Hall2011", "appendix"), "Sodium in extracellular fluid");
  static constexpr auto rho_G = input    <"glycogen_energy_density"> (        "kcal/kg", "Energy stored per kg of glycogen");
  static constexpr auto p_CI  = parameter<"carbohydrate_share">      (0.5,    "1",       fixed, cited("Hall2011", "appendix"), "Share of energy eaten as carbohydrate");
  static constexpr auto flux  = output   <"glycogen_flux">           (        "kg/d",    "Rate of change of glycogen at steady intake");
  // clang-format on
  static constexpr auto table = std::tuple{G, ECF, EI, EI0, ECF0, dNa, G0, xi_Na, xi_CI, dens, Na, rho_G, p_CI, flux};

  template <class R>
  static void outputs(const Values<GlycogenAndFluid, R>& x, const Outputs<GlycogenAndFluid, R>& y) {
    const R filled = x[G] / x[G0];
    y[flux] = x[p_CI] * (x[EI] - x[EI0] * filled * filled) / x[rho_G];
  }

  template <class R>
  static void rates(const Values<GlycogenAndFluid, R>& x, const Rates<GlycogenAndFluid, R>& d) {
    d[G] = x[flux];
    const R excess = x[dens] * (x[ECF] - x[ECF0]);
    d[ECF] = (x[dNa] - x[xi_Na] * excess - x[xi_CI] * (1.0 - x[EI] / x[EI0])) / (x[Na] * x[dens]);
  }

  template <class R>
  static void personalise(const Values<GlycogenAndFluid, R>& x, const Start<GlycogenAndFluid, R>& s) {
    s[G] = x[G0];
    s[ECF] = x[ECF0];
  }
};

struct GlycogenAndFluidQuasiSteady : GlycogenRows {
  static constexpr auto name = "glycogen_and_fluid_quasi_steady";
  static constexpr auto summary = "Glycogen and extracellular fluid that follow intake at once";

  // clang-format off
  static constexpr auto G     = output<"glycogen">            ("kg", "Glycogen");
  static constexpr auto ECF   = output<"extracellular_fluid"> ("kg", "Extracellular fluid");
  static constexpr auto slope = output<"glycogen_per_intake"> ("kg/(kcal/d)", "Change of glycogen per change of intake");
  // clang-format on
  static constexpr auto table = std::tuple{EI, EI0, ECF0, dNa, G0, xi_Na, xi_CI, dens, G, ECF, slope};

  template <class R>
  static void outputs(const Values<GlycogenAndFluidQuasiSteady, R>& x,
                      const Outputs<GlycogenAndFluidQuasiSteady, R>& y) {
    y[G] = x[G0] * sqrt(R(x[EI] / x[EI0]));
    y[ECF] = x[ECF0] + (x[dNa] - x[xi_CI] * (1.0 - x[EI] / x[EI0])) / (x[xi_Na] * x[dens]);
    y[slope] = 0.5 * y[G] / x[EI];
  }
};

}  // namespace healthspan::models
