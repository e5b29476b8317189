// Written by tests/calibration/mortality --write. Where the module cardiovascular_events tells its deaths: the share
// of the life table's deaths that they are, and the logarithm of the average of exp(b_D D - b_G gait) times the
// mortality that events leave behind, among the living of each country, age and sex: 52.5, 57.5, …, 102.5 years.
#pragma once

#include <healthspan/models/life_tables.hpp>

namespace healthspan::models {

struct CauseAverages {
  std::array<double, life_table_groups> share_men, share_women, average_men, average_women;
};

// clang-format off
inline constexpr CauseAverages cause_averages_japan{};  // not known, and not used: see docs/decisions/0015
inline constexpr CauseAverages cause_averages_usa{
    {0.0988, 0.1252, 0.1466, 0.1976, 0.2205, 0.2017, 0.1647, 0.1278, 0.0994, 0.0818, 0.0728},
    {0.0629, 0.0820, 0.1007, 0.1473, 0.1910, 0.1984, 0.1689, 0.1300, 0.1019, 0.0843, 0.0731},
    {-0.7277, -0.6589, -0.5558, -0.4352, -0.3146, -0.1854, -0.0380, 0.1238, 0.2538, 0.3238, 0.3483},
    {-0.7203, -0.6602, -0.5500, -0.4216, -0.3052, -0.1753, -0.0262, 0.1275, 0.2452, 0.2917, 0.2958}};
// clang-format on

}  // namespace healthspan::models
