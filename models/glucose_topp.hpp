// Another structure for glucose and beta cells, to see what rests on the choice of a model: Topp et al., J Theor Biol
// 206:605 (2000), driven by the body and by drugs as the module glucose is, in whose place it stands. Beta cells have
// a mass and no function; two glucose levels balance it, and beyond the upper one it is lost.
#pragma once

#include <healthspan/core/smooth.hpp>
#include <healthspan/models/topp.hpp>

namespace healthspan::models {

struct GlucoseTopp : ToppRows {
  static constexpr auto name = "glucose_topp";
  static constexpr auto summary = "Glucose, insulin and the mass of beta cells after Topp 2000, instead of glucose";

  // clang-format off
  static constexpr auto U      = state    <"beta_cell_log_mass">      ("1",       "Logarithm of the mass of the beta cells, from zero at the start");

  static constexpr auto S_per  = input    <"peripheral_sensitivity">  ("ml/uU/d", "Glucose uptake per insulin");
  static constexpr auto S_hep  = input    <"hepatic_sensitivity">     ("ml/uU",   "Effect of insulin on the liver");
  static constexpr auto G_meas = input    <"fasting_glucose_at_start">(95.0,      "mg/dl",   "Fasting glucose at the start");
  static constexpr auto I_meas = input    <"fasting_insulin_at_start">(8.0,       "uU/ml",   "Fasting insulin at the start");
  static constexpr auto f_h    = input    <"hepatic_drug_factor">     (1.0,       "1",       "Factor of a drug on the glucose production of the liver");
  static constexpr auto f_sec  = input    <"secretion_drug_factor">   (1.0,       "1",       "Factor of a drug on secretion that is amplified by glucose");
  static constexpr auto closed = input    <"secretion_shift">         (0.0,       "1",       "Closure of potassium channels by a drug");
  static constexpr auto I_drug = input    <"insulin_infusion">        (0.0,       "uU/ml/d", "Insulin from outside");
  static constexpr auto G_drug = input    <"renal_threshold_shift">   (0.0,       "mg/dl",   "Shift of the glucose above which the kidneys lose it");
  static constexpr auto meals  = input    <"meal_size">               (1.0,       "1",       "Food eaten relative to the start");
  static constexpr auto year   = input    <"days_per_year">           (365.25,    "d/y",     "Length of a year");

  static constexpr auto eaten  = parameter<"usual_meal_glucose">      (1000.0,    "mg/dl/d", fixed, assumed("230 g of carbohydrate a day, half of which the liver lets pass, in 118 dl"), "Glucose that meals bring, mean over the day");
  static constexpr auto h_n    = parameter<"usual_hepatic_sensitivity">(1.0,      "ml/uU",   fixed, assumed("only its changes count"), "Hepatic sensitivity of everybody at the start");
  static constexpr auto n_h    = parameter<"hepatic_production_power">(0.5,       "1",       fixed, assumed("production is neither free of insulin nor ruled by it alone"), "Power of hepatic sensitivity in the glucose that the liver brings");
  static constexpr auto slow   = parameter<"beta_cell_turnover">      (0.02,      "1",       fixed, assumed("the rates of the paper are those of rodents; human beta cells live for decades"), "Turnover of beta cells relative to the paper's");
  static constexpr auto fall   = parameter<"beta_cell_mass_decline">  (0.04,      "1/y",     lognormal(1.0), assumed("as the decline of function in the module glucose, weaker because mass cannot recover within months"), "Yearly fall of mass that body and glucose do not explain");
  static constexpr auto k_R    = parameter<"renal_glucose_clearance"> (12.2,      "1/d",     fixed, assumed("glomerular filtration of 100 ml/min in 118 dl"), "Clearance of the glucose above the threshold");
  static constexpr auto G_R    = parameter<"renal_threshold">         (180.0,     "mg/dl",   fixed, assumed("textbook value"), "Glucose above which the kidneys lose it");
  static constexpr auto w_R    = parameter<"renal_splay">             (100.0,     "mg/dl",   fixed, assumed("rounds the threshold by a few mg/dl"), "Scale of the rounded corner of that loss");
  static constexpr auto e_V    = parameter<"glucose_energy_volume">   (0.47,      "kcal*dl/mg", fixed, assumed("4 kcal/g in 118 dl"), "Energy of the body's glucose per concentration");
  static constexpr auto drink  = parameter<"drink_glucose">           (318.0,     "mg/dl",   fixed, assumed("75 g, half of which the liver lets pass, in 118 dl"), "Glucose of the tolerance test");
  static constexpr auto wait   = parameter<"tolerance_test_time">     (1.0 / 12,  "d",       fixed, assumed("definition"), "Time after the drink");
  static constexpr auto H_IR   = parameter<"homa_resistance_unit">    (405.0,     "mg*uU/dl/ml", fixed, cited("Matthews1985", "22.5 mmol/l uU/ml, 18 mg/dl per mmol/l"), "Glucose times insulin at a resistance of one");

