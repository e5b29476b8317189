#include <healthspan/core/elementary.hpp>
#include <healthspan/core/errors.hpp>
#include <healthspan/models/hospital_stay.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/language/fields.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

namespace healthspan::scenarios {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

std::string time_in_words(double days) {
  if (days >= 2 * 365.25) return fmt::format("{:.3g} years", days / 365.25);
  if (days >= 60) return fmt::format("{:.3g} months", days / 30.4375);
  return fmt::format("{:.3g} days", days);
}

bool is_exercise(InterventionType type) {
  using enum InterventionType;
  return type == resistance_exercise || type == aerobic_exercise || type == multicomponent_exercise ||
         type == balance_exercise;
}

// In how many drugs at their standard dose they count. Half the dose of a drug has 7.1 of the 9.1 mmHg of the
// standard dose, twice the dose 10.6: Law et al., BMJ 326:1427 (2003).
double standard_drugs(double drugs, double dose) {
  constexpr double half_dose = 7.1 / 9.1, bend = (0.5 - 0.5 * half_dose) / (half_dose - 0.5);
  return drugs * dose * (1 + bend) / (dose + bend);
}

bool is_tablet_or_insulin(InterventionType type) {
  using enum InterventionType;
  return type == metformin || type == sulfonylurea || type == sglt2_inhibitor || type == insulin;
}

// In what time the dose grows: semaglutide is stepped up over 16 weeks (Wilding et al., 2021).
double ramp_of(const Intervention& i) {
  return i.ramp_d.value_or(i.type == InterventionType::glp1_agonist ? 16 * 7 : 0);
}

// A stretch of time, counted from the beginning of the intervention, in which a constant share of the dose is taken.
struct Stretch {
  double begin_d, end_d, share;
};

// The dose of each course grows as t / ramp; what is taken wanes as 2^(-t / half-life) from the first beginning on.
std::vector<Stretch> stretches_of(const Intervention& i, double horizon_d) {
  constexpr double week_d = 7, month_d = 365.25 / 12, half_lives_told = 10;
  constexpr std::size_t most = 5000;
  const double duration = i.duration_d.value_or(never), ramp = ramp_of(i);
  const auto& half_life = i.adherence.half_life_d;
  const double told = half_life ? std::min(horizon_d, half_lives_told * *half_life) : never;
  std::vector<Stretch> stretches;
  for (int course = 0; course < (i.repeat ? i.repeat->times : 1); ++course) {
    const double begin = i.repeat ? course * i.repeat->every_d : 0.0;
    if (course > 0 && begin >= std::min(told, horizon_d)) break;
    std::set<double> edges{0.0, duration};
    const auto cut = [&](double at) {
      if (at > 0 && at < duration) edges.insert(at);
    };
    for (double at = week_d; at < ramp; at += week_d) cut(at);
    cut(ramp);
    if (half_life) {
      for (int month = 0; month * month_d < told; ++month) cut(month * month_d - begin);
      cut(told - begin);
    }
    for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge) {
      const double from = *edge, to = *std::next(edge);
      double share = from < ramp ? 0.5 * (from + to) / ramp : 1.0;
      if (half_life) {
        if (begin + from >= told) break;
        const double rate = std::numbers::ln2 / *half_life;
        share *= (exp(-rate * (begin + from)) - exp(-rate * (begin + to))) / (rate * (to - from));
      }
      stretches.push_back({begin + from, begin + to, share});
      if (stretches.size() > most)
        throw Error(ErrorCode::out_of_range,
                    fmt::format("comes to more than {} changes of its dose; repeat it less often, or let it grow or "
                                "wane in less time",
                                most));
    }
  }
  return stretches;
}

}  // namespace

bool has_effect(const Intervention& i) {
  using enum InterventionType;
  switch (i.type) {
    case hospital_stay:
    case step_limit: return true;
    case diet: return i.adherence.level > 0 && (i.energy_kcal_per_d != 0 || i.protein_g_per_d != 0);
    case protein_supplement:
      return i.adherence.level > 0 && (i.protein_g_per_d > 0 || i.brought_kcal_per_d.value_or(0) > 0);
    case weight_loss_diet: return i.adherence.level > 0 && (i.deficit_kcal_per_d > 0 || i.protein_g_per_d > 0);
    case prescribed_diet:
    case smoking_cessation: return i.adherence.level > 0;
    case antihypertensive: return i.drugs * i.dose * i.adherence.level > 0;
    case salt_reduction: return i.salt_g_per_d * i.adherence.level > 0;
    default: return i.dose * i.adherence.level > 0;
  }
}

