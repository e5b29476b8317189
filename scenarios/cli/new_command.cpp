#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/source.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace healthspan::scenarios {

namespace {

constexpr const char* starter = R"({
  "title": "My first scenario",
  "question": "A woman of 78 trains from the start, or only after a hospital stay. What is the difference?",
  "patient": {
    "age": 78,
    "sex": "female",
    "country": "japan",
    "height_cm": 150,
    "weight_kg": 50,
    "deficit_burden": 0.15
  },
  "parameters": {
    "relative_strength": {"value": 1.0, "log_sd": 0.05}
  },
  "horizon": "5 years",
  "members": 1000,
  "seed": 1,
  "all_arms": [
    {"type": "hospital_stay", "start": "12 months", "duration": "10 days"}
  ],
  "arms": [
    {"name": "nothing"},
    {
      "name": "prevention",
      "interventions": [
        {"type": "resistance_exercise", "start": 0, "dose": 0.5, "adherence": 0.7}
      ]
    },
    {
      "name": "treatment",
      "interventions": [
        {"type": "resistance_exercise", "start": "discharge", "duration": "24 weeks", "adherence": 0.7}
      ]
    }
  ]
}
)";

// JSON has no comments, so what there is to say about the lines stands beside the file.
constexpr const char* explanation = R"(title, question  head the report; the program does not read them
patient          one person at the start; age and sex decide on the life table of the country
deficit_burden   share of health deficits present (frailty index): 0.1 is fit, 0.25 frail
parameters       constants set apart from their tables ("healthspan describe" lists them); log_sd lets members differ
horizon          how long everybody is followed; times are "12 months", "5 years", or a number of days
members, seed    how many lives in each arm; the same seed is the same luck
all_arms         what happens in every arm
arms             the plans that are compared; the first is the reference
start            a time, "discharge" (end of the stay), or {"on": EVENT}
dose, adherence  1 is the full programme of the trials; adherence is the share that is taken
)";

}  // namespace

void start_scenario(const std::string& file) {
  if (file.empty()) {
    fmt::print("{}", starter);
    fmt::print(stderr, "{}", explanation);
    return;
  }
  if (std::filesystem::exists(file))
    throw Error(ErrorCode::cannot_write, file + ": exists already; it is not replaced");
  check_writable(file);
  write_whole(file, starter);
  fmt::print(stderr, "{}\nNext: healthspan check {}\n      healthspan run {}\n", explanation, file, file);
  fmt::print("{}\n", file);
}

}  // namespace healthspan::scenarios
