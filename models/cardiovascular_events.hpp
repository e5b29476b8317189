// Infarctions, strokes, heart failure and angina, and death from them. Without diabetes by PREVENT (Khan et al.,
// Circulation 149:430, 2024), with it by the UKPDS Outcomes Model 2 (Hayes et al., Diabetologia 56:1925, 2013), whose
// angina ("ischaemic heart disease") the former does not have.
//
// PREVENT tells the risk p of 10 years. The rate at an age is -ln(1 - p) / 10 of somebody five years younger, because
// the ten years of p are lived through while he gets older. Beyond the ages of PREVENT (30 to 79, so rates of 35 to
// 84) the rate goes on growing by a constant share per year.
#pragma once

#include <healthspan/models/risk_factors.hpp>

namespace healthspan::models {

struct CardiovascularEvents : RiskFactors<CardiovascularEvents> {
  static constexpr auto name = "cardiovascular_events";
  static constexpr auto summary = "Infarctions, strokes, heart failure, angina, and death from them";

  // clang-format off
  static constexpr auto MI      = hazard   <"myocardial_infarction">   (Recurrence::recurrent,  "Integrated hazard of myocardial infarction");
  static constexpr auto ST      = hazard   <"stroke">                  (Recurrence::recurrent,  "Integrated hazard of stroke");
  static constexpr auto HF      = hazard   <"heart_failure">           (Recurrence::once,       "Integrated hazard of heart failure");
  static constexpr auto AN      = hazard   <"ischaemic_heart_disease"> (Recurrence::once,       "Integrated hazard of angina, in diabetes");
  static constexpr auto death   = hazard   <"cardiovascular_death">    (                        "Integrated hazard of death from a cardiovascular event");
  static constexpr auto mi_h    = state    <"mi_history">              (         "1",   "Has had a myocardial infarction: 1 = yes");
  static constexpr auto st_h    = state    <"stroke_history">          (         "1",   "Has had a stroke: 1 = yes");
  static constexpr auto hf_h    = state    <"heart_failure_history">   (         "1",   "Has heart failure: 1 = yes");
  static constexpr auto an_h    = state    <"ihd_history">             (         "1",   "Has angina: 1 = yes");
  static constexpr auto m       = state    <"acute_mortality">         (         "1",   "Hazard of death from events that is still to come");

  static constexpr auto TG      = input    <"triglycerides">           (120.0,   "mg/dl", "Triglycerides");
  static constexpr auto bp_use  = input    <"antihypertensive_use">    (0.0,     "1",   "Takes drugs for blood pressure: 1 = yes");
  static constexpr auto st_use  = input    <"statin_use">              (0.0,     "1",   "Takes a statin: 1 = yes");
  static constexpr auto amp     = input    <"amputation_history">      (0.0,     "1",   "Amputations so far");
  static constexpr auto ulcer   = input    <"ulcer_history">           (0.0,     "1",   "Has had an ulcer of the foot: 1 = yes");
  static constexpr auto renal   = input    <"renal_failure_history">   (0.0,     "1",   "Has renal failure: 1 = yes");
  static constexpr auto mi_0    = input    <"mi_history_at_start">     (0.0,     "1",   "The same at the start");
  static constexpr auto st_0    = input    <"stroke_history_at_start"> (0.0,     "1",   "The same at the start");
  static constexpr auto hf_0    = input    <"heart_failure_history_at_start">(0.0, "1", "The same at the start");
  static constexpr auto an_0    = input    <"ihd_history_at_start">    (0.0,     "1",   "The same at the start");
  static constexpr auto f_mi    = input    <"mi_treatment_factor">     (1.0,     "1",   "Rate of infarctions relative to what risk factors tell");
  static constexpr auto f_st    = input    <"stroke_treatment_factor"> (1.0,     "1",   "Rate of strokes relative to what risk factors tell");
  static constexpr auto f_hf    = input    <"heart_failure_treatment_factor">(1.0, "1", "Rate of heart failure relative to what risk factors tell");
  static constexpr auto mi_now  = input    <"myocardial_infarction_now">(0.0,    "1",   "1 at the moment of an infarction");
  static constexpr auto st_now  = input    <"stroke_now">              (0.0,     "1",   "1 at the moment of a stroke");
  static constexpr auto hf_now  = input    <"heart_failure_now">       (0.0,     "1",   "1 at the moment of heart failure");
  static constexpr auto an_now  = input    <"ischaemic_heart_disease_now">(0.0,  "1",   "1 at the moment of angina");

