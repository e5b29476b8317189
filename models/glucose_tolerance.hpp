// The oral glucose tolerance test: glucose two hours after 75 g, with granules and insulin followed by the minute.
// J. Ha & A. Sherman, Am J Physiol Endocrinol Metab 319:E410 (2020). It is only read off and has no states.
#pragma once

#include <healthspan/models/glucose.hpp>

namespace healthspan::models {

// The row of a module that only reads what `row` of another one is, and has the same value where nobody owns it.
template <Kind K, Name N>
constexpr auto as_input(const Row<K, N>& row) {
  return Row<Kind::input, N>{row.unit, row.meaning, row.value};
}

struct GlucoseTolerance : HaShermanRows {
  static constexpr auto name = "glucose_tolerance";
  static constexpr auto summary = "Glucose two hours after a drink of 75 g";

  // clang-format off
  static constexpr auto S_I    = input    <"peripheral_sensitivity">  ("ml/uU/d", "Glucose uptake per insulin");
  static constexpr auto hS_I   = input    <"hepatic_sensitivity">     ("ml/uU",   "Effect of insulin on the liver");
  static constexpr auto b      = input    <"beta_cell_mass">          ("mg",      "Mass of the beta cells");
  static constexpr auto sigma  = input    <"beta_cell_function">      ("1",       "Function of the beta cells");
  static constexpr auto gamma  = input    <"channel_shift">           ("1",       "Shift of the glucose response by the density of potassium channels");
  static constexpr auto G_fast = input    <"fasting_glucose">         ("mg/dl",   "Glucose at the end of the night");
  static constexpr auto k_R    = input    <"renal_glucose_clearance"> ("dl/d",    "Plasma cleared of the glucose above the threshold");
  static constexpr auto G_R    = input    <"renal_threshold">         ("mg/dl",   "Glucose above which the kidneys lose it");
  static constexpr auto w_R    = input    <"renal_splay">             ("mg/dl",   "Scale of the rounded corner of that loss");

  static constexpr auto wait   = parameter<"tolerance_test_time">     (120.0 / per_min, "d", fixed, cited("HaSherman2020", "2-h glucose"), "Time after the drink");

  static constexpr auto G_2h   = output   <"glucose_2h">              ("mg/dl",   "Glucose two hours after a drink of 75 g");
  // clang-format on

  static constexpr auto table =
      std::tuple_cat(std::tuple{S_I, hS_I, b, sigma, gamma, G_fast, k_R, G_R, w_R, wait, G_2h},
                     std::apply([](const auto&... row) { return std::tuple{as_input(row)...}; }, shared));

  // The constants belong to the module glucose and are read here, by the symbols of its rows.
  template <class R>
  class Read {
   public:
    explicit Read(const Values<GlucoseTolerance, R>& x) : x_(x) {}
    template <Kind K, Name N>
    const R& operator[](const Row<K, N>&) const {
      return x_[Row<Kind::input, N>{}];
    }

   private:
    const Values<GlucoseTolerance, R>& x_;
  };

  // Each three minutes glucose moves by a half-step, then granules and insulin by a whole one, then glucose again:
  // Strang splitting, of second order. Docked granules, which may fuse within seconds, and insulin relax exactly; the
  // rate of glucose is taken at the middle of its half-step, and what falls with glucose there is implicit.
  static constexpr int steps = 40;

  template <class R>
  static void outputs(const Values<GlucoseTolerance, R>& values, const Outputs<GlucoseTolerance, R>& y) {
    const Read<R> x(values);
    const R h = values[wait] / static_cast<double>(steps);
    const R cleared = x[k_R] / x[V_G], stays = exp(R(-x[k] * h));

    R G = x[G_fast];
    const auto supplied = [&](const R& ci) { return x[sigma] * amplification(x, G) * x[r_30] * ci / (ci + x[K_p]); };
    const R ci0 = calcium(x, metabolism(x, G), R(x[gamma]));
    Granules<R> N = settled_granules(x, ci0, supplied(ci0));
    R I = (x[b] * x[q] * fusion(x, ci0) * N.docked / x[V_I] + x[I_drug]) / x[k];
    for (int j = 0; j < steps; ++j) {
      const auto half_step = [&](double quarter) {
        const R since = h * (j + 0.25 * quarter);
        const R lost = cleared * x[w_R] * ramp(R((G - x[G_R] - x[G_drug]) / x[w_R]));
        const R gained = production(x, R(x[S_I]), R(x[hS_I]), I) + drunk(x, since) - lost;
        const R uptake = 0.25 * h * (x[E_G0] + x[S_I] * I);
        G = ((1.0 - uptake) * G + 0.5 * h * gained) / (1.0 + uptake);
      };
      half_step(1.0);
      const R ci = calcium(x, metabolism(x, G), R(x[gamma]));
      const R r_2 = x[r_20] * ci / (ci + x[K_p]), F = fusion(x, ci), leave = F + x[r_m2];
      const R gone = x[r_m3] + r_2, come = supplied(ci) + x[r_m2] * N.docked;
      const R reserve = N.reserve + h * (come - gone * N.reserve) / (1.0 + 0.5 * gone * h);
      const R held = r_2 * 0.5 * (N.reserve + reserve) / leave,
              docked = held + (N.docked - held) * exp(R(-leave * h));
      const R fused = F * (held - (docked - N.docked) / (leave * h));  // mean over the step
      N = {docked, reserve};
      const R settled = (x[b] * x[q] * fused / x[V_I] + x[I_drug]) / x[k];
      I = settled + (I - settled) * stays;
      half_step(3.0);
    }
    y[G_2h] = G;
  }
};

}  // namespace healthspan::models
