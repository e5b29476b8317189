// Units that people write, and what they are in the canonical unit of each kind of quantity.
#pragma once

#include <string_view>
#include <vector>

namespace healthspan::scenarios {

struct UnitName {
  std::string_view name;
  double in_canonical;  // canonical units per unit
};

// The first unit is the canonical one.
struct Dimension {
  std::string_view kind;
  std::vector<UnitName> units;

  const UnitName* find(std::string_view name) const {
    for (const UnitName& unit : units)
      if (unit.name == name) return &unit;
    return nullptr;
  }
};

inline const Dimension dimension_time{"time",
                                      {{"d", 1.0},
                                       {"day", 1.0},
                                       {"days", 1.0},
                                       {"week", 7.0},
                                       {"weeks", 7.0},
                                       {"month", 30.4375},
                                       {"months", 30.4375},
                                       {"y", 365.25},
                                       {"year", 365.25},
                                       {"years", 365.25}}};
inline const Dimension dimension_duration{"time", {{"s", 1.0}, {"min", 60.0}, {"h", 3600.0}}};
inline const Dimension dimension_age{"age", {{"y", 1.0}, {"years", 1.0}}};
inline const Dimension dimension_length{"length", {{"m", 1.0}, {"cm", 0.01}}};
inline const Dimension dimension_mass{"mass", {{"kg", 1.0}, {"g", 0.001}, {"lb", 0.45359237}}};
inline const Dimension dimension_speed{"speed", {{"m/s", 1.0}, {"km/h", 1.0 / 3.6}}};
// 1 kcal = 4.184 kJ by definition of the thermochemical calorie.
inline const Dimension dimension_energy_rate{"energy per day",
                                             {{"kcal/d", 1.0}, {"kJ/d", 1.0 / 4.184}, {"MJ/d", 1000.0 / 4.184}}};
inline const Dimension dimension_protein_rate{"protein per day", {{"g/d", 1.0}}};
// Glucose: 180.16 g/mol. Insulin: 6.0 pmol/L per uU/mL, Volund, Diabetologia 36:1104 (1993).
inline const Dimension dimension_glucose{"glucose", {{"mg/dL", 1.0}, {"mmol/L", 18.016}}};
inline const Dimension dimension_insulin{"insulin", {{"uU/mL", 1.0}, {"mU/L", 1.0}, {"pmol/L", 1.0 / 6.0}}};
inline const Dimension dimension_pressure{"pressure", {{"mmHg", 1.0}}};
// Per mmol/L: 38.67 mg/dL of cholesterol, 88.57 of triglycerides, 11.312 of creatinine, as in conditions; 8.84 mg/g
// of albumin per mg/mmol of creatinine.
inline const Dimension dimension_cholesterol{"cholesterol", {{"mg/dL", 1.0}, {"mmol/L", 38.67}}};
inline const Dimension dimension_triglycerides{"triglycerides", {{"mg/dL", 1.0}, {"mmol/L", 88.57}}};
inline const Dimension dimension_creatinine{"creatinine", {{"mg/dL", 1.0}, {"umol/L", 0.011312}}};
inline const Dimension dimension_albuminuria{"albumin in urine", {{"mg/g", 1.0}, {"mg/mmol", 8.84}}};
inline const Dimension dimension_salt_rate{"salt per day", {{"g/d", 1.0}}};
inline const Dimension dimension_percent{"share in percent", {{"%", 1.0}}};
inline const Dimension dimension_none{"number", {{"1", 1.0}}};

}  // namespace healthspan::scenarios
