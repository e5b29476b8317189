// Glucose, insulin, and the function and mass of the beta cells, from health to diabetes over years.
// J. Ha & A. Sherman, Am J Physiol Endocrinol Metab 319:E410 (2020). Here with their own dynamics: the reference, for
// the stiff path, as granules dock within a second. glucose.hpp averages the same equations over a day.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>

namespace healthspan::models {

// What both forms share: the rows, and each equation once. The paper counts in minutes and, for granules, in seconds;
// rows are per day, written as the paper's number times what makes it one per day.
struct HaShermanRows {
  static constexpr double per_min = 1440.0, per_s = 86400.0;  // in a day

  // clang-format off
  static constexpr auto f_h    = input    <"hepatic_drug_factor">     (1.0,      "1",          "Factor of a drug on the glucose production of the liver");
  static constexpr auto f_GF   = input    <"secretion_drug_factor">   (1.0,      "1",          "Factor of a drug on secretion that is amplified by glucose");
  static constexpr auto g_drug = input    <"secretion_shift">         (0.0,      "1",          "Closure of potassium channels by a drug, added to the shift that glucose makes");
  static constexpr auto I_drug = input    <"insulin_infusion">        (0.0,      "uU/ml/d",    "Insulin from outside");
  static constexpr auto G_drug = input    <"renal_threshold_shift">   (0.0,      "mg/dl",      "Shift of the glucose above which the kidneys lose it");

  static constexpr auto E_G0   = parameter<"glucose_effectiveness">   (per_min * 0.0118,   "1/d",     fixed, cited("HaSherman2020", "Eg0 0.0118/min"), "Glucose uptake without insulin");
  static constexpr auto k      = parameter<"insulin_clearance">       (per_min * 0.4861,   "1/d",     fixed, cited("HaSherman2020", "k 0.4861/min"),   "Clearance of insulin");
  static constexpr auto V_I    = parameter<"insulin_volume">          (7200.0,   "ml",         fixed, cited("HaSherman2020", "BV"),           "Volume in which insulin is distributed");

  static constexpr auto h_1    = parameter<"hepatic_output_scale">    (per_min * 15.443,   "ml*mg/dl/uU/d^2", fixed, cited("HaSherman2020", "hepa_bar 15.443"),        "Glucose production of the liver: scale of its maximum");
  static constexpr auto h_2    = parameter<"hepatic_output_half">     (0.27,     "ml/uU/d",    fixed, cited("HaSherman2020", "hepa_k"),       "Peripheral sensitivity at which the scale is halved");
  static constexpr auto h_3    = parameter<"hepatic_output_offset">   (per_min * 3.54277,  "mg/dl/d", fixed, cited("HaSherman2020", "hepa_b 3.54277/min (subtracted)"), "Offset of the maximum (subtracted)");
  static constexpr auto a_1    = parameter<"hepatic_half_scale">      (6.0,      "ml/uU/d",    fixed, cited("HaSherman2020", "alpha_max"),    "Half-maximal insulin effect on the liver: scale");
  static constexpr auto a_2    = parameter<"hepatic_half_half">       (0.4,      "ml/uU/d",    fixed, cited("HaSherman2020", "alpha_k"),      "Peripheral sensitivity at which that scale is halved");
  static constexpr auto a_3    = parameter<"hepatic_half_offset">     (0.5,      "1",          fixed, cited("HaSherman2020", "alpha_b (subtracted)"), "Offset of the half-maximal effect (subtracted)");
  static constexpr auto h_0    = parameter<"hepatic_output_floor">    (per_min * 0.104166, "mg/dl/d", fixed, cited("HaSherman2020", "HGP_b 0.104166/min"), "Glucose production that insulin does not stop");

