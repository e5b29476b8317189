// Death: the hazard of a national life table, times what deficits and slowness add, divided by the average of that
// factor among the living of the same age and sex, so that a population keeps its life table. Where another module
// tells the deaths of some causes, their share in the life table is taken off, and what those events leave behind in
// survivors is part of the factor and of its average.
// Deficits: Kojima et al. (2018); gait: Studenski et al., JAMA 305:50 (2011). The two overlap: 60 % of each is used.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/models/cause_averages.hpp>
#include <healthspan/models/frailty_averages.hpp>
#include <healthspan/models/life_tables.hpp>

namespace healthspan::models {

struct MortalityRows {
  // clang-format off
  static constexpr auto death  = hazard   <"death">                    (                 "Integrated hazard of death");
  static constexpr auto age    = input    <"age">                      (         "y",    "Age");
  static constexpr auto male   = input    <"male">                     (         "1",    "1 for men, 0 for women");
  static constexpr auto D      = input    <"deficit_burden">           (         "1",    "Deficit burden");
  static constexpr auto gait   = input    <"gait_speed">               (         "m/s",  "Usual gait speed");
  static constexpr auto told   = input    <"causes_told">              (0.0,     "1",    "Another module tells cardiovascular deaths: 1 = yes");
  static constexpr auto sweet  = input    <"glucose_followed">         (0.0,     "1",    "Another module follows glucose, and so who gets diabetes: 1 = yes");
  static constexpr auto after  = input    <"cardiovascular_mortality_ratio"> (1.0, "1",  "Mortality that events have left behind, relative to that without");
  static constexpr auto year   = input    <"days_per_year">            (         "d/y",  "Length of a year");

  static constexpr auto mu_1   = parameter<"rate_unit">                (1.0,     "1/y",  fixed, cited("WPP2024", "rates per year"), "Unit of the life table's rates");
  static constexpr auto b_D    = parameter<"deficit_mortality">        (1.49,    "1",    fixed, cited("Kojima2018", "hazard ratio 1.282 per 0.1, of which 60 %"), "Log hazard per unit of deficit burden");
  static constexpr auto b_G    = parameter<"slowness_mortality">       (0.767,   "s/m",  fixed, cited("Studenski2011", "hazard ratio 0.88 per 0.1 m/s, of which 60 %"), "Log hazard per m/s of gait speed lost");
  static constexpr auto mu_0   = output   <"life_table_rate">          (         "1/y",  "Hazard of death of everybody of this age and sex, whatever the cause");
  static constexpr auto mu     = output   <"death_rate">               (         "1/y",  "Hazard of death, of other causes than another module tells");
  static constexpr auto factor = output   <"frailty_mortality_factor"> (         "1",    "Hazard of death relative to the average of the same age and sex");
  // clang-format on
};

template <const LifeTable& Table, const FrailtyAverages& Averages, const CauseAverages& Causes,
          const CauseAverages& WithGlucose>
struct Mortality : MortalityRows {
  static constexpr auto name = Table.country == "Japan" ? "mortality_japan" : "mortality_usa";
  static constexpr auto summary = "Death: a national life table times a normalised frailty factor";
  static constexpr auto table =
      std::tuple{death, age, male, D, gait, told, sweet, after, year, mu_1, b_D, b_G, mu_0, mu, factor};

  template <class R>
  static void outputs(const Values<Mortality, R>& x, const Outputs<Mortality, R>& y) {
    static const Curve rate_men = logarithm(Table.men), rate_women = logarithm(Table.women);
    static const Curve average_men(Averages.men), average_women(Averages.women);
    static const Curves told_alone(Causes), told_with_glucose(WithGlucose);
    const R groups = (x[age] * x[mu_1] - LifeTable::age_of(0)) / LifeTable::group_width;
    std::array<R, life_table_groups - 1> since;
    for (std::size_t k = 0; k < since.size(); ++k) {
      since[k] = groups - static_cast<double>(k);
      if (k > 0) since[k] = max(R(0.0 * since[k]), since[k]);
    }
    const auto at_this_age = [&](const Curve& men, const Curve& women) {
      const auto blend = [&](double of_men, double of_women) { return x[male] * (of_men - of_women) + of_women; };
      R value = blend(men.start, women.start);
      for (std::size_t k = 0; k < since.size(); ++k) value += blend(men.bend[k], women.bend[k]) * since[k];
      return value;
    };
    const auto follows = x[sweet] > R(0.0);
    const auto of_causes = [&](const Curve Curves::*men, const Curve Curves::*women) {
      return select(follows, at_this_age(told_with_glucose.*men, told_with_glucose.*women),
                    at_this_age(told_alone.*men, told_alone.*women));
    };
    const R log_average = select(x[told] > R(0.0), of_causes(&Curves::average_men, &Curves::average_women),
                                 at_this_age(average_men, average_women));
    const R others = 1.0 - x[told] * of_causes(&Curves::share_men, &Curves::share_women);
    y[factor] = x[after] * exp(R(x[b_D] * x[D] - x[b_G] * x[gait] - log_average));
    y[mu_0] = x[mu_1] * exp(at_this_age(rate_men, rate_women));
    y[mu] = y[mu_0] * others * y[factor];
  }

  template <class R>
  static void rates(const Values<Mortality, R>& x, const Rates<Mortality, R>& d) {
    d[death] = x[mu] / x[year];
  }

 private:
  // Linear in age between group centres, and beyond the first and last.
  struct Curve {
    double start;
    std::array<double, life_table_groups> bend{};
    explicit Curve(const std::array<double, life_table_groups>& values) : start(values[0]) {
      double before = 0;
      for (std::size_t k = 0; k + 1 < life_table_groups; ++k) {
        const double slope = values[k + 1] - values[k];
        bend[k] = slope - before;
        before = slope;
      }
    }
  };
  struct Curves {
    Curve share_men, share_women, average_men, average_women;
    explicit Curves(const CauseAverages& a)
        : share_men(a.share_men),
          share_women(a.share_women),
          average_men(a.average_men),
          average_women(a.average_women) {}
  };
  static Curve logarithm(std::array<double, life_table_groups> values) {
    for (double& value : values) value = log(value);
    return Curve(values);
  }
};

using MortalityJapan =
    Mortality<life_table_japan, frailty_averages_japan, cause_averages_japan, cause_averages_japan>;
using MortalityUsa =
    Mortality<life_table_usa, frailty_averages_usa, cause_averages_usa, cause_averages_usa_with_glucose>;

}  // namespace healthspan::models
