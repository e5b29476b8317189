// For whom each published score was made. Beyond that a score is an extrapolation, and has to be told as one.
#pragma once

#include <array>
#include <string_view>

namespace healthspan::models {

// From `from` to `to`, the latter included or not: "30 to 79 years" is a person who has not yet turned 80. Units are
// those of scenarios/populations/quantities.csv.
struct ScoreRange {
  enum class End { included, excluded };
  std::string_view score, quantity;
  double from, to;
  End end;

  constexpr bool contains(double value) const {
    return value >= from && (end == End::included ? value <= to : value < to);
  }
};

// clang-format off
inline constexpr std::array score_ranges{
    // Khan et al., Circulation 149:430 (2024): who was left out of the derivation, and what its calculator takes.
    ScoreRange{"prevent",         "age",                   30.0,  80.0, ScoreRange::End::excluded},
    ScoreRange{"prevent",         "systolic_pressure",     90.0, 200.0, ScoreRange::End::included},
    ScoreRange{"prevent",         "total_cholesterol",    130.0, 320.0, ScoreRange::End::included},
    ScoreRange{"prevent",         "hdl_cholesterol",       20.0, 100.0, ScoreRange::End::included},
    ScoreRange{"prevent",         "bmi",                   18.5,  40.0, ScoreRange::End::excluded},
    ScoreRange{"prevent",         "egfr",                  15.0, 140.0, ScoreRange::End::included},
    ScoreRange{"prevent",         "hba1c",                  3.0,  15.0, ScoreRange::End::included},
    ScoreRange{"prevent",         "mi_history",             0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"prevent",         "stroke_history",         0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"prevent",         "heart_failure_history",  0.0,   0.0, ScoreRange::End::included},
    // Eur Heart J 42:2439 (2021): 40 to 69 years, without diabetes or cardiovascular disease.
    ScoreRange{"score2",          "age",                   40.0,  70.0, ScoreRange::End::excluded},
    ScoreRange{"score2",          "diabetes",               0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"score2",          "mi_history",             0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"score2",          "stroke_history",         0.0,   0.0, ScoreRange::End::included},
    // Eur Heart J 42:2455 (2021): 70 to 89 years, as charted.
    ScoreRange{"score2-op",       "age",                   70.0,  90.0, ScoreRange::End::excluded},
    ScoreRange{"score2-op",       "mi_history",             0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"score2-op",       "stroke_history",         0.0,   0.0, ScoreRange::End::included},
    // Eur Heart J 44:2544 (2023): 40 to 69 years, with type 2 diabetes, without cardiovascular disease.
    ScoreRange{"score2-diabetes", "age",                   40.0,  70.0, ScoreRange::End::excluded},
    ScoreRange{"score2-diabetes", "diabetes",               1.0,   1.0, ScoreRange::End::included},
    ScoreRange{"score2-diabetes", "mi_history",             0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"score2-diabetes", "stroke_history",         0.0,   0.0, ScoreRange::End::included},
    // D'Agostino et al., Circulation 117:743 (2008): 30 to 74 years, without cardiovascular disease.
    ScoreRange{"framingham",      "age",                   30.0,  75.0, ScoreRange::End::excluded},
    ScoreRange{"framingham",      "mi_history",             0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"framingham",      "stroke_history",         0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"framingham",      "heart_failure_history",  0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"framingham-office","age",                   30.0,  75.0, ScoreRange::End::excluded},
    ScoreRange{"framingham-office","mi_history",             0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"framingham-office","stroke_history",         0.0,   0.0, ScoreRange::End::included},
    ScoreRange{"framingham-office","heart_failure_history",  0.0,   0.0, ScoreRange::End::included},
    // UKPDS Group, Lancet 352:837 (1998): diabetes was found between 25 and 65 years of age.
    ScoreRange{"ukpds-om2",       "age_at_diagnosis",      25.0,  66.0, ScoreRange::End::excluded},
    ScoreRange{"ukpds-om2",       "diabetes",               1.0,   1.0, ScoreRange::End::included},
};
// clang-format on

}  // namespace healthspan::models