  static constexpr auto a_M    = parameter<"metabolism_half">         (150.0,    "mg/dl",      fixed, cited("HaSherman2020", "alpha_M"),      "Glucose at half of the metabolic rate of beta cells");
  static constexpr auto c_1    = parameter<"calcium_scale">           (2.0,      "1",          fixed, cited("HaSherman2020", "ca_bar, uM"),   "Calcium of a beta cell at full metabolism");
  static constexpr auto c_2    = parameter<"calcium_half">            (0.62,     "1",          fixed, cited("HaSherman2020", "alpha_ca"),     "Metabolism at half of that");
  static constexpr auto c_3    = parameter<"calcium_floor">           (0.07,     "1",          fixed, cited("HaSherman2020", "ca_b, uM"),     "Calcium at rest");
  static constexpr auto d_1    = parameter<"domain_calcium_scale">    (150.0,    "1",          fixed, cited("HaSherman2020", "cmd_factor, uM"), "Calcium next to the channels when all are open");
  static constexpr auto d_2    = parameter<"domain_calcium_floor">    (0.0635,   "1",          fixed, cited("HaSherman2020", "cmd_b, uM"),    "Calcium next to the channels at rest");
  static constexpr auto f_1    = parameter<"amplification_scale">     (4.4567,   "1",          fixed, cited("HaSherman2020", "GF_bar"),       "Amplification of secretion by glucose");
  static constexpr auto f_2    = parameter<"amplification_half">      (260.0,    "mg/dl",      fixed, cited("HaSherman2020", "alpha_GF"),     "Shifted glucose at half of it");
  static constexpr auto f_3    = parameter<"amplification_shift">     (89.0,     "mg/dl",      fixed, cited("HaSherman2020", "shGF (added)"), "Shift of glucose");
  static constexpr auto f_0    = parameter<"amplification_floor">     (1.7826,   "1",          fixed, cited("HaSherman2020", "GF_b"),         "Amplification without glucose");
  static constexpr auto k_1    = parameter<"granule_calcium_binding"> (per_s * 20.0,   "1/d",    fixed, cited("HaSherman2020", "k1 20/s"),        "Binding of calcium to a docked granule");
  static constexpr auto k_m1   = parameter<"granule_calcium_release"> (per_s * 100.0,  "1/d",    fixed, cited("HaSherman2020", "km1 100/s"),      "Release of that calcium");
  static constexpr auto r_1    = parameter<"priming">                 (per_s * 0.6,    "1/d",    fixed, cited("HaSherman2020", "r1 0.6/s"),       "Priming of docked granules");
  static constexpr auto r_m1   = parameter<"unpriming">               (per_s * 1.0,    "1/d",    fixed, cited("HaSherman2020", "rm1 1/s"),        "Its reversal");
  static constexpr auto r_20   = parameter<"docking">                 (per_s * 0.006,  "1/d",    fixed, cited("HaSherman2020", "r20 0.006/s"),    "Docking of granules at high calcium");
  static constexpr auto r_m2   = parameter<"undocking">               (per_s * 0.001,  "1/d",    fixed, cited("HaSherman2020", "rm2 0.001/s"),    "Its reversal");
  static constexpr auto r_30   = parameter<"granule_supply">          (per_s * 1.205,  "1/d",    fixed, cited("HaSherman2020", "r30 1.205/s"),    "Supply of granules at high calcium");
  static constexpr auto r_m3   = parameter<"granule_loss">            (per_s * 0.0001, "1/d",    fixed, cited("HaSherman2020", "rm3 0.0001/s"),   "Loss of granules in reserve");
  static constexpr auto u_1    = parameter<"granule_fusion">          (per_s * 2000.0, "1/d",    fixed, cited("HaSherman2020", "u1 2000/s"),      "Fusion of granules that hold three calcium ions");
  static constexpr auto K_p    = parameter<"docking_half_calcium">    (2.3,      "1",          fixed, cited("HaSherman2020", "Kp2, uM"),      "Calcium at half of docking and supply");
  static constexpr auto q      = parameter<"insulin_per_granule">     (9.0,      "uU/mg",      fixed, cited("HaSherman2020", "factor 9 of ISR"), "Insulin of a granule, per mass of beta cells");

