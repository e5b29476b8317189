#include "japan_65plus_correlations.inc"
#include "japan_65plus_curves.inc"
#include "us_adults_bounds.inc"
#include "us_adults_correlations.inc"
#include "us_adults_curves.inc"
#include "us_adults_quantiles.inc"
#include "us_adults_shares.inc"

#include <healthspan/core/errors.hpp>
#include <healthspan/models/life_tables.hpp>
#include <healthspan/scenarios/plain_table.hpp>
#include <healthspan/scenarios/population.hpp>

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <limits>

namespace healthspan::scenarios {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<double, 9> levels{0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99};
constexpr std::array<const char*, 9> level_names{"p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99"};

const std::array<double, 9>& level_scores() {
  static const std::array<double, 9> scores = [] {
    std::array<double, 9> z{};
    for (std::size_t k = 0; k < z.size(); ++k) z[k] = normal_quantile(levels[k]);
    return z;
  }();
  return scores;
}

// Piecewise linear through the quantiles; beyond them with the slopes of the outer tenths.
double interpolated(const std::array<double, 9>& at, double z) {
  const std::array<double, 9>& scores = level_scores();
  if (z <= scores.front()) return at[0] + (z - scores[0]) * (at[2] - at[0]) / (scores[2] - scores[0]);
  if (z >= scores.back()) return at[8] + (z - scores[8]) * (at[8] - at[6]) / (scores[8] - scores[6]);
  std::size_t k = 0;
  while (z > scores[k + 1]) ++k;
  return at[k] + (z - scores[k]) * (at[k + 1] - at[k]) / (scores[k + 1] - scores[k]);
}

std::size_t quantity_in(const PlainTable& table, std::size_t row, const char* column) {
  const std::string_view name = table.cell(row, table.column(column));
  const std::size_t place = place_of_quantity(name);
  if (place == no_quantity)
    throw Error(ErrorCode::internal, "populations: no quantity \"" + std::string(name) + "\"");
  return place;
}

bool male_in(const PlainTable& table, std::size_t row) { return table.cell(row, table.column("sex")) == "male"; }

}  // namespace

const Population& Population::of(PopulationName name) {
  if (name == PopulationName::japan_65plus) {
    static const Population japan(PopulationName::japan_65plus);
    return japan;
  }
  static const Population usa(PopulationName::us_adults);
  return usa;
}

Population::Population(PopulationName name) {
  for (const PersonQuantity& q : person_quantities()) bounds_.emplace_back(q.lowest, q.highest);
  if (name == PopulationName::japan_65plus) {
    name_ = "japan-65plus";
    country_ = Country::japan;
    ages_ = {65, 100};
    read_curves(japan_65plus_curves_csv);
    read_correlations(japan_65plus_correlations_csv);
  } else {
    name_ = "us-adults";
    country_ = Country::usa;
    ages_ = {20, 90};
    read_quantiles(us_adults_quantiles_csv);
    read_curves(us_adults_curves_csv);
    read_shares(us_adults_shares_csv);
    read_bounds(us_adults_bounds_csv);
    read_correlations(us_adults_correlations_csv);
  }
  // What a person in the middle is known by at some age.
  std::vector<bool> there(person_quantities().size(), false);
  for (const double age : {ages_.from_y, 0.5 * (ages_.from_y + ages_.to_y), ages_.to_y}) {
    Person person(person_quantities().size(), nan);
    person[place_of_quantity("age")] = age;
    person[place_of_quantity("male")] = 1.0;
    for (const std::size_t q : sampled_) person[q] = value(q, true, age, 0.0);
    derive(person);
    for (std::size_t q = 0; q < person.size(); ++q) there[q] = there[q] || !std::isnan(person[q]);
  }
  for (std::size_t q = 0; q < there.size(); ++q)
    if (there[q]) quantities_.push_back(q);
}

