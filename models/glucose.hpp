// Glucose, insulin and beta cells for steps of weeks: the equations of ha_sherman.hpp with their slow rates averaged
// over a day that is lived through in eighteen steps. Between health and diabetes it departs from the paper where the
// paper knows no prediabetes: see docs/decisions/0014-between-health-and-diabetes.md.
#pragma once

#include <healthspan/core/dual.hpp>
#include <healthspan/models/ha_sherman.hpp>

#include <array>
#include <vector>

namespace healthspan::models {

struct Glucose : HaShermanRows {
  static constexpr auto name = "glucose";
  static constexpr auto summary = "Glucose and insulin of a day, and the beta cells that change with it over years";

  // clang-format off
  static constexpr auto sigma  = state    <"beta_cell_function">      ("1",       "Function of the beta cells");
  static constexpr auto U      = state    <"beta_cell_log_mass">      ("1",       "Logarithm of the mass of the beta cells, from zero at the start");
  static constexpr auto gamma  = state    <"channel_shift">           ("1",       "Shift of the glucose response by the density of potassium channels");

  static constexpr auto L      = state    <"beta_cell_loss">          ("1",       "Logarithm of the function that beta cells have lost for good since the start");

  static constexpr auto S_I    = input    <"peripheral_sensitivity">  ("ml/uU/d", "Glucose uptake per insulin");
  static constexpr auto hS_I   = input    <"hepatic_sensitivity">     ("ml/uU",   "Effect of insulin on the liver");
  static constexpr auto meals  = input    <"meal_size">               (1.0,       "1",         "Food eaten relative to the start");
  static constexpr auto G_meas = input    <"fasting_glucose_at_start">(95.0,      "mg/dl",   "Fasting glucose at the start");
  static constexpr auto I_meas = input    <"fasting_insulin_at_start">(8.0,       "uU/ml",   "Fasting insulin at the start");

  static constexpr auto b_n    = parameter<"usual_beta_cell_mass">    (1533.917937647322, "mg", fixed, cited("HaSherman2020", "initial condition"), "Mass of the beta cells of a healthy person");
  static constexpr auto b_rel  = parameter<"relative_beta_cell_mass"> (1.0,       "1",     lognormal(0.3), assumed("autopsies differ by a factor of about 3"), "Mass of the beta cells relative to that");
  static constexpr auto rho    = parameter<"hepatic_to_peripheral_sensitivity"> (1.25, "d",  lognormal(0.6), cited("HaSherman2020", "initial condition, 1 over 0.8; the spread is assumed: that of each is about 0.55, and they are correlated by about 0.4"), "Sensitivity of the liver over that of the periphery");
  static constexpr auto g_f    = parameter<"channel_shift_feedback">  (1.0,       "1",     fixed, assumed("in the middle of 0 to 1.8; for the stepper, changes no solution"), "Fall of the target of the shift per rise of the shift");
  static constexpr auto m_n    = parameter<"glucotoxic_width">        (0.22,      "1",     fixed, assumed("0.02 in the paper, with which nobody stays between 95 and 125 mg/dl; people do for years. Chosen by hand before the fit"), "Metabolism over which harm sets in");
  static constexpr auto k_R    = parameter<"renal_glucose_clearance"> (per_min * 1.0, "dl/d", fixed, assumed("glomerular filtration of 100 ml/min"), "Plasma cleared of the glucose above the threshold");
  static constexpr auto G_R    = parameter<"renal_threshold">         (180.0,     "mg/dl", fixed, assumed("textbook value"), "Glucose above which the kidneys lose it");
  static constexpr auto w_R    = parameter<"renal_splay">             (100.0,     "mg/dl", fixed, assumed("rounds the threshold by a few mg/dl"), "Scale of the rounded corner of that loss");
  static constexpr auto e_G    = parameter<"glucose_energy">          (0.004,     "kcal/mg", fixed, assumed("4 kcal/g, as carbohydrate on labels"), "Energy of glucose");
  static constexpr auto H_IR   = parameter<"homa_resistance_unit">    (405.0,     "mg*uU/dl/ml", fixed, cited("Matthews1985", "22.5 mmol/l uU/ml, 18 mg/dl per mmol/l"), "Glucose times insulin at a resistance of one");
  static constexpr auto H_G    = parameter<"homa_glucose_offset">     (63.0,      "mg/dl", fixed, cited("Matthews1985", "3.5 mmol/l"), "Glucose without secretion");
  static constexpr auto H_B    = parameter<"homa_function_unit">      (0.2777777777777778, "dl*uU/mg/ml", fixed, cited("Matthews1985", "20 % per uU/ml over mmol/l"), "Insulin per glucose at full function");