  static constexpr auto P_1    = parameter<"proliferation_scale">     (4.55,     "1",          fixed, cited("HaSherman2020", "Pmax"),         "Proliferation of beta cells at high secretion");
  static constexpr auto P_2    = parameter<"proliferation_half">      (per_min * 41.77,    "uU/mg/d", fixed, cited("HaSherman2020", "alpha_P 41.77/min"), "Secretion at half of it");
  static constexpr auto A_1    = parameter<"apoptosis_scale">         (3.11,     "1",          fixed, cited("HaSherman2020", "Amax"),         "Death of beta cells at high metabolism");
  static constexpr auto A_2    = parameter<"apoptosis_half">          (0.44,     "1",          fixed, cited("HaSherman2020", "alpha_A"),      "Metabolism at half of it");
  static constexpr auto A_0    = parameter<"apoptosis_floor">         (0.8,      "1",          fixed, cited("HaSherman2020", "A_b"),          "Death without glucose");
  static constexpr auto tau_b  = parameter<"beta_cell_mass_time">     (7000.0,   "d",          fixed, cited("HaSherman2020", "tau_b 10 080 000 min"), "Time scale of the mass of beta cells");
  static constexpr auto g_1    = parameter<"channel_shift_range">     (0.4,      "1",          fixed, cited("HaSherman2020", "G_bar"),        "Range of the shift by potassium channels");
  static constexpr auto g_0    = parameter<"channel_shift_offset">    (0.2,      "1",          fixed, cited("HaSherman2020", "Gshft (subtracted)"), "Its offset (subtracted)");
  static constexpr auto G_s    = parameter<"channel_shift_glucose">   (100.0,    "mg/dl",      fixed, cited("HaSherman2020", "Gs"),           "Glucose in the middle of its range");
  static constexpr auto G_n    = parameter<"channel_shift_width">     (5.0,      "mg/dl",      fixed, cited("HaSherman2020", "Gn"),           "Glucose over which it changes");
  static constexpr auto tau_g  = parameter<"channel_shift_time">      (3081.6 / per_min,   "d",       fixed, cited("HaSherman2020", "tau_g 3081.6 min"), "Time constant of the shift");
  static constexpr auto G_sh   = parameter<"glucotoxic_shift">        (35.0,     "mg/dl",      fixed, cited("HaSherman2020", "sigma_Gsh"),    "Shift of glucose in its harm to function");
  static constexpr auto m_k    = parameter<"glucotoxic_weight">       (0.2,      "1",          fixed, cited("HaSherman2020", "MI_k"),         "Weight of harmless glucose");
  static constexpr auto m_s    = parameter<"glucotoxic_half">         (0.2,      "1",          fixed, cited("HaSherman2020", "MI_s"),         "Metabolism in the middle of harm");
  static constexpr auto m_n    = parameter<"glucotoxic_width">        (0.02,     "1",          fixed, cited("HaSherman2020", "MI_n"),         "Metabolism over which harm sets in");
  static constexpr auto s_1    = parameter<"secretory_capacity">      (1.4,      "1",          fixed, cited("HaSherman2020", "ISRI_bar; 0.5259 with the defect of the figures"), "Function that beta cells reach when nothing harms them");
  static constexpr auto s_s    = parameter<"secretion_demand_half">   (per_min * 0.1,      "uU/mg/d", fixed, cited("HaSherman2020", "ISRI_s 0.1/min"), "Secretion in the middle of demand");
  static constexpr auto s_n    = parameter<"secretion_demand_width">  (per_min * 0.1,      "uU/mg/d", fixed, cited("HaSherman2020", "ISRI_n 0.1/min"), "Secretion over which demand sets in");
  static constexpr auto s_0    = parameter<"function_floor">          (0.01752,  "1",          fixed, cited("HaSherman2020", "sigma_b"),      "Function that harm leaves");
  static constexpr auto tau_s  = parameter<"function_time">           (359856.0 / per_min, "d",       fixed, cited("HaSherman2020", "tau_sigma 359 856 min"), "Time constant of function");

  static constexpr auto m_1    = parameter<"meal_scale">              (per_min * 11.055,  "mg/dl/d",  fixed, cited("HaSherman2020", "mealbar 11.055/min"), "Absorption of a meal: scale");
  static constexpr auto m_2    = parameter<"meal_rise">               (40.0 / per_min,    "d",        fixed, cited("HaSherman2020", "mh_alpha 40 min"), "Time after its start in which it rises");
  static constexpr auto m_3    = parameter<"meal_power">              (0.3,      "1",          fixed, cited("HaSherman2020", "ita"),          "Power of the rise");
  static constexpr auto m_4    = parameter<"meal_decay">              (per_min * 0.015,   "1/d",      fixed, cited("HaSherman2020", "mu 0.015/min"), "Its decay");
  static constexpr auto meal   = parameter<"meal_interval">           (0.25,     "d",          fixed, cited("HaSherman2020", "period 360 min"), "Time between meals");
  static constexpr auto awake  = parameter<"meals_end">               (0.75,     "d",          fixed, cited("HaSherman2020", "three periods"),  "End of the last meal after the start of the first");

