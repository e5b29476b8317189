// A hospital stay, as what acts on the patient: bed rest, an acute illness, and two weeks of convalescence.
#pragma once

#include <healthspan/core/schedule.hpp>

#include <vector>

namespace healthspan::models {

struct HospitalStay {
  double begin_d;
  double length_d;
  double illness = 6.0;               // inflammation in hospital [assumed: acute infection]
  double convalescent_illness = 2.4;  // inflammation for the time after it [assumed]
  double convalescence_d = 14.0;
  bool mobilised = false;  // got up and trained in hospital, after Martinez-Velilla et al. (2019)

  std::vector<Modifier> modifiers() const {
    using enum Modifier::Operation;
    const double discharge = begin_d + length_d;
    std::vector<Modifier> list{
        {"activity_imposed", replace, 1.0, begin_d, discharge},
        {"acute_illness", add, illness, begin_d, discharge},
        {"acute_illness", add, convalescent_illness, discharge, discharge + convalescence_d},
        // A programme at home stops while in hospital.
        {"resistance_dose", multiply, 0.0, begin_d, discharge},
        {"aerobic_dose", multiply, 0.0, begin_d, discharge},
    };
    if (mobilised) {
      list.push_back({"imposed_activity", replace, 0.12, begin_d, discharge});
      list.push_back({"resistance_dose", add, 0.35, begin_d, discharge});
    }
    return list;
  }
};

}  // namespace healthspan::models
