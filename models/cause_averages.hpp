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
inline constexpr CauseAverages cause_averages_japan{
    {0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2},
    {0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2},
    {-1.0273, -0.9891, -0.9248, -0.8759, -0.8105, -0.7084, -0.5475, -0.3444, -0.1519, -0.0140, 0.0625},
    {-1.0368, -0.9911, -0.9008, -0.8516, -0.7859, -0.6875, -0.5453, -0.3738, -0.2120, -0.0980, -0.0606}};
inline constexpr CauseAverages cause_averages_usa{
    {0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2},
    {0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2},
    {-0.7340, -0.6958, -0.6314, -0.5916, -0.5420, -0.4762, -0.3828, -0.2596, -0.1276, -0.0118, 0.0587},
    {-0.7253, -0.6796, -0.5893, -0.5484, -0.4980, -0.4332, -0.3455, -0.2368, -0.1300, -0.0525, -0.0219}};
// clang-format on

}  // namespace healthspan::models
