// Published risk scores of a table of people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace healthspan::scenarios {

// prevent, score2, score2-op, score2-diabetes, framingham, ukpds-om2.
std::vector<std::string> score_names();

struct ScoreTable {
  std::vector<std::string> outcomes;       // with their horizon: cvd_10y
  std::vector<std::string> ids;            // of the people, as in their table
  std::vector<std::vector<double>> risks;  // by person and outcome, 0 to 1
  // By person: what lies outside of the ranges that the score was made for, "" where nothing does.
  std::vector<std::string> outside;
};

// `people` as read_people() takes it; what the score needs, and what it may know, is in docs/reference/scores.md.
// `region` is low, moderate, high or very-high for the scores of the SCORE2 family, and empty for the others; `name`
// stands for the table in messages. Throws Error(unknown_name | usage) for the score and the region, and what
// read_people() throws.
ScoreTable score_people(const std::string& score, const std::string& region, std::string_view people,
                        const std::string& name);

// The same as a table (CSV).
std::string write_scores(const ScoreTable& table);

}  // namespace healthspan::scenarios