  static constexpr auto kappa   = parameter<"cardiovascular_calibration">(1.0,   "1",   fixed,          assumed("PREVENT is of the United States of 1992 to 2017, the Outcomes Model of Britain of 1977 to 2007: other countries and years need their own"), "Rates of all cardiovascular events relative to the equations");
  static constexpr auto frailty = parameter<"cardiovascular_frailty">  (0.846,   "1",   lognormal(0.58), assumed("variance 0.4, as little as what is inherited of early infarction asks for; the mean is 1"), "Rate of all cardiovascular events relative to people with the same risk factors");
  static constexpr auto g       = parameter<"cardiovascular_growth">   (0.075,   "1/y", fixed,          assumed("that of PREVENT at its mean risk factors"), "Growth of rates per year of age beyond the ages of PREVENT");
  static constexpr auto before  = parameter<"prevent_interval_middle"> (5.0,     "y",   fixed,          assumed("half of the 10 years that its risks are of"), "How much older than at its reading a risk's mean rate is met");
  static constexpr auto ten     = parameter<"prevent_interval">        (10.0,    "y",   fixed,          cited("Khan2024", "risk within 10 years"), "Time that the risks are of");
  static constexpr auto r_mi    = parameter<"infarction_after_infarction">(2.6,  "1",   fixed,          calibrated("Smolina2012b", "13.9 % of men in 7 years, 2.1 % a year; 0.4 % a year at 70 without history; their risk factors and proneness make up twice of it"), "Rate of infarctions after one, without diabetes");
  static constexpr auto r_st    = parameter<"stroke_after_stroke">     (4.0,     "1",   fixed,          calibrated("Mohan2011", "16.2 % in 5 years in the later studies, 3.5 % a year; 0.4 % a year at 72 without history; their risk factors and proneness make up twice of it"), "Rate of strokes after one, without diabetes");
  static constexpr auto r_x     = parameter<"event_after_other_event"> (1.6,     "1",   fixed,          cited("Hayes2013", "first infarction with a history of stroke 1.57, first stroke with angina 1.62"), "Rate of infarctions after a stroke, and of strokes after an infarction, without diabetes");
  static constexpr auto r_hf    = parameter<"failure_after_infarction">(3.0,     "1",   fixed,          assumed("direction; a quarter of infarctions are followed by heart failure within years"), "Rate of heart failure after an infarction, without diabetes");
  static constexpr auto l_mi    = parameter<"infarction_fatality">     (-0.96,   "1",   fixed,          calibrated("Smolina2012", "table 1: 14.2, 19.1, 27.2, 37.8 and 48.1 % of first infarctions at 30-54, 55-64, 65-74, 75-84 and 85 or more, sudden deaths included"), "Log odds of dying of an infarction at the reference age");
  static constexpr auto b_mi    = parameter<"infarction_fatality_slope">(0.0426, "1/y", fixed,          calibrated("Smolina2012", "the same"), "The same per year of age");
  static constexpr auto l_st    = parameter<"stroke_fatality">         (-1.90,   "1",   fixed,          calibrated("Schmidt2014", "2009-11: 10.6 % of ischaemic strokes within 30 days and 33.8 % of haemorrhages, of which 15 % are; at 72"), "Log odds of dying of a stroke at the reference age");
  static constexpr auto b_st    = parameter<"stroke_fatality_slope">   (0.045,   "1/y", fixed,          assumed("as of infarction and heart failure"), "The same per year of age");
  static constexpr auto l_hf    = parameter<"failure_fatality">        (-3.28,   "1",   fixed,          calibrated("Jones2019", "4.3 % within a month of the diagnosis, at 74"), "Log odds of dying of new heart failure at the reference age");
  static constexpr auto b_hf    = parameter<"failure_fatality_slope">  (0.045,   "1/y", fixed,          calibrated("Buddeke2020", "dead after a year: 10.5 % of women at 25-54, 46.1 % at 85 or more"), "The same per year of age");
  static constexpr auto a_ref   = parameter<"fatality_reference_age">  (70.0,    "y",   fixed,          assumed("a round age"), "Age of these log odds");
  static constexpr auto tau     = parameter<"acute_mortality_time">    (30.0,    "d",   fixed,          assumed("fatality is counted within 28 or 30 days, most of it within the first"), "Time constant of dying of an event");
  static constexpr auto c_mi    = parameter<"mortality_after_infarction">(2.0,   "1",   fixed,          cited("Smolina2012b", "abstract: twice that of the general population"), "Mortality after an infarction, at least");
  static constexpr auto c_st    = parameter<"mortality_after_stroke">  (2.0,     "1",   fixed,          cited("BronnumHansen2001", "abstract: 2-fold subsequent to 1 year"), "Mortality after a stroke, at least");
  static constexpr auto c_hf    = parameter<"mortality_in_failure">    (3.0,     "1",   fixed,          calibrated("Jones2019", "56.7 % alive after 5 years, 11 % a year; 3.5 % a year of all people at 74"), "Mortality in heart failure, at least");

