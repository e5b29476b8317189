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
    {0.0998, 0.1256, 0.1466, 0.1974, 0.2210, 0.2029, 0.1652, 0.1288, 0.1012, 0.0834, 0.0735},
    {0.0633, 0.0816, 0.1000, 0.1475, 0.1927, 0.2002, 0.1705, 0.1319, 0.1040, 0.0864, 0.0742},
    {-0.7290, -0.6607, -0.5577, -0.4376, -0.3269, -0.2056, -0.0656, 0.0915, 0.2287, 0.3198, 0.3630},
    {-0.7211, -0.6611, -0.5512, -0.4228, -0.3149, -0.1932, -0.0509, 0.0993, 0.2227, 0.2796, 0.2917}};
// clang-format on

}  // namespace healthspan::models