  static constexpr auto year   = input    <"days_per_year">           (365.25,    "d/y",   "Length of a year");
  static constexpr auto fall   = parameter<"beta_cell_decline">       (0.18,     "1/y",   lognormal(1.7), calibrated("Knowler2002", "11 per 100 person-years develop diabetes on placebo; the spread is chosen by hand: most hardly decline, some within years"), "Yearly loss of the function that beta cells reach, where glucose is high");
  static constexpr auto left   = parameter<"beta_cell_reserve">       (0.25,      "1",     fixed, assumed("a third of the volume of beta cells is left in diabetes (Butler 2003), and their function in UKPDS fell from a half to a quarter in six years"), "Share of that function which is never lost");
  static constexpr auto G_L    = parameter<"decline_glucose">         (130.0,     "mg/dl", fixed, assumed("between normal and diabetic tolerance; chosen by hand before the fit"), "Mean glucose of the day at which half of that is lost");
  static constexpr auto w_L    = parameter<"decline_width">           (6.0,       "mg/dl", fixed, assumed("from hardly any in health to nearly all in diabetes; chosen by hand before the fit"), "Glucose over which the loss sets in");

  static constexpr auto b_0    = constant <"beta_cell_mass_at_start"> ("mg",      "Mass of the beta cells at the start");
  static constexpr auto S_0    = constant <"peripheral_sensitivity_at_start"> ("ml/uU/d", "Peripheral sensitivity at the start");
  static constexpr auto hS_0   = constant <"hepatic_sensitivity_at_start">    ("ml/uU",   "Hepatic sensitivity at the start");
  static constexpr auto urine_0 = constant <"urinary_glucose_energy_at_start"> ("kcal/d", "Energy lost with glucose in urine at the start");
  static constexpr auto rest   = constant <"beta_cell_turnover_at_rest"> ("1",    "Proliferation less death of beta cells with which their mass rests at the start");
  static constexpr auto c_s    = constant <"beta_cell_capacity">      ("1",       "Factor of the function that beta cells reach, with which it rests at the start");

  static constexpr auto here   = constant <"glucose_followed">        ("1",       "Glucose is followed here: 1");
  static constexpr auto G_st   = constant <"glucose_day_mean_at_start"> ("mg/dl", "Glucose at the start, mean over the day");

  static constexpr auto b      = output   <"beta_cell_mass">          ("mg",      "Mass of the beta cells");
  static constexpr auto G_fast = output   <"fasting_glucose">         ("mg/dl",   "Glucose at the end of the night");
  static constexpr auto I_fast = output   <"fasting_insulin">         ("uU/ml",   "Insulin at the end of the night");
  static constexpr auto G_mean = output   <"glucose_day_mean">        ("mg/dl",   "Glucose, mean over the day");
  static constexpr auto I_mean = output   <"insulin_day_mean">        ("uU/ml",   "Insulin, mean over the day");
  static constexpr auto s_to   = output   <"beta_cell_function_target"> ("1",     "Where function goes, mean over the day");
  static constexpr auto b_rate = output   <"beta_cell_growth">        ("1/d",     "Growth of the mass of the beta cells, mean over the day");
  static constexpr auto L_rate = output   <"beta_cell_loss_rate">     ("1/d",     "Rate of the loss of function that stays");
  static constexpr auto g_to   = output   <"channel_shift_target">    ("1",       "Where the channel shift goes, mean over the day");
  static constexpr auto IR     = output   <"homa_ir">                 ("1",       "Insulin resistance by the homeostasis model assessment");
  static constexpr auto B      = output   <"homa_b">                  ("1",       "Function of the beta cells by the homeostasis model assessment, 1 = full");
  static constexpr auto urine  = output   <"urinary_glucose_energy">  ("kcal/d",  "Energy lost with glucose in urine");
  // clang-format on
  static constexpr auto table = std::tuple_cat(
      std::tuple{sigma,  U,      gamma, S_I,    hS_I, meals, G_meas, I_meas, b_n,  b_rel, rho,    g_f,
                 k_R,    G_R,    w_R,   e_G,    H_IR, H_G,   H_B,    year,   fall, left,  G_L,    w_L,
                 L,      L_rate, b_0,   S_0,    hS_0, c_s,   rest,   G_st,   here, b,     G_fast, I_fast,
                 G_mean, I_mean, s_to,  b_rate, g_to, IR,    B,      urine,  m_1,  m_n,   urine_0},
      shared);