  static constexpr auto bp_mark = constant <"antihypertensive_mark">   (         "1",   "Took drugs for blood pressure at the start: 1 = yes");
  static constexpr auto st_mark = constant <"statin_mark">             (         "1",   "Took a statin at the start: 1 = yes");

  static constexpr auto h_mi    = output   <"myocardial_infarction_rate">(       "1/y", "Infarctions per year");
  static constexpr auto h_st    = output   <"stroke_rate">             (         "1/y", "Strokes per year");
  static constexpr auto h_hf    = output   <"heart_failure_rate">      (         "1/y", "Rate of heart failure");
  static constexpr auto h_an    = output   <"ischaemic_heart_disease_rate">(     "1/y", "Rate of angina, in diabetes");
  static constexpr auto h_death = output   <"cardiovascular_death_rate">(        "1/y", "Rate of deaths from events as expected: of each event times its fatality");
  static constexpr auto told    = output   <"causes_told">             (         "1",   "These deaths are told here: 1");
  static constexpr auto ratio   = output   <"cardiovascular_mortality_ratio">(   "1",   "Mortality that events have left behind, relative to that without; for background mortality to read");
  // clang-format on
  static constexpr auto table = std::tuple_cat(
      risk_factor_rows,
      std::tuple{MI,    ST,    HF,   AN,   death, mi_h, st_h, hf_h, an_h, m,      TG,     bp_use, st_use, amp,
                 ulcer, renal, mi_0, st_0, hf_0,  an_0, f_mi, f_st, f_hf, mi_now, st_now, hf_now, an_now},
      std::tuple{kappa,   frailty, g,    before, ten,  r_mi,  r_st,    r_x,  r_hf, l_mi,
                 b_mi,    l_st,    b_st, l_hf,   b_hf, a_ref, tau,     c_mi, c_st, c_hf,
                 bp_mark, st_mark, h_mi, h_st,   h_hf, h_an,  h_death, told, ratio});

  template <class R>
  using Person = Values<CardiovascularEvents, R>;

  // Without diabetes: what PREVENT reads, and how much more the rates have grown at ages that it does not have.
  template <class R>
  struct Scored {
    PreventPerson<R> person;
    R growth;
  };
  template <class R>
  static Scored<R> scored(const Person<R>& x) {
    const R young(30.0), old(79.0), at = (x[age] - x[before]) / x[u_y], inside = min(old, max(young, at));
    PreventPerson<R> p;
    p.male = x[male];
    p.age = inside;
    p.total_cholesterol = (x[LDL] + x[HDL] + x[TG] / 5.0) / x[u_C];  // Friedewald
    p.hdl_cholesterol = x[HDL] / x[u_C];
    p.systolic_pressure = x[SBP] / x[u_P];
    p.diabetes = 0.0 * x[D];
    p.smoking = x[smoke];
    p.antihypertensive_use = x[bp_mark];
    p.statin_use = x[st_mark];
    p.body_mass_index = x[BMI] / x[u_BMI];
    p.egfr = x[egfr] / x[u_F];
    p.hba1c = x[A1c] / x[u_A];
    return {p, exp(R(x[g] * x[u_y] * (at - inside)))};
  }
  // Rate of an event per year at the age of now.
  template <class R>
  static R prevent_rate(const Person<R>& x, const Scored<R>& of, const Prevent& women, const Prevent& men) {
    const R of_the_interval = log(R(1.0 + exp(prevent_log_odds(women, men, of.person))));  // -ln(1 - p)
    return of_the_interval / x[ten] * of.growth;
  }