  static constexpr auto V_G    = parameter<"glucose_volume">          (75.0 * 1.569, "dl",     fixed, cited("HaSherman2020", "BW V_bar: 75 kg of 1.569 dl"), "Volume in which glucose is distributed");
  static constexpr auto o_1    = parameter<"drink_peak_time">         (15.0 / per_min,    "d",        fixed, cited("HaSherman2020", "t1 15 min"),    "A drink of 75 g glucose: time of its fastest appearance");
  static constexpr auto o_2    = parameter<"drink_bend_time">         (120.0 / per_min,   "d",        fixed, cited("HaSherman2020", "t2 120 min"),   "– time at which its decline steepens");
  static constexpr auto o_3    = parameter<"drink_end_time">          (240.0 / per_min,   "d",        fixed, cited("HaSherman2020", "t3 240 min"),   "– time at which it is over");
  static constexpr auto o_p    = parameter<"drink_peak">              (per_min * 588.5,   "mg/d",     fixed, cited("HaSherman2020", "a1 588.5 mg/min"), "– appearance at the first of them");
  static constexpr auto o_b    = parameter<"drink_bend">              (per_min * 353.1,   "mg/d",     fixed, cited("HaSherman2020", "a2 353.1 mg/min"), "– appearance at the second");
  static constexpr auto day    = parameter<"day_length">              (1.0,      "d",          fixed, assumed("definition"), "Length of a day");
  // clang-format on

  // Of every module that has these equations.
  static constexpr auto shared =
      std::tuple{f_h,  f_GF, g_drug, I_drug, G_drug, E_G0, k,     V_I, h_1, h_2,   h_3,  a_1, a_2,  a_3,  h_0,   a_M,
                 c_1,  c_2,  c_3,    d_1,    d_2,    f_1,  f_2,   f_3, f_0, k_1,   k_m1, r_1, r_m1, r_20, r_m2,  r_30,
                 r_m3, u_1,  K_p,    q,      P_1,    P_2,  A_1,   A_2, A_0, tau_b, g_1,  g_0, G_s,  G_n,  tau_g, G_sh,
                 m_k,  m_s,  s_1,    s_s,    s_n,    s_0,  tau_s, V_G, o_1, o_2,   o_3,  o_p, o_b,  day};

  // Whole powers without pow. Equations that are needed with their slope are written for D, which is R or Dual<R>.
  template <class D>
  static D square(const D& x) {
    return x * x;
  }
  template <class D>
  static D fourth(const D& x) {
    return square<D>(x * x);
  }

  // ---------------------------------------------------------------- glucose

  // What the liver brings at insulin I.
  template <class R, class D, class X>
  static D production(const X& x, const R& S_I, const R& hepatic, const D& I) {
    const R most = x[h_1] / (x[h_2] + S_I) - x[h_3];
    const R half = x[a_1] / (x[a_2] + S_I) - x[a_3];
    return x[f_h] * (most / (half + hepatic * I) + x[h_0]);
  }

  // What a meal brings, `since` its start, which is sharp.
  template <class R>
  static R absorption(const R& since, const R& scale, const R& rise, const R& rise_power, const R& decay) {
    const R s = fourth(R(since / rise));
    return scale * exp(R(-decay * since)) * pow(R(s / (1.0 + s)), rise_power);
  }

  // What 75 g of glucose bring, `since` they were drunk: on straight lines.
  template <class R, class X>
  static R drunk(const X& x, const R& since) {
    const R rise = since / x[o_1] * x[o_p];
    const R bend = x[o_b] + (x[o_2] - since) / (x[o_2] - x[o_1]) * (x[o_p] - x[o_b]);
    const R rest = (x[o_3] - since) / (x[o_3] - x[o_2]) * x[o_b];
    return max(R(0.0 * rise), select(since < x[o_2], min(rise, bend), rest)) / x[V_G];
  }

