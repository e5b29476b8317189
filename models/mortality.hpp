// Death: the hazard of a national life table, times what deficits and slowness add, divided by the average of that
// factor among the living of the same age and sex, so that a population keeps its life table.
// Deficits: Kojima et al. (2018); gait: Studenski et al., JAMA 305:50 (2011). The two overlap: 60 % of each is used.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/models/life_tables.hpp>

namespace healthspan::models {

struct MortalityRows {
  // clang-format off
  static constexpr auto death  = hazard   <"death">                    (                 "Integrated hazard of death");
  static constexpr auto age    = input    <"age">                      (         "y",    "Age");
  static constexpr auto male   = input    <"male">                     (         "1",    "1 for men, 0 for women");
  static constexpr auto D      = input    <"deficit_burden">           (         "1",    "Deficit burden");
  static constexpr auto gait   = input    <"gait_speed">               (         "m/s",  "Usual gait speed");
  static constexpr auto year   = input    <"days_per_year">            (         "d/y",  "Length of a year");

  static constexpr auto mu_1   = parameter<"rate_unit">                (1.0,     "1/y",  fixed, cited("WPP2024", "rates per year"), "Unit of the life table's rates");
  static constexpr auto b_D    = parameter<"deficit_mortality">        (1.49,    "1",    fixed, cited("Kojima2018", "hazard ratio 1.282 per 0.1, of which 60 %"), "Log hazard per unit of deficit burden");
  static constexpr auto b_G    = parameter<"slowness_mortality">       (0.767,   "s/m",  fixed, cited("Studenski2011", "hazard ratio 0.88 per 0.1 m/s, of which 60 %"), "Log hazard per m/s of gait speed lost");
  static constexpr auto D_75   = parameter<"population_deficits">      (0.174,   "1",    fixed, calibrated("Mitnitski2002", "population mean 0.13 at 67 to 0.28 at 88"), "Mean deficit burden of the population at 75");
  static constexpr auto g_D    = parameter<"population_deficit_growth">(0.0365,  "1/y",  fixed, calibrated("Mitnitski2002", "same"), "Yearly growth of that mean");
  static constexpr auto cv_D   = parameter<"population_deficit_variation">(0.45, "1",    fixed, cited("Rockwood2004", "gamma distributed, n = 66,589"), "Coefficient of variation of deficits at one age");
  static constexpr auto G_75   = parameter<"population_gait">          (BySex(1.25, 1.22), "m/s", fixed, assumed("a little below 1.29 / 1.25 m/s at 74 in Japan (Seino 2014); used for both countries"), "Mean gait speed of the population at 75");
  static constexpr auto g_G    = parameter<"population_gait_loss">     (0.014,   "m/s/y", fixed, assumed("between 75 and 88 in the model's own population"), "Yearly fall of that mean");
  static constexpr auto sd_G   = parameter<"population_gait_spread">   (0.25,    "m/s",  fixed, calibrated("Seino2014", "SD 0.25 / 0.27 m/s; Japan, used for both countries"), "Standard deviation of gait speed at one age");
  static constexpr auto r_DG   = parameter<"deficit_gait_correlation"> (0.4,     "1",    fixed, assumed("reported -0.35 to -0.45"), "Correlation of deficits with slowness");
  static constexpr auto a_ref  = parameter<"population_age">           (75.0,    "y",    fixed, assumed("reference of the three rows above"), "Age at which the population is described");
  static constexpr auto mu     = output   <"death_rate">               (         "1/y",  "Hazard of death");
  static constexpr auto factor = output   <"frailty_mortality_factor"> (         "1",    "Hazard of death relative to the average of the same age and sex");
  // clang-format on
};

template <const LifeTable& Table>
struct Mortality : MortalityRows {
  static constexpr auto name = Table.country == "Japan" ? "mortality_japan" : "mortality_usa";
  static constexpr auto summary = "Death: a national life table times a normalised frailty factor";
  static constexpr auto table = std::tuple{death, age,  male, D,   gait, year, mu_1,  b_D, b_G,   D_75,
                                           g_D,   cv_D, G_75, g_G, sd_G, r_DG, a_ref, mu,  factor};

  // Logarithm of the table's rate, linear in age between group centres and beyond the first and last.
  template <class R>
  static R log_rate(const R& age_in_groups, const R& is_male) {
    static const Slopes men(Table.men), women(Table.women);
    const auto blend = [&](double of_men, double of_women) { return is_male * (of_men - of_women) + of_women; };
    R value = blend(men.start, women.start);
    for (std::size_t k = 0; k + 1 < life_table_groups; ++k) {
      const R beyond = age_in_groups - static_cast<double>(k);
      value += blend(men.bend[k], women.bend[k]) * (k == 0 ? beyond : max(R(0.0 * beyond), beyond));
    }
    return value;
  }

  // Log of the average of exp(b_D (D - mean) + b_G (mean - gait)) over a population in which deficits are gamma
  // distributed and gait is normal: both moment-generating functions, and their covariance to first order.
  template <class R>
  static R log_average(const Values<Mortality, R>& x, const R& mean_D) {
    const R variation = x[cv_D] * x[cv_D];
    const R of_gait = x[b_G] * x[sd_G];
    const R of_deficits = x[b_D] * mean_D * x[cv_D];
    return -log(R(1.0 - x[b_D] * mean_D * variation)) / variation - x[b_D] * mean_D + 0.5 * of_gait * of_gait +
           x[r_DG] * of_deficits * of_gait;
  }

  template <class R>
  static void outputs(const Values<Mortality, R>& x, const Outputs<Mortality, R>& y) {
    const R since = x[age] - x[a_ref];
    const R mean_D = x[D_75] * exp(R(x[g_D] * since));
    const R mean_G = x[G_75] - x[g_G] * since;
    y[factor] = exp(R(x[b_D] * (x[D] - mean_D) + x[b_G] * (mean_G - x[gait]) - log_average(x, mean_D)));
    const R groups = (x[age] * x[mu_1] - LifeTable::age_of(0)) / LifeTable::group_width;
    y[mu] = x[mu_1] * exp(log_rate<R>(groups, x[male])) * y[factor];
  }

  template <class R>
  static void rates(const Values<Mortality, R>& x, const Rates<Mortality, R>& d) {
    d[death] = x[mu] / x[year];
  }

 private:
  struct Slopes {
    double start;
    std::array<double, life_table_groups> bend{};
    explicit Slopes(const std::array<double, life_table_groups>& rates) : start(log(rates[0])) {
      double before = 0;
      for (std::size_t k = 0; k + 1 < life_table_groups; ++k) {
        const double slope = log(rates[k + 1]) - log(rates[k]);
        bend[k] = slope - before;
        before = slope;
      }
    }
  };
};

using MortalityJapan = Mortality<life_table_japan>;
using MortalityUsa = Mortality<life_table_usa>;

}  // namespace healthspan::models