  template <class R>
  static Om2Person<R> om2(const Person<R>& x) {
    Om2Person<R> p = om2_person(x);
    p.mi_history = x[mi_h];
    p.stroke_history = x[st_h];
    p.heart_failure_history = x[hf_h];
    p.ihd_history = x[an_h];
    p.amputation_history = min(x[amp], R(1.0));
    p.ulcer_history = x[ulcer];
    p.renal_failure_history = x[renal];
    return p;
  }

  // Log odds of dying of each event. In diabetes those of the year of a first event, or of one after others; by these
  // the Outcomes Model measures heart failure, which has no coefficient.
  template <class R>
  struct Fatality {
    R infarction, stroke, failure, angina;
  };
  template <class R>
  static Fatality<R> fatality(const Person<R>& x) {
    const Om2Person<R> p = om2(x);
    const R history = p.mi_history + p.stroke_history + p.heart_failure_history + p.ihd_history +
                      p.amputation_history + p.renal_failure_history;
    const auto diabetic = x[D] > R(0.5), earlier = history > R(0.5);
    constexpr const Om2 &first = om2_death_in_first_event_year, &later = om2_death_in_later_event_year;
    const R year_of = select(earlier, om2_predictor<later>(p), om2_predictor<first>(p));
    const auto odds = [&](double of_first, double of_later, const R& level, const R& slope) {
      return select(diabetic, R(year_of + select(earlier, R(of_later), R(of_first))),
                    R(level + slope * (x[age] - x[a_ref])));
    };
    return {odds(first.mi_event, later.mi_event, x[l_mi], x[b_mi]),
            odds(first.stroke_event, later.stroke_event, x[l_st], x[b_st]), odds(0.0, 0.0, x[l_hf], x[b_hf]),
            odds(first.ihd_event, later.ihd_event, x[l_hf], x[b_hf])};
  }

  template <class R>
  static R probability(const R& log_odds) {
    return 1.0 / (1.0 + exp(R(-log_odds)));
  }