bool is_personal(const Adherence& a) { return a.drop_out > 0 || a.spread > 0; }

std::optional<double> length_of(const Intervention& i) {
  if (!i.duration_d || !i.repeat) return i.duration_d;
  return (i.repeat->times - 1) * i.repeat->every_d + *i.duration_d;
}

std::vector<Modifier> modifiers_of(const Intervention& i, double horizon_d, bool from_its_beginning) {
  if (!has_effect(i)) return {};
  using enum Modifier::Operation;
  using enum InterventionType;
  std::vector<Modifier> modifiers;
  const double origin = from_its_beginning ? 0.0 : i.start_d;
  if (i.type == hospital_stay) {
    for (int course = 0; course < (i.repeat ? i.repeat->times : 1); ++course) {
      models::HospitalStay stay{course > 0 ? origin + course * i.repeat->every_d : origin, *i.duration_d};
      stay.mobilised = i.mobilised;
      for (const Modifier& m : stay.modifiers()) modifiers.push_back(m);
    }
    return modifiers;
  }
  if (i.type == step_limit) {
    constexpr double steps_per_activity = 5000;  // activity 1; as in the module of activity
    for (const Stretch& s : stretches_of(i, horizon_d)) {
      const double begin = origin + s.begin_d, end = origin + s.end_d;
      modifiers.push_back({"activity_imposed", replace, 1.0, begin, end});
      modifiers.push_back({"imposed_activity", replace, i.steps_per_d / steps_per_activity, begin, end});
    }
    return modifiers;
  }
  constexpr double kcal_per_g_of_protein = 4;  // general factor of Atwater; as in the module of diet
  constexpr double sodium_mg_per_g_of_salt = 1000 * 22.990 / 58.443;  // from standard atomic weights
  for (const Stretch& s : stretches_of(i, horizon_d)) {
    const double begin = origin + s.begin_d,
                 end = from_its_beginning ? s.end_d : std::min(horizon_d, origin + s.end_d);
    const auto act = [&](const char* input, Modifier::Operation operation, double full) {
      modifiers.push_back({input, operation, full * i.adherence.level * s.share, begin, end});
    };
    switch (i.type) {
      case resistance_exercise: act("resistance_dose", at_least, i.dose); break;
      case aerobic_exercise: act("aerobic_dose", at_least, i.dose); break;
      case multicomponent_exercise:
        for (const char* input : {"resistance_dose", "aerobic_dose", "balance_dose"}) act(input, at_least, i.dose);
        break;
      case balance_exercise: act("balance_dose", at_least, i.dose); break;
      case protein_supplement:
        act("supplement_energy", add, i.brought_kcal_per_d.value_or(kcal_per_g_of_protein * i.protein_g_per_d));
        act("protein_supplement", add, i.protein_g_per_d);
        break;
      case weight_loss_diet:
        act("supplement_energy", add, -i.deficit_kcal_per_d);
        act("protein_supplement", add, i.protein_g_per_d);
        break;
      case prescribed_diet:
        act("prescription", replace, 1);
        act("prescribed_energy", replace, i.prescribed_kcal_per_d);
        act("prescribed_protein", replace, i.prescribed_protein_g_per_d.value_or(0));
        break;
      case glp1_agonist: act("glp1_dose", at_least, i.dose); break;
      case metformin: act("metformin_dose", at_least, i.dose); break;
      case sulfonylurea: act("sulfonylurea_dose", at_least, i.dose); break;
      case sglt2_inhibitor: act("sglt2_inhibitor_dose", at_least, i.dose); break;
      case insulin: act("insulin_treatment", at_least, i.dose); break;
      case antihypertensive: act("antihypertensive_dose", at_least, standard_drugs(i.drugs, i.dose)); break;
      case statin: act("statin_dose", at_least, i.dose); break;
      case smoking_cessation: act("smoking_cessation", at_least, 1); break;
      case salt_reduction: act("sodium_intake_change", add, -sodium_mg_per_g_of_salt * i.salt_g_per_d); break;
      default: act("supplement_energy", add, i.energy_kcal_per_d); act("protein_supplement", add, i.protein_g_per_d);
    }
  }
  return modifiers;
}