  static constexpr auto B_0    = constant <"beta_cell_mass_at_start"> ("mg",      "Mass of the beta cells at the start");
  static constexpr auto S_0    = constant <"peripheral_sensitivity_at_start"> ("ml/uU/d", "Peripheral sensitivity at the start");
  static constexpr auto hS_0   = constant <"hepatic_sensitivity_at_start">    ("ml/uU",   "Hepatic sensitivity at the start");
  static constexpr auto here   = constant <"glucose_followed">        ("1",       "Glucose is followed here: 1");
  static constexpr auto G_st   = constant <"glucose_day_mean_at_start"> ("mg/dl", "Glucose at the start, mean over the day");
  static constexpr auto urine_0 = constant<"urinary_glucose_energy_at_start"> ("kcal/d", "Energy lost with glucose in urine at the start");
  static constexpr auto R_0    = constant <"glucose_production_at_start"> ("mg/dl/d", "Glucose that the liver brings at the start");
  static constexpr auto rest   = constant <"beta_cell_growth_at_rest">("1/d",     "Growth with which the mass rests at the start");

  static constexpr auto B      = output   <"beta_cell_mass">          ("mg",      "Mass of the beta cells");
  static constexpr auto G_fast = output   <"fasting_glucose">         ("mg/dl",   "Glucose at which the night settles");
  static constexpr auto I_fast = output   <"fasting_insulin">         ("uU/ml",   "Insulin at which the night settles");
  static constexpr auto G_mean = output   <"glucose_day_mean">        ("mg/dl",   "Glucose, mean over the day");
  static constexpr auto I_mean = output   <"insulin_day_mean">        ("uU/ml",   "Insulin, mean over the day");
  static constexpr auto growing = output  <"beta_cell_growth">        ("1/d",     "Growth of the mass of the beta cells, mean over the day");
  static constexpr auto IR     = output   <"homa_ir">                 ("1",       "Insulin resistance by the homeostasis model assessment");
  static constexpr auto G_2h   = output   <"glucose_2h">              ("mg/dl",   "Glucose two hours after a drink of 75 g");
  static constexpr auto urine  = output   <"urinary_glucose_energy">  ("kcal/d",  "Energy lost with glucose in urine");
  // clang-format on
  static constexpr auto table = std::tuple{
      U,     S_per, S_hep,   G_meas, I_meas, h_n,    R_0,    f_h,    f_sec,  closed,  I_drug, G_drug, meals, year,
      eaten, n_h,   slow,    fall,   k_R,    G_R,    w_R,    e_V,    drink,  wait,    H_IR,   B_0,    S_0,   hS_0,
      G_st,  here,  urine_0, rest,   B,      G_fast, I_fast, G_mean, I_mean, growing, IR,     G_2h,   urine, R0,
      E_G0,  sigma, alpha,   k,      d_0,    r_1,    r_2,    day,    t_1,    t_2,     t_3,    s_1,    s_2,   w};

  // What stands still while a day goes by.
  template <class R>
  struct Person {
    R production, S, secreted, half, infused, clearance, threshold, splay;

    template <class X>
    Person(const X& x, const R& mass, const R& peripheral, const R& hepatic)
        : production(x[R_0] * x[f_h] * power(R(hepatic / x[hS_0]), R(-x[n_h]))),
          S(peripheral),
          secreted(mass * x[sigma] * x[f_sec]),
          half(x[alpha] * exp(R(-2.0 * x[closed]))),  // closed channels: half of secretion at a lower glucose
          infused(x[I_drug]),
          clearance(x[k_R]),
          threshold(x[G_R] + x[G_drug]),
          splay(x[w_R]) {}

    R excreted(const R& G) const { return clearance * splay * ramp(R((G - threshold) / splay)); }
    template <class X>
    std::array<R, 2> rates(const X& x, const R& G, const R& I, const R& supplied) const {
      return {supplied - (x[E_G0] + S * I) * G - excreted(G), secreted * G * G / (half + G * G) + infused - x[k] * I};
    }

