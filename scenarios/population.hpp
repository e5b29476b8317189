// Built-in populations: what people are like by age and sex, and what goes with what (Gaussian copula).
// Their numbers and sources are in populations/.
#pragma once

#include <healthspan/core/random.hpp>
#include <healthspan/scenarios/person.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <Eigen/Core>

#include <array>
#include <optional>

namespace healthspan::scenarios {

class Population {
 public:
  static const Population& of(PopulationName name);

  const std::string& name() const { return name_; }
  Country country() const { return country_; }
  AgeRange ages() const { return ages_; }
  // What its people are known by at any age, derived quantities included.
  const std::vector<std::size_t>& quantities() const { return quantities_; }
  // What is drawn for each; the correlations are between these.
  const std::vector<std::size_t>& sampled() const { return sampled_; }

  // The value of a sampled quantity whose standard normal score is z; NaN where the population has none at this age.
  // Quantiles are interpolated linearly between their normal scores on the table's scale, the tails go on with the
  // slopes of the outer tenths, and the two tables nearest in age are blended. Values are clipped to the bounds. Of
  // what only a share of people have, those with the highest scores have it.
  double value(std::size_t quantity, bool male, double age_y, double z) const;

  // Correlation of two sampled quantities at one age and sex; 0 where the tables have none.
  double correlation(bool male, double age_y, std::size_t first, std::size_t second) const;

  // Scores that are correlated as in the population, from independent ones; both in the order of sampled().
  void correlate(bool male, double age_y, const std::vector<double>& independent, std::vector<double>& scores) const;

  // The tables are of single measurements. The score of a person's own value of a sampled quantity, whose measured
  // one has a standard deviation of `error` in its unit: drawn by the standard normal `chance`, given all measured
  // `scores`. What is measured stays distributed as in the tables; own values are spread less, and drawn towards what
  // the rest of the person lets expect.
  double own_score(std::size_t quantity, bool male, double age_y, const std::vector<double>& scores, double error,
                   double chance) const;

 private:
  explicit Population(PopulationName name);
  static constexpr std::size_t knots = 9;
  struct Quantiles {
    double from, to;
    std::array<double, knots> at;  // on the table's scale
  };
  struct Curve {
    bool gamma;
    double age, centre, per_year, spread;
  };
  // Some have the value, the others 0.
  struct Share {
    double from, to, share, value;
  };
  enum class Scale { identity, log, sqrt };
  struct Marginal {
    Scale scale = Scale::identity;
    std::vector<Quantiles> bands;  // by rising age
    std::optional<Curve> curve;    // instead of quantiles
    std::vector<Share> shares;     // the same, by rising age
  };
  struct Band {
    bool male;
    double from, to;
    std::vector<std::size_t> members;  // places in sampled()
    Eigen::MatrixXd correlations, factor, inverse;
  };
  void read_quantiles(std::string_view text);
  void read_curves(std::string_view text);
  void read_shares(std::string_view text);
  void read_bounds(std::string_view text);
  void read_correlations(std::string_view text);
  std::size_t sampled_place(std::size_t quantity);
  const Band& band(bool male, double age_y) const;

  std::string name_;
  Country country_;
  AgeRange ages_;
  std::vector<std::size_t> quantities_, sampled_;
  std::vector<std::array<Marginal, 2>> marginals_;  // by sampled(), women first
  std::vector<std::pair<double, double>> bounds_;   // by person_quantities()
  std::vector<Band> bands_;
};

// How old people are and of which sex: the survivors of a life table, as many women as men at 50, evenly below. So a
// cohort is a population that neither grows nor shrinks, within the range of ages that was asked for.
class AgeStructure {
 public:
  AgeStructure(Country country, AgeRange ages, std::optional<Sex> sex);
  // From two numbers in (0, 1).
  bool male(double u) const { return u >= women_; }
  double age_y(bool male, double u) const;

 private:
  static constexpr int per_year = 4;
  AgeRange ages_;
  double women_ = 0.5;
  std::array<std::vector<double>, 2> cumulated_;  // women first; of the living, from the youngest age on
};

}  // namespace healthspan::scenarios