std::string_view type_in_words(InterventionType type) {
  switch (type) {
    case InterventionType::resistance_exercise: return "resistance training";
    case InterventionType::aerobic_exercise: return "aerobic training";
    case InterventionType::diet: return "diet";
    case InterventionType::hospital_stay: return "hospital stay";
    case InterventionType::multicomponent_exercise: return "multicomponent training";
    case InterventionType::balance_exercise: return "balance training";
    case InterventionType::protein_supplement: return "protein supplement";
    case InterventionType::weight_loss_diet: return "weight-loss diet";
    case InterventionType::prescribed_diet: return "prescribed diet";
    case InterventionType::glp1_agonist: return "GLP-1 receptor agonist";
    case InterventionType::metformin: return "metformin";
    case InterventionType::sulfonylurea: return "sulfonylurea";
    case InterventionType::sglt2_inhibitor: return "SGLT2 inhibitor";
    case InterventionType::insulin: return "basal insulin";
    case InterventionType::step_limit: return "step limit";
    case InterventionType::antihypertensive: return "drugs for blood pressure";
    case InterventionType::statin: return "statin";
    case InterventionType::smoking_cessation: return "smoking cessation";
    case InterventionType::salt_reduction: return "salt reduction";
  }
  return "";
}

std::string name_of(const Intervention& i) { return i.name.value_or(std::string(type_in_words(i.type))); }

std::string event_of(const Rule& rule) {
  switch (rule.kind) {
    case RuleKind::event: return rule.event;
    case RuleKind::age: return fmt::format("age {:g}", rule.age_y);
    case RuleKind::condition: return rule.condition;
  }
  return "";
}

std::string length_in_words(double days) {
  const double weeks = days / 7.0;
  if (days >= 21 && days < 2 * 365.25 && std::fabs(weeks - std::round(weeks)) < 1e-9)
    return fmt::format("{:g} weeks", std::round(weeks));
  return time_in_words(days);
}

namespace {

// "from the start, for 24 weeks, 5 times, 12 months from one beginning to the next; until "thin""
std::string when_in_words(const Intervention& i, double horizon_d) {
  std::string when = i.start_d == 0 ? "from the start" : "from " + time_in_words(i.start_d) + " on";
  if (i.on) {
    const std::string delay = i.on->delay_d > 0 ? length_in_words(i.on->delay_d) + " " : "";
    switch (i.on->kind) {
      case RuleKind::event: when = fmt::format("{}after each \"{}\"", delay, i.on->event); break;
      case RuleKind::age:
        when = fmt::format("from {}the age of {:g} on", delay.empty() ? "" : delay + "after ", i.on->age_y);
        break;
      case RuleKind::condition:
        when =
            delay.empty() ? "each time that " + i.on->condition : delay + "after each time that " + i.on->condition;
        break;
    }
    if (i.on->most_times)
      when += *i.on->most_times == 1 ? ", once" : fmt::format(", at most {} times", *i.on->most_times);
  }
  const bool whole = !i.duration_d || (i.on ? 0.0 : i.start_d) + *i.duration_d >= horizon_d;
  when += whole ? ", to the end" : ", for " + length_in_words(*i.duration_d);
  if (i.repeat)
    when += fmt::format(", {} times, {} from one beginning to the next", i.repeat->times,
                        length_in_words(i.repeat->every_d));
  if (i.stop) {
    switch (i.stop->kind) {
      case RuleKind::event: when += fmt::format("; until \"{}\"", i.stop->event); break;
      case RuleKind::age: when += fmt::format("; until the age of {:g}", i.stop->age_y); break;
      case RuleKind::condition: when += "; until " + i.stop->condition; break;
    }
  }
  return when;
}

// ", 80 % of it taken, in the median person, halved every 2 years, 15 % a year give it up, growing over 8 weeks"
std::string taken_in_words(const Intervention& i) {
  const Adherence& a = i.adherence;
  std::string taken = a.level < 1 ? fmt::format(", {:.0f} % of it taken", 100 * a.level) : "";
  if (a.spread > 0) taken += fmt::format(" in the median person (spread {:g})", a.spread);
  if (a.half_life_d) taken += ", halved every " + length_in_words(*a.half_life_d);
  if (a.drop_out > 0) taken += fmt::format(", {:.3g} % a year give it up", 100 * a.drop_out);
  if (const double ramp = ramp_of(i); ramp > 0) taken += ", growing over " + length_in_words(ramp);
  return taken;
}

}  // namespace