std::size_t Population::sampled_place(std::size_t quantity) {
  const auto at = std::find(sampled_.begin(), sampled_.end(), quantity);
  if (at != sampled_.end()) return static_cast<std::size_t>(at - sampled_.begin());
  sampled_.push_back(quantity);
  marginals_.emplace_back();
  return sampled_.size() - 1;
}

void Population::read_quantiles(std::string_view text) {
  const PlainTable table(text, "quantiles");
  for (std::size_t r = 0; r < table.size(); ++r) {
    Marginal& m = marginals_[sampled_place(quantity_in(table, r, "quantity"))][male_in(table, r)];
    const std::string_view shape = table.cell(r, table.column("shape"));
    m.scale = shape == "log" ? Scale::log : shape == "sqrt" ? Scale::sqrt : Scale::identity;
    Quantiles band{table.number(r, table.column("from")), table.number(r, table.column("to")), {}};
    for (std::size_t k = 0; k < knots; ++k) {
      const double x = table.number(r, table.column(level_names[k]));
      band.at[k] = m.scale == Scale::log ? log(x) : m.scale == Scale::sqrt ? sqrt(x) : x;
    }
    m.bands.push_back(band);
  }
}

void Population::read_curves(std::string_view text) {
  const PlainTable table(text, "curves");
  for (std::size_t r = 0; r < table.size(); ++r) {
    Marginal& m = marginals_[sampled_place(quantity_in(table, r, "quantity"))][male_in(table, r)];
    m.curve = Curve{table.cell(r, table.column("shape")) == "gamma", table.number(r, table.column("age")),
                    table.number(r, table.column("centre")), table.number(r, table.column("per_year")),
                    table.number(r, table.column("spread"))};
  }
}

void Population::read_shares(std::string_view text) {
  const PlainTable table(text, "shares");
  for (std::size_t r = 0; r < table.size(); ++r)
    marginals_[sampled_place(quantity_in(table, r, "quantity"))][male_in(table, r)].shares.push_back(
        {table.number(r, table.column("from")), table.number(r, table.column("to")),
         table.number(r, table.column("share")), table.number(r, table.column("value"))});
}

void Population::read_bounds(std::string_view text) {
  const PlainTable table(text, "bounds");
  for (std::size_t r = 0; r < table.size(); ++r)
    bounds_[quantity_in(table, r, "quantity")] = {table.number(r, table.column("lowest")),
                                                  table.number(r, table.column("highest"))};
}

void Population::read_correlations(std::string_view text) {
  const PlainTable table(text, "correlations");
  struct Entry {
    std::size_t first, second;
    double r;
  };
  std::vector<std::vector<Entry>> entries;
  for (std::size_t r = 0; r < table.size(); ++r) {
    const bool male = male_in(table, r);
    const double from = table.number(r, table.column("from")), to = table.number(r, table.column("to"));
    auto at = std::find_if(bands_.begin(), bands_.end(),
                           [&](const Band& b) { return b.male == male && b.from == from && b.to == to; });
    if (at == bands_.end()) {
      bands_.push_back({male, from, to, {}, {}, {}, {}});
      entries.emplace_back();
      at = std::prev(bands_.end());
    }
    Entry entry{0, 0, table.number(r, table.column("r"))};
    const auto place = [&](const char* column) {
      const auto here = std::find(sampled_.begin(), sampled_.end(), quantity_in(table, r, column));
      const auto sampled = static_cast<std::size_t>(here - sampled_.begin());
      const auto known = std::find(at->members.begin(), at->members.end(), sampled);
      if (known != at->members.end()) return static_cast<std::size_t>(known - at->members.begin());
      at->members.push_back(sampled);
      return at->members.size() - 1;
    };
    entry.first = place("first");
    entry.second = place("second");
    entries[static_cast<std::size_t>(at - bands_.begin())].push_back(entry);
  }
  for (std::size_t b = 0; b < bands_.size(); ++b) {
    const auto n = static_cast<Eigen::Index>(bands_[b].members.size());
    bands_[b].correlations = Eigen::MatrixXd::Identity(n, n);
    for (const Entry& e : entries[b]) {
      const auto i = static_cast<Eigen::Index>(e.first), j = static_cast<Eigen::Index>(e.second);
      bands_[b].correlations(i, j) = bands_[b].correlations(j, i) = e.r;
    }
    const Eigen::LLT<Eigen::MatrixXd> llt(bands_[b].correlations);
    if (llt.info() != Eigen::Success)
      throw Error(ErrorCode::internal, "populations: the correlations of " + name_ + " contradict each other");
    bands_[b].factor = llt.matrixL();
    bands_[b].inverse = llt.solve(Eigen::MatrixXd::Identity(n, n));
  }
}

