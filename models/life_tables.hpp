// National life tables: central death rates per year by five-year age group, 2015-2020.
// United Nations, World Population Prospects 2024 (CC BY 3.0 IGO). Groups 50-54, 55-59, ..., 95-99, 100+.
#pragma once

#include <array>
#include <string_view>

namespace healthspan::models {

inline constexpr std::size_t life_table_groups = 11;

struct LifeTable {
  std::string_view country;
  std::array<double, life_table_groups> men;
  std::array<double, life_table_groups> women;

  // Age at the middle of each group. The open group is placed at 102.5: life expectancy at 65 does not feel it
  // (less than 0.01 y between 102 and 103).
  static constexpr double group_width = 5.0;
  static constexpr double age_of(std::size_t group) { return 52.5 + group_width * static_cast<double>(group); }
};

// clang-format off
inline constexpr LifeTable life_table_japan{
    "Japan",
    {0.00310174, 0.00496479, 0.00805824, 0.01308583, 0.02080913, 0.03385827, 0.06086691, 0.11260849, 0.19582448, 0.31638875, 0.47652276},
    {0.00172274, 0.00242391, 0.00348336, 0.0053768, 0.00865362, 0.01540159, 0.03080544, 0.06387969, 0.1289683, 0.23839409, 0.41105978}};
inline constexpr LifeTable life_table_usa{
    "USA",
    {0.00607851, 0.00933101, 0.0135644, 0.01870267, 0.02737971, 0.0429261, 0.07006439, 0.12164012, 0.20955024, 0.33349429, 0.4941382},
    {0.0037538, 0.00564501, 0.00809895, 0.01164066, 0.01848047, 0.03025497, 0.0519958, 0.09561976, 0.17078513, 0.28335855, 0.44220892}};
// clang-format on

}  // namespace healthspan::models