  // What stands still while a day goes by.
  template <class R>
  struct Slow {
    R b, sigma, gamma, S_I, hS_I, meals;
  };

  // Insulin follows glucose within minutes and granules within an hour, so glucose is all that is left of the day.
  // The same equations as above, with what stands still taken out of them.
  template <class R>
  class Held {
   public:
    template <class X>
    Held(const X& x, const Slow<R>& s)
        : M_half(square(x[a_M])),
          shift(s.gamma + x[g_drug]),
          c_half(fourth(x[c_2])),
          c_high(x[c_1]),
          c_low(x[c_3]),
          bound_high(x[k_1] * x[d_1] / x[k_m1]),
          bound_low(x[k_1] * x[d_2] / x[k_m1]),
          a(x[u_1] / (3.0 * x[k_m1] + x[u_1])),
          fusing(6.0 * a * x[k_m1] / x[r_m1]),
          straying(x[r_m2] * x[r_m3] / x[r_1]),
          K(x[K_p]),
          lost(x[r_m3]),
          docking(x[r_20]),
          GF_per(1.0 / x[f_2]),
          GF_shift(x[f_3] / x[f_2]),
          GF_high(x[f_1]),
          GF_low(x[f_0]),
          secreted(x[f_GF] * s.sigma * x[q] * x[r_30] * x[r_20]),
          I_per(s.b / (x[V_I] * x[k])),
          I_given(x[I_drug] / x[k]),
          most(x[f_h] * (x[h_1] / (x[h_2] + s.S_I) - x[h_3])),
          half(x[a_1] / (x[a_2] + s.S_I) - x[a_3]),
          hepatic(s.hS_I),
          floor(x[f_h] * x[h_0]),
          E(x[E_G0]),
          S_I(s.S_I),
          cleared(x[k_R] / x[V_G]),
          threshold(x[G_R] + x[G_drug]),
          w(x[w_R]),
          w_per(1.0 / x[w_R]),
          toxic_shift(x[G_sh]),
          toxic_per(1.0 / x[m_n]),
          toxic_weight(x[m_k] * exp(R(x[m_s] / x[m_n]))),
          idle_per(1.0 / x[s_n]),
          idle_half(x[s_s]),
          capacity(x[s_1]),
          function_low(x[s_0]),
          P_per(1.0 / x[P_2]),
          P_high(x[P_1]),
          A_per(1.0 / x[A_2]),
          A_high(x[A_1]),
          A_low(x[A_0]),
          G_mid(x[G_s]),
          G_per(1.0 / x[G_n]),
          range(x[g_1]),
          offset(x[g_0]) {}

    struct Moment {
      R I, ISR, M, lost, rate, slope;  // rate of glucose without meals, and its slope in glucose, which is negative
    };
    Moment at(const R& G) const {
      const Dual<R> g{G, R(1.0)};
      const Dual<R> g2 = g * g, M = g2 / (M_half + g2);
      const Dual<R> s = fourth(Dual<R>(M + shift)), ci = c_high * s / (c_half + s) + c_low;
      const Dual<R> e = fourth(ci), c = bound_high * e / (1.0 + e) + bound_low;
      const Dual<R> fused = fusing * (c * c * c), all = 2.0 + a * (c + 2.0 * (c * c)) + fused;
      const Dual<R> z = fourth(fourth(Dual<R>(GF_per * g + GF_shift)));
      const Dual<R> v = ci + K;
      const Dual<R> ISR = secreted * ((GF_high + GF_low) * z + GF_low) * (ci * ci) * fused /
                          ((1.0 + z) * v * (fused * (lost * v + docking * ci) + straying * (v * all)));
      const Dual<R> I = I_per * ISR + I_given;
      const R over = (G - threshold) * w_per, urine = cleared * w * ramp(over);
      const Dual<R> rate = most / (half + hepatic * I) + floor - (E + S_I * I) * g;
      return {I.value, ISR.value, M.value, urine, rate.value - urine, rate.slope - cleared * step(over)};
    }

    R harmless(const R& G) const {
      const R t = square(R(G - toxic_shift));
      const R much = toxic_weight * exp(R(-toxic_per * t / (M_half + t)));
      return much / (1.0 + much);
    }
    R function_target(const R& harmless, const R& ISR) const {
      return capacity * harmless / (1.0 + exp(R((idle_half - ISR) * idle_per))) + function_low;
    }
    R turnover(const R& M, const R& ISR) const {
      const R p = fourth(R(ISR * P_per)), a2 = square(R(M * A_per)), a6 = a2 * a2 * a2;
      return (P_high * p * (1.0 + a6) - A_high * a6 * (1.0 + p)) / ((1.0 + p) * (1.0 + a6)) - A_low;
    }
    R channel_target(const R& G) const { return range / (1.0 + exp(R((G_mid - G) * G_per))) - offset; }