const Population::Band& Population::band(bool male, double age_y) const {
  const Band* nearest = nullptr;
  for (const Band& b : bands_) {
    if (b.male != male) continue;
    nearest = &b;
    if (age_y < b.to) break;
  }
  return *nearest;
}

double Population::correlation(bool male, double age_y, std::size_t first, std::size_t second) const {
  const Band& b = band(male, age_y);
  Eigen::Index i = -1, j = -1;
  for (std::size_t k = 0; k < b.members.size(); ++k) {
    if (sampled_[b.members[k]] == first) i = static_cast<Eigen::Index>(k);
    if (sampled_[b.members[k]] == second) j = static_cast<Eigen::Index>(k);
  }
  return i < 0 || j < 0 ? 0.0 : b.correlations(i, j);
}

void Population::correlate(bool male, double age_y, const std::vector<double>& independent,
                           std::vector<double>& scores) const {
  const Band& b = band(male, age_y);
  scores = independent;
  for (std::size_t i = 0; i < b.members.size(); ++i) {
    double z = 0;
    for (std::size_t j = 0; j <= i; ++j)
      z += b.factor(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) * independent[b.members[j]];
    scores[b.members[i]] = z;
  }
}

// Given a measured value y that has the density f among people like this one, the mean of the own value is
// y + e^2 (log f)' and its variance e^2 (1 + e^2 (log f)''), whatever own values are distributed like: Tweedie's
// formula, B. Efron, J Am Stat Assoc 106:1602 (2011). Here log f = -z P z / 2 - log s, where s is the slope of value
// over score, so (log f)' = -((P z)_i + s'/s) / s; of the second derivative P / s^2 is taken.
double Population::own_score(std::size_t quantity, bool male, double age_y, const std::vector<double>& scores,
                             double error, double chance) const {
  const auto place =
      static_cast<std::size_t>(std::find(sampled_.begin(), sampled_.end(), quantity) - sampled_.begin());
  const Band& b = band(male, age_y);
  double pulled = scores[place], sharpness = 1.0;
  for (std::size_t i = 0; i < b.members.size(); ++i) {
    if (b.members[i] != place) continue;
    pulled = 0;
    for (std::size_t j = 0; j < b.members.size(); ++j)
      pulled += b.inverse(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) * scores[b.members[j]];
    sharpness = b.inverse(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i));
  }
  constexpr double near = 0.4;  // of a score: rounds the corners of the tables, which are about 0.6 apart
  const auto at = [&](double z) { return value(quantity, male, age_y, z); };
  const double z = scores[place], here = at(z), above = at(z + near), below = at(z - near);
  const double slope = (above - below) / (2.0 * near), bend = (above - 2.0 * here + below) / (near * near);
  if (!(slope > 0)) return z;  // held back by the bounds
  // An error beyond what people differ by leaves what the rest lets expect.
  const double e = std::min(error, slope / sqrt(sharpness));
  const double own = here - e * e / slope * (pulled + bend / slope) +
                     e * sqrt(max(0.0, 1.0 - e * e * sharpness / (slope * slope))) * chance;
  double low = -8.0, high = 8.0;
  for (int halving = 0; halving < 50; ++halving) {
    const double middle = 0.5 * (low + high);
    (at(middle) < own ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double Population::value(std::size_t quantity, bool male, double age_y, double z) const {
  const auto at = std::find(sampled_.begin(), sampled_.end(), quantity);
  if (at == sampled_.end()) return nan;
  const Marginal& m = marginals_[static_cast<std::size_t>(at - sampled_.begin())][male];
  double x = nan;
  if (m.curve) {
    const Curve& c = *m.curve;
    const double years = age_y - c.age;
    if (c.gamma) {
      // The quantile of a gamma variate with this mean and coefficient of variation, by its cube root: E. B. Wilson &
      // M. M. Hilferty, Proc Natl Acad Sci 17:684 (1931).
      const double ninth = c.spread * c.spread / 9.0, root = max(0.0, 1.0 - ninth + sqrt(ninth) * z);
      x = c.centre * exp(c.per_year * years) * root * root * root;
    } else {
      x = c.centre + c.per_year * years + c.spread * z;
    }
  } else if (!m.shares.empty()) {
    for (const Share& s : m.shares)
      if (age_y >= s.from && age_y < s.to) x = z > -normal_quantile(s.share) ? s.value : 0.0;
  } else {
    if (m.bands.empty() || age_y < m.bands.front().from || age_y >= m.bands.back().to) return nan;
    const auto in_band = [&](const Quantiles& band) {
      const double t = interpolated(band.at, z);
      if (m.scale == Scale::log) return exp(t);
      return m.scale == Scale::sqrt ? max(0.0, t) * max(0.0, t) : t;
    };
    const auto centre = [](const Quantiles& band) { return 0.5 * (band.from + band.to); };
    std::size_t k = 0;
    while (k < m.bands.size() && age_y >= centre(m.bands[k])) ++k;
    if (k == 0 || k == m.bands.size()) {
      x = in_band(m.bands[k == 0 ? 0 : k - 1]);
    } else {
      const double from = centre(m.bands[k - 1]), share = (age_y - from) / (centre(m.bands[k]) - from);
      x = (1.0 - share) * in_band(m.bands[k - 1]) + share * in_band(m.bands[k]);
    }
  }
  return std::clamp(x, bounds_[quantity].first, bounds_[quantity].second);
}

AgeStructure::AgeStructure(Country country, AgeRange ages, std::optional<Sex> sex) : ages_(ages) {
  const models::LifeTable& table = country == Country::japan ? models::life_table_japan : models::life_table_usa;
  constexpr double step = 1.0 / per_year;
  for (const bool male : {false, true}) {
    const auto& rates = male ? table.men : table.women;
    double living = 1.0, sum = 0.0;
    std::vector<double>& cumulated = cumulated_[male];
    const auto pass = [&](double at) {  // the living get older by a step
      const double group = (at - 50.0) / models::LifeTable::group_width;
      if (group >= 0)
        living *= exp(-step * rates[std::min(static_cast<std::size_t>(group), models::life_table_groups - 1)]);
    };
    double at = 50.0;
    for (; at + step <= ages.from_y; at += step) pass(at);
    cumulated.push_back(0.0);
    for (at = ages.from_y; at < ages.to_y; at += step) {
      const double width = std::min(step, ages.to_y - at);
      sum += living * width;
      cumulated.push_back(sum);
      pass(at);
    }
  }
  const double women = cumulated_[0].back(), men = cumulated_[1].back();
  women_ = sex ? (*sex == Sex::female ? 1.0 : 0.0) : women + men > 0 ? women / (women + men) : 0.5;
}

double AgeStructure::age_y(bool male, double u) const {
  const std::vector<double>& cumulated = cumulated_[male];
  if (cumulated.size() < 2) return ages_.from_y;
  const double wanted = u * cumulated.back();
  const auto above = std::upper_bound(cumulated.begin() + 1, cumulated.end() - 1, wanted);
  const auto k = static_cast<std::size_t>(above - cumulated.begin());
  const double share = (wanted - cumulated[k - 1]) / (cumulated[k] - cumulated[k - 1]);
  const double begin = ages_.from_y + static_cast<double>(k - 1) / per_year;
  return std::min(begin + share / per_year, ages_.to_y);
}

}  // namespace healthspan::scenarios