  // ---------------------------------------------------------------- beta cells

  template <class D, class X>
  static D metabolism(const X& x, const D& G) {
    const D s = square(G);
    return s / (square(x[a_M]) + s);
  }

  template <class R, class D, class X>
  static D calcium(const X& x, const D& M, const R& gamma) {
    const D s = fourth(D(M + R(gamma + x[g_drug])));
    return x[c_1] * s / (fourth(x[c_2]) + s) + x[c_3];
  }

  template <class D, class X>
  static D domain_calcium(const X& x, const D& c) {
    const D s = fourth(c);
    return x[d_1] * s / (1.0 + s) + x[d_2];
  }

  template <class D, class X>
  static D amplification(const X& x, const D& G) {
    const D s = fourth(fourth(D((G + x[f_3]) / x[f_2])));
    return x[f_GF] * (x[f_1] * s / (1.0 + s) + x[f_0]);
  }

  // The rate at which docked granules fuse, at calcium ci: the chain of HaShermanFull, u_1 C_1 C_2 C_3 C_4,
  // multiplied out.
  template <class R, class X>
  static R fusion(const X& x, const R& ci) {
    const R c = x[k_1] * domain_calcium(x, ci), a = x[u_1] / (3.0 * x[k_m1] + x[u_1]);
    const R e = 6.0 * a * c * c * c;
    return x[r_1] * e / (x[r_m1] * (2.0 * x[k_m1] * x[k_m1] + x[k_m1] * a * c + 2.0 * a * c * c) + e);
  }

  // Granules at calcium ci, where `supplied` come into the reserve. Docked ones leave only by fusion and undocking,
  // so what settles is known in closed form: what fuses is the share of the supply that is not lost in reserve.
  template <class R>
  struct Granules {
    R docked, reserve;
  };
  template <class R, class X>
  static Granules<R> settled_granules(const X& x, const R& ci, const R& supplied) {
    const R r_2 = x[r_20] * ci / (ci + x[K_p]), F = fusion(x, ci);
    const R reserve = supplied / (x[r_m3] + r_2 * F / (F + x[r_m2]));
    return {r_2 * reserve / (F + x[r_m2]), reserve};
  }

  // Secretion per mass and per function of the beta cells once the granules have settled, after about an hour. It is
  // proportional to function, so this is all of it.
  template <class R, class X>
  static R settled_secretion(const X& x, const R& G, const R& gamma) {
    const R ci = calcium(x, metabolism(x, G), gamma);
    const R supplied = amplification(x, G) * x[r_30] * ci / (ci + x[K_p]);
    return x[q] * fusion(x, ci) * settled_granules(x, ci, supplied).docked;
  }

  // Proliferation less death, both in units of 1 / tau_b.
  template <class R, class X>
  static R turnover(const X& x, const R& M, const R& ISR) {
    const R p = fourth(R(ISR / x[P_2])), a2 = square(R(M / x[A_2])), a = a2 * a2 * a2;
    return x[P_1] * p / (1.0 + p) - x[A_1] * a / (1.0 + a) - x[A_0];
  }

  template <class R, class X>
  static R channel_target(const X& x, const R& G) {
    return x[g_1] / (1.0 + exp(R((x[G_s] - G) / x[G_n]))) - x[g_0];
  }

  // sigma_inf: function suffers where the glucose of the beta cells is high, and where nothing is asked of them.
  template <class R, class X>
  static R function_target(const X& x, const R& G, const R& ISR) {
    const R harmless = x[m_k] * exp(R((x[m_s] - metabolism(x, R(G - x[G_sh]))) / x[m_n]));
    const R idle = exp(R((x[s_s] - ISR) / x[s_n]));
    return x[s_1] * harmless / ((1.0 + harmless) * (1.0 + idle)) + x[s_0];
  }
};

struct HaShermanFull : HaShermanRows {
  static constexpr auto name = "ha_sherman_full";
  static constexpr auto summary =
      "Glucose, insulin, granules and beta cells with their own dynamics of seconds to years";