  template <class R>
  static void outputs(const Person<R>& x, const Outputs<CardiovascularEvents, R>& y) {
    const Om2Person<R> p = om2(x);
    const Scored<R> of = scored(x);
    const auto diabetic = x[D] > R(0.5), had_mi = x[mi_h] > R(0.5), had_stroke = x[st_h] > R(0.5);
    const R one(1.0), all = x[kappa] / x[u_y];
    const auto after = [&](const auto& had, const R& times) { return select(had, times, one); };

    // The Outcomes Model's second events are of people who have proved prone already.
    const R mi_with = all * select(had_mi, one, x[frailty]) *
                      exp(select(had_mi, om2_weibull_log_rate<om2_second_mi>(p), om2_first_mi_log_rate(p)));
    const R mi_without = x[kappa] * x[frailty] * prevent_rate(x, of, prevent_hba1c_chd_women, prevent_hba1c_chd_men) *
                         after(had_mi, x[r_mi]) * after(had_stroke, x[r_x]);
    const R mi = x[f_mi] * select(diabetic, mi_with, mi_without);

    const R stroke_with = all * select(had_stroke, one, x[frailty]) *
                          exp(select(had_stroke, om2_weibull_log_rate<om2_second_stroke>(p),
                                     om2_weibull_log_rate<om2_first_stroke>(p)));
    const R stroke_without = x[kappa] * x[frailty] *
                             prevent_rate(x, of, prevent_hba1c_stroke_women, prevent_hba1c_stroke_men) *
                             after(had_stroke, x[r_st]) * after(had_mi, x[r_x]);
    const R stroke = x[f_st] * select(diabetic, stroke_with, stroke_without);

    const R failure_with = all * om2_weibull_rate<om2_heart_failure>(p);
    const R failure_without =
        x[kappa] * prevent_rate(x, of, prevent_hba1c_heart_failure_women, prevent_hba1c_heart_failure_men) *
        after(had_mi, x[r_hf]);
    const R failure = x[f_hf] * x[frailty] * (1.0 - x[hf_h]) * select(diabetic, failure_with, failure_without);

    const R angina =
        x[f_mi] * x[frailty] * (1.0 - x[an_h]) * x[D] * all * om2_weibull_rate<om2_ischaemic_heart_disease>(p);

    y[h_mi] = mi;
    y[h_st] = stroke;
    y[h_hf] = failure;
    y[h_an] = angina;
    const Fatality<R> dying = fatality(x);
    y[h_death] = mi * probability(dying.infarction) + stroke * probability(dying.stroke) +
                 failure * probability(dying.failure) + angina * probability(dying.angina);

    // The Outcomes Model's mortality falls with body mass index, which losing weight does not bring about: all are
    // alike. Its two equations cross in old age, where a history takes nothing off.
    Om2Person<R> alike = p;
    alike.body_mass_index = R(25.0);
    const R history = p.mi_history + p.stroke_history + p.heart_failure_history + p.ihd_history +
                      p.amputation_history + p.renal_failure_history;
    const R log_excess = om2_gompertz_log_rate<om2_death_with_history>(alike) -
                         om2_gompertz_log_rate<om2_death_without_history>(alike);
    const R by_model = select(diabetic & (history > R(0.5)), exp(log_excess), one);
    // Each of these is of all causes, what else the person has included: the largest counts. Diabetes protects
    // nobody.
    const R worst = max(max(after(had_mi, x[c_mi]), after(had_stroke, x[c_st])), after(x[hf_h] > R(0.5), x[c_hf]));
    y[ratio] = max(by_model, worst);
    y[told] = 1.0 + 0.0 * x[D];
  }

  template <class R>
  static void rates(const Person<R>& x, const Rates<CardiovascularEvents, R>& d) {
    d[MI] = x[h_mi] / x[year];
    d[ST] = x[h_st] / x[year];
    d[HF] = x[h_hf] / x[year];
    d[AN] = x[h_an] / x[year];
    d[death] = x[m] / x[tau];
    d[m] = -x[m] / x[tau];
    const R never = 0.0 / x[tau];
    d[mi_h] = d[st_h] = d[hf_h] = d[an_h] = never;
  }

  template <class R>
  static void relaxation(const Person<R>& x, const States<CardiovascularEvents, R>& k) {
    k[m] = 1.0 / x[tau];
  }

  template <class R>
  static void settle(const Person<R>& x, const States<CardiovascularEvents, R>& s) {
    s[m] = 0.0 * x[m];
  }

  // An event leaves its history, and a hazard that in all comes to its fatality: -ln(1 - p).
  template <class R>
  static void at_switch(const Person<R>& before_it, const Person<R>& after,
                        const States<CardiovascularEvents, R>& s) {
    const auto mass = [](const R& log_odds) { return log(R(1.0 + exp(log_odds))); };
    const Fatality<R> dying = fatality(before_it);
    s[m] = before_it[m] + after[mi_now] * mass(dying.infarction) + after[st_now] * mass(dying.stroke) +
           after[hf_now] * mass(dying.failure) + after[an_now] * mass(dying.angina);
    s[mi_h] = max(before_it[mi_h], after[mi_now]);
    s[st_h] = max(before_it[st_h], after[st_now]);
    s[hf_h] = max(before_it[hf_h], after[hf_now]);
    s[an_h] = max(before_it[an_h], after[an_now]);
  }

  template <class R>
  static void anchor(const Person<R>& x, const Start<CardiovascularEvents, R>& s) {
    s[bp_mark] = x[bp_use];
    s[st_mark] = x[st_use];
  }

  template <class R>
  static void personalise(const Person<R>& x, const Start<CardiovascularEvents, R>& s) {
    s[mi_h] = x[mi_0];
    s[st_h] = x[st_0];
    s[hf_h] = x[hf_0];
    s[an_h] = x[an_0];
    s[m] = 0.0 * x[mi_0];
  }
};

}  // namespace healthspan::models