   private:
    R M_half, shift, c_half, c_high, c_low, bound_high, bound_low, a, fusing, straying, K, lost, docking, GF_per,
        GF_shift, GF_high, GF_low, secreted, I_per, I_given, most, half, hepatic, floor, E, S_I, cleared, threshold,
        w, w_per, toxic_shift, toxic_per, toxic_weight, idle_per, idle_half, capacity, function_low, P_per, P_high,
        A_per, A_high, A_low, G_mid, G_per, range, offset;
  };

  // The steps of a day, for the most part where meals begin: there glucose turns fast. Breakfast is followed from the
  // glucose of the night, lunch from what breakfast leaves; dinner comes after lunch as lunch after breakfast, and
  // what is left of the difference after six hours is nothing, so it is counted as a second lunch.
  struct Step {
    double length_d, times;
    double meal, turn;  // what the meal brings, in units of its scale: mean and first moment
  };
  template <int refined>
  static const std::vector<Step>& steps_of_a_day() {
    static const std::vector<Step> steps = [] {
      std::vector<Step> laid;
      const auto lay = [&](std::initializer_list<double> minutes, double times, bool eating) {
        for (auto from = minutes.begin(); from + 1 != minutes.end(); ++from)
          for (int i = 0; i < refined; ++i) {
            const double h = (from[1] - from[0]) / refined / per_min, begin = from[0] / per_min + i * h;
            double mean = 0, moment = 0;
            constexpr int parts = 64;  // the midpoint rule: meals rise as the power 1.2 of time
            for (int k = 0; k < parts && eating; ++k) {
              const double s = (k + 0.5) / parts;
              const double m = absorption<double>(begin + s * h, 1.0, m_2.value.men, m_3.value.men, m_4.value.men);
              mean += m / parts;
              moment += 3.0 * m * (2.0 * s - 1.0) / parts;
            }
            laid.push_back({h, times, mean, moment});
          }
      };
      for (const double times : {1.0, 2.0}) lay({0, 20, 35, 85, 130, 165, 220, 280, 360}, times, true);
      lay({0, 70, 360}, 1.0, false);
      return laid;
    }();
    return steps;
  }

  template <class R>
  struct Day {
    R G_first, G_last, I_last;                                     // at breakfast and at the end of the night
    R G, I, ISR, lost, function_target, turnover, channel_target;  // means
  };

  // Exponential steps of second order that know the slope of glucose's own rate: M. Hochbruck & A. Ostermann, Acta
  // Numerica 19:209 (2010), section 2.4.
  template <int refined = 1, class R, class X>
  static Day<R> simulated_day(const X& x, const Slow<R>& s, R G) {
    const Held<R> held(x, s);
    const R eaten = x[m_1] * s.meals;
    const auto advance = [&](const typename Held<R>::Moment& now, double length_d, double meal, double turn) {
      const R h = length_d * x[day], z = h * now.slope, z2 = z * z;
      // exp(z) as 1 / (1 - z + z^2/2 - z^3/6), which falls as it should for any z: phi_1 and 2 phi_2 - phi_1.
      const R share = h / (1.0 - z + 0.5 * z2 - (1.0 / 6.0) * z * z2);
      G += share *
           ((1.0 - 0.5 * z + (1.0 / 6.0) * z2) * (now.rate + meal * eaten) + (1.0 / 6.0) * (z2 - z) * turn * eaten);
    };
    for (int i = 0; i < 6; ++i) advance(held.at(G), 0.25, 0, 0);  // a long night
    Day<R> d;
    d.G_first = G;
    const std::vector<Step>& steps = steps_of_a_day<refined>();
    double before = 0;
    for (std::size_t j = 0; j <= steps.size(); ++j) {
      const auto now = held.at(G);
      const double after = j < steps.size() ? steps[j].length_d * steps[j].times : 0.0,
                   weight = 0.5 * (before + after);
      before = after;
      const std::array<R, 7> seen{
          G, now.I, now.ISR, now.lost, held.harmless(G), held.turnover(now.M, now.ISR), held.channel_target(G)};
      R* const sums[] = {&d.G, &d.I, &d.ISR, &d.lost, &d.function_target, &d.turnover, &d.channel_target};
      for (std::size_t i = 0; i < 7; ++i) *sums[i] = j == 0 ? R(weight * seen[i]) : R(*sums[i] + weight * seen[i]);
      d.I_last = now.I;
      if (j < steps.size()) advance(now, steps[j].length_d, steps[j].meal, steps[j].turn);
    }
    d.G_last = G;
    d.function_target = held.function_target(d.function_target, d.ISR);
    return d;
  }