  // clang-format off
  static constexpr auto t      = input    <"time">                    ("d",       "Time since the start, at breakfast");
  static constexpr auto G      = state    <"glucose">                 ("mg/dl",   "Glucose in plasma");
  static constexpr auto I      = state    <"insulin">                 ("uU/ml",   "Insulin in plasma");
  static constexpr auto b      = state    <"beta_cell_mass">          ("mg",      "Mass of the beta cells");
  static constexpr auto gamma  = state    <"channel_shift">           ("1",       "Shift of the glucose response by the density of potassium channels");
  static constexpr auto sigma  = state    <"beta_cell_function">      ("1",       "Function of the beta cells");
  static constexpr auto S_I    = state    <"peripheral_sensitivity">  ("ml/uU/d", "Glucose uptake per insulin");
  static constexpr auto hS_I   = state    <"hepatic_sensitivity">     ("ml/uU",   "Effect of insulin on the liver");
  static constexpr auto N_5    = state    <"docked_granules">         ("1",       "Docked granules");
  static constexpr auto N_6    = state    <"reserve_granules">        ("1",       "Granules in reserve");

  static constexpr auto meals_on = input  <"meals">                   (1.0, "1",  "1 where meals are eaten");
  static constexpr auto drink_on = input  <"glucose_drink">           (0.0, "1",  "1 where 75 g of glucose are drunk at the start");

  static constexpr auto S_end  = parameter<"peripheral_sensitivity_target"> (0.8,   "ml/uU/d",  fixed, cited("HaSherman2020", "tar_Si"),     "Where peripheral sensitivity goes");
  static constexpr auto h_end  = parameter<"hepatic_sensitivity_target">    (1.0,   "ml/uU",    fixed, cited("HaSherman2020", "tar_hepaSi"), "Where hepatic sensitivity goes");
  static constexpr auto tau_S  = parameter<"peripheral_sensitivity_time">   (250.0, "d",        fixed, cited("HaSherman2020", "tau_Si 360 000 min"), "Time constant of peripheral sensitivity");
  static constexpr auto tau_h  = parameter<"hepatic_sensitivity_time">      (250.0, "d",        fixed, cited("HaSherman2020", "tau_hepaSi 360 000 min"), "Time constant of hepatic sensitivity");

  static constexpr auto G_0    = parameter<"glucose_at_start">        (78.59159991393697,   "mg/dl",    fixed, cited("HaSherman2020", "initial condition"), "The healthy person at breakfast: glucose");
  static constexpr auto I_0    = parameter<"insulin_at_start">        (5.637556083340107,   "uU/ml",    fixed, cited("HaSherman2020", "initial condition"), "– insulin");
  static constexpr auto b_0    = parameter<"beta_cell_mass_at_start"> (1533.917937647322,   "mg",       fixed, cited("HaSherman2020", "initial condition"), "– mass of the beta cells");
  static constexpr auto gam_0  = parameter<"channel_shift_at_start">  (-0.07663502752199285, "1",       fixed, cited("HaSherman2020", "initial condition"), "– channel shift");
  static constexpr auto sig_0  = parameter<"beta_cell_function_at_start">(1.0,              "1",        fixed, cited("HaSherman2020", "initial condition"), "– function of the beta cells");
  static constexpr auto S_0    = parameter<"peripheral_sensitivity_at_start">(0.8,          "ml/uU/d",  fixed, cited("HaSherman2020", "initial condition"), "– peripheral sensitivity");
  static constexpr auto hS_0   = parameter<"hepatic_sensitivity_at_start">(1.0,             "ml/uU",    fixed, cited("HaSherman2020", "initial condition"), "– hepatic sensitivity");
  static constexpr auto N_50   = parameter<"docked_granules_at_start"> (60.24283727598375,  "1",        fixed, cited("HaSherman2020", "initial condition"), "– docked granules");
  static constexpr auto N_60   = parameter<"reserve_granules_at_start">(443.394497666619,   "1",        fixed, cited("HaSherman2020", "initial condition"), "– granules in reserve");

