// Glucose, insulin and the mass of the beta cells, which follows glucose over months.
// Topp et al., J Theor Biol 206:605 (2000), with three meals a day that the paper does not have. Two forms of the
// same equations: with their own dynamics (the reference; for the adaptive path, as insulin turns over in minutes),
// and with the growth of the beta cells averaged over a simulated day (for steps of weeks).
#pragma once

#include <healthspan/core/averaging.hpp>
#include <healthspan/core/module.hpp>

#include <array>

namespace healthspan::models {

// What both forms share: the rows, and each equation once.
struct ToppRows {
  // clang-format off
  static constexpr auto m     = input    <"meal_glucose">             (0.0,      "mg/dl/d",    "Glucose that meals bring, mean over the day");

  static constexpr auto R0    = parameter<"glucose_production">       (864.0,    "mg/dl/d",    fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Glucose that the liver brings");
  static constexpr auto E_G0  = parameter<"glucose_effectiveness">    (1.44,     "1/d",        fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Glucose uptake without insulin");
  static constexpr auto S_I   = parameter<"insulin_sensitivity">      (0.72,     "ml/uU/d",    fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Glucose uptake per insulin");
  static constexpr auto sigma = parameter<"insulin_secretion">        (43.2,     "uU/ml/d/mg", fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Insulin secreted per mass of beta cells at high glucose");
  static constexpr auto alpha = parameter<"insulin_secretion_half">   (20000.0,  "mg^2/dl^2",  fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Square of the glucose at which half of that is secreted");
  static constexpr auto k     = parameter<"insulin_clearance">        (432.0,    "1/d",        fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Clearance of insulin");
  static constexpr auto d_0   = parameter<"beta_cell_death">          (0.06,     "1/d",        fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Death rate of beta cells without glucose");
  static constexpr auto r_1   = parameter<"beta_cell_glucose_growth"> (0.84e-3,  "dl/mg/d",    fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Growth per glucose");
  static constexpr auto r_2   = parameter<"beta_cell_glucose_toxicity">(0.24e-5, "dl^2/mg^2/d", fixed, cited("Topp2000", "BioModels BIOMD0000000341"), "Loss per square of glucose");

  static constexpr auto day   = parameter<"day_length">               (1.0,      "d",          fixed, assumed("definition"), "Length of a day");
  static constexpr auto t_1   = parameter<"breakfast_time">           (7.0 / 24,  "d",         fixed, assumed("7 h"), "Middle of the absorption of breakfast, after midnight");
  static constexpr auto t_2   = parameter<"lunch_time">               (12.5 / 24, "d",         fixed, assumed("12 h 30 min"), "The same of lunch");
  static constexpr auto t_3   = parameter<"dinner_time">              (19.0 / 24, "d",         fixed, assumed("19 h"), "The same of dinner");
  static constexpr auto s_1   = parameter<"breakfast_share">          (0.25,     "1",          fixed, assumed("a light breakfast"), "Share of the day's glucose at breakfast");
  static constexpr auto s_2   = parameter<"lunch_share">              (0.35,     "1",          fixed, assumed("dinner gets the rest, 0.40"), "Share at lunch");
  static constexpr auto w     = parameter<"meal_width">               (1.0 / 24, "d",          fixed, assumed("two thirds of a meal absorbed within two hours"), "Standard deviation in time of the absorption of a meal");
  // clang-format on

  // A bell in time, once a day, with a mean of one. After half a day it has fallen to 1e-31: smooth to rounding.
  template <class R, class X>
  static R meal(const X& x, const R& since) {
    constexpr double bell = 0.3989422804014327;  // 1 / sqrt(2 pi)
    const R days = since / x[day];
    const R z = (days - floor(R(days + 0.5))) * x[day] / x[w];
    return bell * x[day] / x[w] * exp(R(-0.5 * z * z));
  }

  template <class R, class X>
  static R supply(const X& x, const R& t) {
    const R meals = x[s_1] * meal(x, R(t - x[t_1])) + x[s_2] * meal(x, R(t - x[t_2])) +
                    (1.0 - x[s_1] - x[s_2]) * meal(x, R(t - x[t_3]));
    return x[R0] + x[m] * meals;
  }

  // Rates of glucose and insulin.
  template <class R, class X>
  static std::array<R, 2> fast(const X& x, const R& B, const R& G, const R& I, const R& supplied) {
    return {supplied - (x[E_G0] + x[S_I] * I) * G, B * x[sigma] * G * G / (x[alpha] + G * G) - x[k] * I};
  }

  template <class R, class X>
  static R growth(const X& x, const R& G) {
    return -x[d_0] + x[r_1] * G - x[r_2] * G * G;
  }

  // Where glucose and insulin settle under a constant supply: the one positive root of supply = (E_G0 + S_I I(G)) G,
  // by Newton's method from where glucose settles without insulin. Ten rounds reach rounding for up to 5 g of beta
  // cells, four times the sensitivity to insulin, and a tenth to ten times the supply.
  template <class R, class X>
  static std::array<R, 2> settled(const X& x, const R& B, const R& supplied) {
    const R secreted = B * x[sigma] / x[k];
    R G = supplied / x[E_G0];
    for (int round = 0; round < 10; ++round) {
      const R G2 = G * G, a = x[alpha] + G2;
      const R excess = x[S_I] * secreted * G * G2 / a + x[E_G0] * G - supplied;
      const R slope = x[S_I] * secreted * G2 * (G2 + 3.0 * x[alpha]) / (a * a) + x[E_G0];
      G -= excess / slope;
    }
    return {G, secreted * G * G / (x[alpha] + G * G)};
  }

  // The steady state of health without meals: glucose at which the beta cells neither grow nor shrink (the lower of
  // two), insulin that holds it there, beta cells that secrete it. Not a number where no glucose balances them.
  template <class R, class X>
  static std::array<R, 3> healthy(const X& x) {
    const R G = 0.5 * (x[r_1] - sqrt(R(x[r_1] * x[r_1] - 4.0 * x[r_2] * x[d_0]))) / x[r_2];
    const R I = (x[R0] / G - x[E_G0]) / x[S_I];
    return {G, I, x[k] * I * (x[alpha] + G * G) / (x[sigma] * G * G)};
  }
};

struct ToppFull : ToppRows {
  static constexpr auto name = "topp_full";
  static constexpr auto summary = "Glucose, insulin and beta cells with their own dynamics of minutes to months";

  // clang-format off
  static constexpr auto t  = input <"time">          ("d",       "Time since the start, at midnight");
  static constexpr auto G  = state <"glucose">       ("mg/dl",   "Glucose in plasma");
  static constexpr auto I  = state <"insulin">       ("uU/ml",   "Insulin in plasma");
  static constexpr auto B  = state <"beta_cell_mass">("mg",      "Mass of the beta cells");
  static constexpr auto in = output<"glucose_supply">("mg/dl/d", "Glucose that liver and meals bring now");
  // clang-format on
  static constexpr auto table =
      std::tuple{G, I, B, t, m, R0, E_G0, S_I, sigma, alpha, k, d_0, r_1, r_2, day, t_1, t_2, t_3, s_1, s_2, w, in};

  template <class R>
  static void outputs(const Values<ToppFull, R>& x, const Outputs<ToppFull, R>& y) {
    y[in] = supply(x, x[t]);
  }

  template <class R>
  static void rates(const Values<ToppFull, R>& x, const Rates<ToppFull, R>& d) {
    const auto [glucose, insulin] = fast(x, x[B], x[G], x[I], x[in]);
    d[G] = glucose;
    d[I] = insulin;
    d[B] = growth(x, x[G]) * x[B];
  }

  template <class R>
  static void personalise(const Values<ToppFull, R>& x, const Start<ToppFull, R>& s) {
    const std::array<R, 3> start = healthy<R>(x);
    s[G] = start[0];
    s[I] = start[1];
    s[B] = start[2];
  }
};

struct ToppDayAveraged : ToppRows {
  static constexpr auto name = "topp_day_averaged";
  static constexpr auto summary = "Beta cells that grow at the rate averaged over a simulated day";

  // The state is a logarithm, because a step of weeks may lose more beta cells than there are: in collapse they die
  // at up to 0.4 per day (with meals 1.7 and more), and steps on the mass itself were seen to bring them back.
  // clang-format off
  static constexpr auto U      = state   <"beta_cell_log_mass">     ("1",     "Logarithm of the mass of the beta cells, from zero at the start");
  static constexpr auto B0     = constant<"beta_cell_mass_at_start">("mg",    "Mass of the beta cells at the start");
  static constexpr auto B      = output  <"beta_cell_mass">         ("mg",    "Mass of the beta cells");
  static constexpr auto growth_mean = output<"beta_cell_growth">    ("1/d",   "Growth of the beta cells, mean over the day");
  static constexpr auto G_mean = output  <"glucose_day_mean">       ("mg/dl", "Glucose in plasma, mean over the day");
  static constexpr auto I_mean = output  <"insulin_day_mean">       ("uU/ml", "Insulin in plasma, mean over the day");
  // clang-format on
  static constexpr auto table =
      std::tuple{U,   B0,  m,   R0,  E_G0, S_I, sigma, alpha, k,           d_0,    r_1,   r_2,
                 day, t_1, t_2, t_3, s_1,  s_2, w,     B,     growth_mean, G_mean, I_mean};

  // Means of growth, glucose and insulin over a day in which the beta cells stand still. Steps of a quarter of an
  // hour leave at most 3e-6 per day of growth, against 1e-2. One day of warm-up forgets the start, the steady state
  // under the day's mean supply, to 2e-7 per day of growth wherever beta cells can live (glucose returns at 4.5 per
  // day at the watershed, 19 in health), and to 1 % of the growth where they are gone (1.4 per day).
  template <int steps = 96, int warm_up = 1, class R, class X>
  static auto simulated_day(const X& x, const R& mass) {
    return simulate_day<steps, warm_up>(
        x[day], settled(x, mass, R(x[R0] + x[m])), std::array<R, 2>{x[E_G0], x[k]},
        [&](const R& time) { return supply(x, time); },
        [&](const std::array<R, 2>& u, const R& supplied) { return fast(x, mass, u[0], u[1], supplied); },
        [&](const std::array<R, 2>& u) {
          return std::array<R, 3>{growth(x, u[0]), u[0], u[1]};
        });
  }

  template <class R>
  static void outputs(const Values<ToppDayAveraged, R>& x, const Outputs<ToppDayAveraged, R>& y) {
    y[B] = x[B0] * exp(x[U]);
    const std::array<R, 3> mean = simulated_day(x, y[B]).mean;
    y[growth_mean] = mean[0];
    y[G_mean] = mean[1];
    y[I_mean] = mean[2];
  }

  template <class R>
  static void rates(const Values<ToppDayAveraged, R>& x, const Rates<ToppDayAveraged, R>& d) {
    d[U] = x[growth_mean];
  }

  template <class R>
  static void personalise(const Values<ToppDayAveraged, R>& x, const Start<ToppDayAveraged, R>& s) {
    s[B0] = healthy<R>(x)[2];
    s[U] = R(0.0);
  }
};

}  // namespace healthspan::models