  template <class R>
  static void outputs(const Values<Glucose, R>& x, const Outputs<Glucose, R>& y) {
    y[b] = x[b_0] * exp(x[U]);
    const Day<R> d = simulated_day(x, Slow<R>{y[b], x[sigma], x[gamma], x[S_I], x[hS_I], x[meals]}, x[G_meas]);
    y[s_to] = x[c_s] * (x[left] + (1.0 - x[left]) * exp(R(-x[L]))) * d.function_target;
    y[L_rate] = x[fall] / (x[year] * (1.0 + exp(R((x[G_L] - d.G) / x[w_L]))));
    y[b_rate] = (d.turnover - x[rest]) / x[tau_b];
    y[g_to] = d.channel_target;
    y[G_fast] = d.G_last;
    y[I_fast] = d.I_last;
    y[G_mean] = d.G;
    y[I_mean] = d.I;
    y[IR] = d.G_last * d.I_last / x[H_IR];
    y[B] = d.I_last / (x[H_B] * x[H_G] * ramp(R(d.G_last / x[H_G] - 1.0)));
    y[urine] = x[e_G] * x[V_G] * d.lost;
  }

  template <class R>
  static void rates(const Values<Glucose, R>& x, const Rates<Glucose, R>& d) {
    d[sigma] = (x[s_to] - x[sigma]) / x[tau_s];
    d[U] = x[b_rate];
    d[L] = x[L_rate];
    d[gamma] = (x[g_to] - x[gamma]) / x[tau_g];
  }

  // The shift lowers the glucose that drives it: its target falls by up to 1.8 per rise of the shift. With 1 guessed,
  // what is left to the explicit part of a step of weeks is damped for any feedback below 3.
  template <class R>
  static void relaxation(const Values<Glucose, R>& x, const States<Glucose, R>& k) {
    k[sigma] = 1.0 / x[tau_s];
    k[gamma] = (1.0 + x[g_f]) / x[tau_g];
  }

  // Fasting glucose and insulin at the start say how sensitive the person is, and how much is secreted. What one day
  // cannot say is taken to be at rest: the channels, and the function of the beta cells.
  template <class R>
  static void personalise(const Values<Glucose, R>& x, const Start<Glucose, R>& s) {
    const R G = x[G_meas], I = x[I_meas];
    s[b_0] = x[b_n] * x[b_rel];
    s[U] = R(0.0);
    s[L] = R(0.0);

    // Production falls with sensitivity, to the floor at `high`, and uptake rises: one crossing, found by halving.
    const R none(0.0), high = x[h_1] / x[h_3] - x[h_2];
    const R lost = x[k_R] / x[V_G] * x[w_R] * ramp(R((G - x[G_R] - x[G_drug]) / x[w_R]));
    R S = 0.5 * high, step_S = 0.25 * high;
    for (int halving = 0; halving < 52; ++halving) {
      const R gained = production(x, S, R(x[rho] * S), I) - (x[E_G0] + S * I) * G - lost;
      S += select(gained > none * gained, step_S, R(-step_S));
      step_S *= 0.5;
    }
    s[S_0] = S;
    s[hS_0] = x[rho] * S;

    // The shift that settles lies within its range, and a higher one only lowers what it settles at.
    Slow<R> slow{s[b_0], none, 0.5 * x[g_1] - x[g_0], s[S_0], s[hS_0], R(1.0)};
    const R secreted = (x[k] * I - x[I_drug]) * x[V_I] / s[b_0];
    Day<R> d;
    R width = 0.25 * x[g_1];
    for (int halving = 0; halving < 20; ++halving) {
      slow.sigma = secreted / settled_secretion(x, G, slow.gamma);
      d = simulated_day(x, slow, G);
      slow.gamma += select(d.channel_target > slow.gamma, width, R(-width));
      width *= 0.5;
    }
    slow.sigma = secreted / settled_secretion(x, G, slow.gamma);
    d = simulated_day(x, slow, G);
    s[sigma] = slow.sigma;
    s[gamma] = slow.gamma;
    s[c_s] = slow.sigma / d.function_target;
    s[rest] = d.turnover;
    s[urine_0] = x[e_G] * x[V_G] * d.lost;
    s[G_st] = d.G;
    s[here] = R(1.0);
  }
};

}  // namespace healthspan::models