  static constexpr auto k_R    = parameter<"renal_glucose_clearance"> (0.0,      "dl/d",       fixed, assumed("the paper has none"), "Plasma cleared of the glucose above the threshold");
  static constexpr auto G_R    = parameter<"renal_threshold">         (180.0,    "mg/dl",      fixed, assumed("textbook value"), "Glucose above which the kidneys lose it");
  static constexpr auto w_R    = parameter<"renal_splay">             (180.0,    "mg/dl",      fixed, assumed("rounds the threshold by a few mg/dl"), "Scale of the rounded corner of that loss");
  // clang-format on
  static constexpr auto table =
      std::tuple_cat(std::tuple{G,     I,     b,     gamma, sigma, S_I,  hS_I,  N_5,   N_6,   t,   meals_on, drink_on,
                                S_end, h_end, tau_S, tau_h, G_0,   I_0,  b_0,   gam_0, sig_0, S_0, hS_0,     N_50,
                                N_60,  m_1,   m_2,   m_3,   m_4,   meal, awake, k_R,   G_R,   w_R, m_n},
                     shared);

  // Three meals from the start of the day, then a night; each meal begins sharply.
  template <class R, class X>
  static R meals(const X& x, const R& time) {
    const R clock = time - x[day] * floor(R(time / x[day]));
    const R since = clock - x[meal] * floor(R(clock / x[meal]));
    const R now = absorption<R>(since, x[m_1], x[m_2], x[m_3], x[m_4]);
    return select(clock < x[awake], now, R(0.0 * now));
  }

  template <class R>
  static void rates(const Values<HaShermanFull, R>& x, const Rates<HaShermanFull, R>& d) {
    const R M = metabolism(x, x[G]), ci = calcium(x, M, x[gamma]), c = x[k_1] * domain_calcium(x, ci);
    const R open = ci / (ci + x[K_p]), r_2 = x[r_20] * open, r_3 = x[sigma] * amplification(x, x[G]) * x[r_30] * open;

    // Granules with one to three calcium ions follow the docked ones at once.
    const R C_4 = c / (3.0 * x[k_m1] + x[u_1]);
    const R C_3 = 2.0 * c / (2.0 * x[k_m1] + c) / (1.0 - 3.0 * x[k_m1] / (2.0 * x[k_m1] + c) * C_4);
    const R C_2 = 3.0 * c / (2.0 * c + x[k_m1]) / (1.0 - 2.0 * x[k_m1] / (2.0 * c + x[k_m1]) * C_3);
    const R C_1 = x[r_1] / (3.0 * c + x[r_m1]) / (1.0 - x[k_m1] / (3.0 * c + x[r_m1]) * C_2);
    const R ISR = x[q] * x[u_1] * C_1 * C_2 * C_3 * C_4 * x[N_5];

    const R lost = x[k_R] / x[V_G] * x[w_R] * ramp(R((x[G] - x[G_R] - x[G_drug]) / x[w_R]));
    const R eaten = x[meals_on] * meals(x, x[t]) + x[drink_on] * drunk(x, x[t]);
    d[G] = production(x, x[S_I], x[hS_I], x[I]) + eaten - (x[E_G0] + x[S_I] * x[I]) * x[G] - lost;
    d[I] = x[b] * ISR / x[V_I] - x[k] * x[I] + x[I_drug];
    d[N_5] = x[r_m1] * C_1 * x[N_5] - (x[r_1] + x[r_m2]) * x[N_5] + r_2 * x[N_6];
    d[N_6] = r_3 + x[r_m2] * x[N_5] - (x[r_m3] + r_2) * x[N_6];
    d[b] = turnover(x, M, ISR) * x[b] / x[tau_b];
    d[gamma] = (channel_target(x, x[G]) - x[gamma]) / x[tau_g];
    d[sigma] = (function_target(x, x[G], ISR) - x[sigma]) / x[tau_s];
    d[S_I] = (x[S_end] - x[S_I]) / x[tau_S];
    d[hS_I] = (x[h_end] - x[hS_I]) / x[tau_h];
  }

  template <class R>
  static void personalise(const Values<HaShermanFull, R>& x, const Start<HaShermanFull, R>& s) {
    s[G] = x[G_0];
    s[I] = x[I_0];
    s[b] = x[b_0];
    s[gamma] = x[gam_0];
    s[sigma] = x[sig_0];
    s[S_I] = x[S_0];
    s[hS_I] = x[hS_0];
    s[N_5] = x[N_50];
    s[N_6] = x[N_60];
  }
};

}  // namespace healthspan::models
