// The protocols of the trials that the disuse and training parameters rest on, as functions of one volunteer.
// Tests compare what they return with the published figures; tests/calibration refits the parameters with them.
#pragma once

#include <healthspan/models/patient.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace healthspan::tests {

struct Person {
  bool male;
  double age_y, height_m, weight_kg, physical_activity_level, deficit_burden;
};

// A healthy older adult of average Japanese size: 163 cm, 62 kg and 150 cm, 51 kg, which is the body mass index of
// 23.4 and 22.7 kg/m2 that Seino et al. (2015) found at 73 years. A deficit burden of 0.10 at 67, growing by 0.006
// a year, is that of the fitter half of a community cohort (assumed: volunteers of trials have no disease that
// matters). The activity level of 1.6 is that of free-living older adults who walk 6,500 steps a day (assumed).
Person average_person(bool male, double age_y);

// The same, of the size of the volunteers in mostly Western training trials: 175 cm, 80 kg and 162 cm, 68 kg
// (assumed, from the usual table 1 of such trials).
Person trial_sized_person(bool male, double age_y);

using Settings = std::vector<std::pair<std::string, double>>;

// A frame with parameters at the medians of the person's sex, then `settings`, then settled on the active branch.
std::vector<double> settled_life(const Composition& composition, const Person& person, const Settings& settings = {});

// Member i of a population for tests: every spread of the tables, both sexes, ages between `youngest` and `oldest`,
// burdens from 0.05 to `most_deficits`, the bodies of Japanese from thin to obese, evenly.
std::vector<double> sampled_life(const Composition& composition, std::uint64_t member, double youngest = 60,
                                 double oldest = 100, double most_deficits = 0.5);

// The frailty patient; what the tests of one patient run on.
const Composition& frailty_patient();

// The same with its intake prescribed: `appetite` is given from outside.
const Composition& patient_on_prescribed_food();

// Hazard thresholds that nobody reaches, for lives that are watched and not sampled.
inline std::vector<double> never(const Composition& composition) {
  return std::vector<double>(composition.hazards().size(), std::numeric_limits<double>::infinity());
}

// What a trial measured, as change from its beginning.
struct Change {
  double strength_pct;
  double aerobic_capacity_pct;  // per kg of body weight
  double aerobic_litres_pct;    // in litres per minute
  double muscle_pct;            // muscle cells, the model's leg lean mass
  double appendicular_lean_kg;
  double lean_kg;  // weight less fat: total lean mass as DXA sees it, up to bone
  double fat_kg;
};

// What changes by day `at_d` under `modifiers`, on the reference path.
Change change_under(const Composition& composition, const Person& person, const Settings& settings,
                    const std::vector<Modifier>& modifiers, double at_d);

// Kortebein et al., J Gerontol A 63:1076 (2008): bed rest without illness, mean age 67.
Change ten_days_of_bed_rest(const Composition&, bool male, const Settings& = {});
// Breen et al., J Clin Endocrinol Metab 98:2604 (2013): 14 days at 24 % of the own steps, mean age 72.
Change two_weeks_of_few_steps(const Composition&, bool male, const Settings& = {});
// Peterson et al., Ageing Res Rev 9:226 (2010): 12 weeks of the full resistance programme at 70.
Change resistance_training(const Composition&, const Person&, const Settings& = {}, double weeks = 12);
// The same volunteer 12 weeks after the end of those 12 weeks.
Change after_resistance_training(const Composition&, const Person&, const Settings& = {});
// Huang et al., Prev Cardiol 8:217 (2005): 16 weeks of the full aerobic programme after 60, here at 67.
Change aerobic_training(const Composition&, bool male, const Settings& = {});

}  // namespace healthspan::tests
