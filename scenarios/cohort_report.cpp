#include <healthspan/scenarios/cohort_report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

// The value below which a share p of the sorted values lies, linear between them.
double quantile(const std::vector<double>& sorted, double p) {
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto k = static_cast<std::size_t>(at);
  const double share = at - static_cast<double>(k);
  return share == 0.0 ? sorted[k] : sorted[k] + share * (sorted[k + 1] - sorted[k]);
}

}  // namespace

CohortReport report_on_cohort(const System& system, std::uint64_t members) {
  const CohortPeople& people = *system.people();
  CohortReport report;
  report.members = std::min(members, most_described);
  report.ages = people.ages();
  const std::vector<PlacedMember> placed = system.placed(0, report.members);
  const std::size_t male = place_of_quantity("male");
  for (const PlacedMember& m : placed) {
    report.women += m.person[male] < 0.5;
    report.candidates += m.tested;
    report.eligible += m.eligible;
    report.redrawn += m.eligible - m.placed;
    report.other_branch += m.other_branch;
    report.not_placed += !m.placed;
  }
  if (people.rows() > 0) {
    report.candidates = people.rows();
    report.eligible = report.rows = people.eligible_rows();
  }
  for (const std::size_t q : people.quantities()) {
    if (q == male) continue;
    std::vector<double> values;
    for (const PlacedMember& m : placed)
      if (!std::isnan(m.person[q])) values.push_back(m.person[q]);
    if (values.empty()) continue;
    std::sort(values.begin(), values.end());
    const PersonQuantity& quantity = person_quantities()[q];
    CohortRow row{quantity.name, quantity.unit, quantity.meaning, values.size(), 0, 0, 0, 0, 0};
    const auto n = static_cast<double>(values.size());
    for (const double x : values) row.mean += x / n;
    for (const double x : values) row.deviation += (x - row.mean) * (x - row.mean) / std::max(1.0, n - 1);
    row.deviation = std::sqrt(row.deviation);
    row.q05 = quantile(values, 0.05);
    row.median = quantile(values, 0.5);
    row.q95 = quantile(values, 0.95);
    report.table.push_back(row);
  }
  return report;
}

std::vector<std::string> warnings_of(const CohortReport& report, std::uint64_t members) {
  std::vector<std::string> warnings;
  if (report.rows > 0 && members > report.rows)
    warnings.push_back(
        fmt::format("{} members come from {} eligible people: rows are used again, with other chance and "
                    "other hidden parameters. Their errors do not tell how few people there are.",
                    members, report.rows));
  const double n = static_cast<double>(report.members);
  if (static_cast<double>(report.redrawn) > 0.01 * n)
    warnings.push_back(
        fmt::format("For {} of {} eligible people no start shows what was measured of them; they were "
                    "drawn again, so the cohort is a little healthier than asked for.",
                    report.redrawn, report.eligible));
  if (static_cast<double>(report.other_branch) > 0.01 * n)
    warnings.push_back(
        fmt::format("{:.0f} % of the members start on the other way of life than the one asked for, on "
                    "which alone the model shows what was measured.",
                    100.0 * static_cast<double>(report.other_branch) / n));
  return warnings;
}

}  // namespace healthspan::scenarios