    // Where both settle without meals. The left side of the equation grows and bends upwards in glucose, so Newton's
    // method comes down from where nothing but glucose itself takes it up.
    template <class X>
    std::array<R, 2> settled(const X& x) const {
      R G = production / x[E_G0];
      for (int round = 0; round < 12; ++round) {
        const R G2 = G * G, a = half + G2, over = R((G - threshold) / splay);
        const R I = (secreted * G2 / a + infused) / x[k];
        const R excess = (x[E_G0] + S * I) * G + excreted(G) - production;
        const R slope = x[E_G0] + S * I + S * secreted / x[k] * 2.0 * G2 * half / (a * a) + clearance * step(over);
        G -= excess / slope;
      }
      return {G, (secreted * G * G / (half + G * G) + infused) / x[k]};
    }
  };

  enum Mean : std::size_t { mean_growth, mean_glucose, mean_insulin, mean_excreted };
  template <class R, class X>
  static std::array<R, 4> simulated_day(const X& x, const Person<R>& p) {
    return simulate_day<96, 1>(
               x[day], p.settled(x), std::array<R, 2>{x[E_G0], x[k]},
               [&](const R& time) {
                 const R bells = x[s_1] * meal(x, R(time - x[t_1])) + x[s_2] * meal(x, R(time - x[t_2])) +
                                 (1.0 - x[s_1] - x[s_2]) * meal(x, R(time - x[t_3]));
                 return R(p.production + x[eaten] * x[meals] * bells);
               },
               [&](const std::array<R, 2>& u, const R& supplied) { return p.rates(x, u[0], u[1], supplied); },
               [&](const std::array<R, 2>& u) {
                 return std::array<R, 4>{growth(x, u[0]), u[0], u[1], p.excreted(u[0])};
               })
        .mean;
  }

  // The drink appears at a rate that falls as exp(-t / 50 min), 90 % of it within the two hours.
  template <class R, class X>
  static R after_drink(const X& x, const Person<R>& p) {
    constexpr int steps = 48;
    const R h = x[wait] / static_cast<double>(steps), decay = 2.4 / x[wait];
    auto [G, I] = p.settled(x);
    for (int j = 0; j < steps; ++j) {
      const R come = x[drink] * exp(R(-decay * h * static_cast<double>(j))) * (1.0 - exp(R(-decay * h))) / h;
      const R stays = exp(R(-x[k] * h));
      const R uptake = 0.5 * h * (x[E_G0] + p.S * I);
      G = ((1.0 - uptake) * G + h * (p.production + come - p.excreted(G))) / (1.0 + uptake);
      const R goal = (p.secreted * G * G / (p.half + G * G) + p.infused) / x[k];
      I = goal + (I - goal) * stays;
    }
    return G;
  }

  template <class R>
  static void outputs(const Values<GlucoseTopp, R>& x, const Outputs<GlucoseTopp, R>& y) {
    y[B] = x[B_0] * exp(x[U]);
    const Person<R> p(x, y[B], x[S_per], x[S_hep]);
    const auto [G, I] = p.settled(x);
    const std::array<R, 4> mean = simulated_day(x, p);
    y[G_fast] = G;
    y[I_fast] = I;
    y[IR] = G * I / x[H_IR];
    y[growing] = x[slow] * (mean[mean_growth] - x[rest]) - x[fall] / x[year];
    y[G_mean] = mean[mean_glucose];
    y[I_mean] = mean[mean_insulin];
    y[urine] = x[e_V] * mean[mean_excreted];
    y[G_2h] = after_drink(x, p);
  }

  template <class R>
  static void rates(const Values<GlucoseTopp, R>& x, const Rates<GlucoseTopp, R>& d) {
    d[U] = x[growing];
  }

  // Fasting glucose and insulin say how sensitive the person is and how many beta cells there are. What is lost in
  // urine the liver makes up for: the paper's production alone could not hold more than about 250 mg/dl.
  template <class R>
  static void personalise(const Values<GlucoseTopp, R>& x, const Start<GlucoseTopp, R>& s) {
    const R G = x[G_meas], I = x[I_meas], half = x[alpha] * exp(R(-2.0 * x[closed]));
    s[U] = 0.0 * x[n_h];
    s[hS_0] = x[h_n];
    s[S_0] = (x[R0] / G - x[E_G0]) / I;
    s[B_0] = (x[k] * I - x[I_drug]) * (half + G * G) / (x[sigma] * x[f_sec] * G * G);
    s[R_0] = (x[R0] + x[k_R] * x[w_R] * ramp(R((G - x[G_R] - x[G_drug]) / x[w_R]))) / x[f_h];
    Person<R> p(x, s[B_0], s[S_0], R(x[h_n]));
    const std::array<R, 4> mean = simulated_day(x, p);
    s[rest] = mean[mean_growth];
    s[G_st] = mean[mean_glucose];
    s[here] = R(1.0);
    s[urine_0] = x[e_V] * mean[mean_excreted];
  }
};

}  // namespace healthspan::models
