// Written by tests/calibration/mortality --write. Where the module cardiovascular_events tells its deaths: the share
// of the life table's deaths that they are, and the logarithm of the average of exp(b_D D - b_G gait) times the
// mortality that events leave behind, among the living of each country, age and sex: 52.5, 57.5, …, 102.5 years. They
// differ where glucose is followed and people get diabetes, as deaths are then told by another equation.
#pragma once

#include <healthspan/models/life_tables.hpp>

namespace healthspan::models {

struct CauseAverages {
  std::array<double, life_table_groups> share_men, share_women, average_men, average_women;
};

// clang-format off
inline constexpr CauseAverages cause_averages_japan{};  // not known, and not used: see docs/decisions/0015
inline constexpr CauseAverages cause_averages_usa{
    {0.0988, 0.1252, 0.1465, 0.1974, 0.2188, 0.1995, 0.1633, 0.1269, 0.0987, 0.0816, 0.0726},
    {0.0628, 0.0819, 0.1006, 0.1469, 0.1881, 0.1936, 0.1663, 0.1287, 0.1012, 0.0838, 0.0730},
    {-0.7277, -0.6589, -0.5558, -0.4352, -0.3154, -0.1873, -0.0403, 0.1210, 0.2547, 0.3233, 0.3486},
    {-0.7203, -0.6602, -0.5500, -0.4216, -0.3056, -0.1775, -0.0307, 0.1246, 0.2435, 0.2922, 0.2919}};
inline constexpr CauseAverages cause_averages_usa_with_glucose{
    {0.1043, 0.1358, 0.1590, 0.2702, 0.4496, 0.4733, 0.4049, 0.2930, 0.2005, 0.1431, 0.1096},
    {0.0627, 0.0818, 0.1038, 0.1796, 0.3634, 0.4639, 0.4340, 0.3300, 0.2308, 0.1707, 0.1339},
    {-0.7258, -0.6624, -0.5548, -0.4364, -0.3158, -0.1781, -0.0151, 0.1548, 0.2879, 0.3325, 0.3317},
    {-0.7179, -0.6600, -0.5513, -0.4200, -0.3027, -0.1656, 0.0146, 0.1985, 0.3225, 0.3556, 0.3562}};
// clang-format on

}  // namespace healthspan::models
