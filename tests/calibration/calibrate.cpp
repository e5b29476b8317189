// healthspan_calibrate: where the disuse and training parameters of muscle and fitness come from.
//
// Minimises  sum ((model - target) / uncertainty)^2 + sum (log(parameter / table value) / 0.2)^2  over the logarithms
// of the parameters by Gauss-Newton. The second sum is a weak prior: the trials are fewer than the parameters, and
// what they do not decide stays at the table's value, which is round and was found by hand.
//
// Prints both sets and every target, and exits with 1 when a table value is further from the refit than `tolerance`.
#include "csv.hpp"
#include "protocols.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

using namespace healthspan;
using namespace healthspan::tests;

namespace {

constexpr double prior_log_sd = 0.20;
// Half the prior's width: a value that the trials pull further than this is no longer supported by them.
constexpr double tolerance = 0.10;

const std::vector<std::string> parameters{"muscle_turnover",       "synthesis_at_rest", "synthesis_half_activity",
                                          "training_synthesis",    "quality_at_rest",   "quality_half_activity",
                                          "skill_strength",        "skill_time",        "fitness_at_rest",
                                          "fitness_half_activity", "aerobic_response"};

struct Target {
  std::string name, protocol, quantity, source;
  bool male, fitted;
  double value, uncertainty;
};

std::vector<Target> read_targets() {
  std::vector<Target> targets;
  for (const auto& row : read_csv("targets.csv"))
    targets.push_back({row.at("target"), row.at("protocol"), row.at("quantity"), row.at("source"),
                       row.at("sex") == "men", row.at("use") == "fit", std::stod(row.at("value")),
                       std::stod(row.at("uncertainty"))});
  return targets;
}

double read(const Change& c, const std::string& quantity) {
  if (quantity == "strength_pct") return c.strength_pct;
  if (quantity == "aerobic_capacity_pct") return c.aerobic_capacity_pct;
  if (quantity == "muscle_pct") return c.muscle_pct;
  if (quantity == "appendicular_lean_kg") return c.appendicular_lean_kg;
  if (quantity == "lean_kg") return c.lean_kg;
  throw std::runtime_error("unknown quantity " + quantity);
}

// Runs each protocol once per sex, whatever is read off it.
class Trials {
 public:
  explicit Trials(const Settings& settings) : settings_(settings) {}

  double outcome(const Target& target) {
    if (target.quantity == "left_pct")
      return 100 * run("detraining", target.male).strength_pct / run("resistance", target.male).strength_pct;
    return read(run(target.protocol, target.male), target.quantity);
  }

 private:
  const Change& run(const std::string& protocol, bool male) {
    const auto [at, fresh] = done_.try_emplace({protocol, male});
    if (fresh) at->second = made(protocol, male);
    return at->second;
  }
  Change made(const std::string& protocol, bool male) const {
    const Composition& patient = frailty_patient();
    if (protocol == "bed_rest") return ten_days_of_bed_rest(patient, male, settings_);
    if (protocol == "few_steps") return two_weeks_of_few_steps(patient, male, settings_);
    if (protocol == "resistance") return resistance_training(patient, average_person(male, 70), settings_);
    if (protocol == "resistance_trial_size")
      return resistance_training(patient, trial_sized_person(male, 70), settings_);
    if (protocol == "detraining") return after_resistance_training(patient, average_person(male, 70), settings_);
    if (protocol == "aerobic") return aerobic_training(patient, male, settings_);
    throw std::runtime_error("unknown protocol " + protocol);
  }

  Settings settings_;
  std::map<std::pair<std::string, bool>, Change> done_;
};

// The parameters at table value times exp(logs).
Settings settings_at(const std::vector<double>& table, const Eigen::VectorXd& logs) {
  Settings settings;
  for (std::size_t k = 0; k < parameters.size(); ++k)
    settings.push_back({parameters[k], table[k] * std::exp(logs[static_cast<Eigen::Index>(k)])});
  return settings;
}

// Standardised residuals of the fitted targets, then of the prior.
Eigen::VectorXd residuals(const std::vector<Target>& targets, const std::vector<double>& table,
                          const Eigen::VectorXd& logs) {
  Trials trials(settings_at(table, logs));
  std::vector<double> list;
  for (const Target& t : targets)
    if (t.fitted) list.push_back((trials.outcome(t) - t.value) / t.uncertainty);
  for (const double x : logs) list.push_back(x / prior_log_sd);
  return Eigen::Map<Eigen::VectorXd>(list.data(), static_cast<Eigen::Index>(list.size()));
}

}  // namespace

int main() {
  const std::vector<Target> targets = read_targets();
  const std::vector<double> medians = frailty_patient().medians(true);
  std::vector<double> table;
  for (const std::string& name : parameters) table.push_back(medians[frailty_patient().slot(name)]);

  const auto n = static_cast<Eigen::Index>(parameters.size());
  Eigen::VectorXd logs = Eigen::VectorXd::Zero(n), now = residuals(targets, table, logs);
  const double cost_of_table = now.squaredNorm();
  Eigen::MatrixXd jacobian(now.size(), n);
  for (int iteration = 0; iteration < 12; ++iteration) {
    constexpr double h = 1e-4;
    for (Eigen::Index k = 0; k < n; ++k) {
      Eigen::VectorXd up = logs, down = logs;
      up[k] += h;
      down[k] -= h;
      jacobian.col(k) = (residuals(targets, table, up) - residuals(targets, table, down)) / (2 * h);
    }
    Eigen::VectorXd step = -jacobian.colPivHouseholderQr().solve(now);
    Eigen::VectorXd next = residuals(targets, table, logs + step);
    while (next.squaredNorm() > now.squaredNorm() && step.norm() > 1e-9) {
      step *= 0.5;
      next = residuals(targets, table, logs + step);
    }
    logs += step;
    now = next;
    if (step.norm() < 1e-6) break;
  }
  // Posterior standard deviations of the logarithms, by the curvature at the optimum.
  const Eigen::MatrixXd covariance = (jacobian.transpose() * jacobian).inverse();

  bool drifted = false;
  std::printf("%-26s %10s %10s %9s %9s\n", "parameter", "table", "refit", "distance", "post. sd");
  for (Eigen::Index k = 0; k < n; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const bool far = std::fabs(logs[k]) > tolerance;
    drifted = drifted || far;
    std::printf("%-26s %10.5g %10.5g %+8.1f%% %8.1f%%%s\n", parameters[i].c_str(), table[i],
                table[i] * std::exp(logs[k]), -100 * logs[k], 100 * std::sqrt(covariance(k, k)),
                far ? "  too far" : "");
  }
  std::printf("cost %.4f at the table, %.4f at the refit\n\n", cost_of_table, now.squaredNorm());

  Trials at_table({}), at_refit(settings_at(table, logs));
  std::printf("%-34s %-6s %8s %7s %8s %8s %9s  %-13s %s\n", "target", "sex", "value", "+-", "table", "refit",
              "residual", "source", "use");
  for (const Target& t : targets) {
    const double of_table = at_table.outcome(t);
    std::printf("%-34s %-6s %8.2f %7.2f %8.2f %8.2f %+9.2f  %-13s %s\n", t.name.c_str(), t.male ? "men" : "women",
                t.value, t.uncertainty, of_table, at_refit.outcome(t), (of_table - t.value) / t.uncertainty,
                t.source.c_str(), t.fitted ? "fit" : "independent");
  }
  if (drifted) std::printf("\na table value is more than %.0f %% from the refit\n", 100 * tolerance);
  return drifted ? EXIT_FAILURE : EXIT_SUCCESS;
}