std::string in_words(const Intervention& i, double horizon_d) {
  const std::string when = when_in_words(i, horizon_d), taken = taken_in_words(i);
  if (i.type == InterventionType::hospital_stay)
    return fmt::format("Hospital stay of {} with an acute illness{}, {}{}", length_in_words(*i.duration_d),
                       i.mobilised ? ", mobilised and trained in hospital" : "",
                       !i.on                               ? time_in_words(i.start_d) + " into the run"
                       : i.on->kind == RuleKind::event     ? fmt::format("at each \"{}\"", i.on->event)
                       : i.on->kind == RuleKind::condition ? "each time that " + i.on->condition
                                                           : fmt::format("at the age of {:g}", i.on->age_y),
                       i.repeat ? fmt::format(", {} times, {} from one beginning to the next", i.repeat->times,
                                              length_in_words(i.repeat->every_d))
                                : "");
  if (i.type == InterventionType::step_limit)
    return fmt::format("{}: {}",
                       i.steps_per_d > 0 ? fmt::format("{:.0f} steps a day and no more", i.steps_per_d)
                                         : std::string("Bed rest without illness"),
                       when);
  std::string title(type_in_words(i.type));
  title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  if (i.name) title += " \"" + *i.name + "\"";
  if (is_exercise(i.type))
    return fmt::format("{} {}{}: {}", title,
                       i.dose == 1 ? "at the full dose of the trials"
                                   : fmt::format("at {:.0f} % of the dose of the trials", 100 * i.dose),
                       taken, when);
  if (is_tablet_or_insulin(i.type))
    return fmt::format("{}{}{}: {}", title,
                       i.dose == 1 ? "" : fmt::format(" at {:.0f} % of a full dose", 100 * i.dose), taken, when);
  if (i.type == InterventionType::glp1_agonist)
    return fmt::format("{} as {:.3g} mg of semaglutide a week{}: {}", title, 2.4 * i.dose, taken, when);
  if (i.type == InterventionType::antihypertensive)
    return fmt::format(
        "{}, {:g} of them{}{}: {}", title, i.drugs,
        i.dose == 1 ? " at the standard dose" : fmt::format(" at {:.0f} % of the standard dose", 100 * i.dose), taken,
        when);
  if (i.type == InterventionType::statin)
    return fmt::format("{} as {:.3g} mg of atorvastatin a day{}: {}", title, 10 * i.dose, taken, when);
  if (i.type == InterventionType::smoking_cessation) return fmt::format("{}{}: {}", title, taken, when);
  if (i.type == InterventionType::salt_reduction)
    return fmt::format("{} by {:.3g} g/d{}: {}", title, i.salt_g_per_d, taken, when);
  if (i.type == InterventionType::prescribed_diet)
    return fmt::format("{} of {:.0f} kcal/d{}{}: {}", title, i.prescribed_kcal_per_d,
                       i.prescribed_protein_g_per_d
                           ? fmt::format(" with {:.0f} g/d protein", *i.prescribed_protein_g_per_d)
                           : std::string(),
                       taken, when);
  std::string what;
  const double energy = i.type == InterventionType::weight_loss_diet     ? -i.deficit_kcal_per_d
                        : i.type == InterventionType::protein_supplement ? i.brought_kcal_per_d.value_or(0)
                                                                         : i.energy_kcal_per_d;
  if (energy != 0) what = fmt::format("{:+.0f} kcal/d", energy);
  if (i.protein_g_per_d != 0)
    what += fmt::format("{}{:+.0f} g/d protein", what.empty() ? "" : " and ", i.protein_g_per_d);
  return fmt::format("{}, {}{}: {}", title, what, taken, when);
}

std::string in_words(const Event& e) {
  const auto beyond = [](const std::string& quantity, Side side, double level) {
    return fmt::format("{} {} {:g}", quantity, side == Side::above ? "above" : "below", level);
  };
  if (e.type == EventType::trigger) return fmt::format("\"{}\": {}", e.name, beyond(e.quantity, e.side, e.level));
  std::string words =
      fmt::format("\"{}\": {}", e.name, e.start_d == 0 ? "at the start" : "after " + time_in_words(e.start_d));
  if (e.every_d > 0) words += ", then every " + length_in_words(e.every_d);
  for (const Measurement& m : e.measurements) words += ", measures " + m.quantity;
  for (const VisitFinding& f : e.findings)
    words += fmt::format(", finds \"{}\" ({})", f.name, beyond(f.quantity, f.side, f.level));
  return words;
}

}  // namespace healthspan::scenarios
