#include <healthspan/models/hospital_stay.hpp>
#include <healthspan/scenarios/interventions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace healthspan::scenarios {

namespace {

double end_d(const Intervention& i, double horizon_d) {
  if (i.on) return i.duration_d.value_or(std::numeric_limits<double>::infinity());
  return i.duration_d ? std::min(horizon_d, i.start_d + *i.duration_d) : horizon_d;
}

std::string time_in_words(double days) {
  if (days >= 2 * 365.25) return fmt::format("{:.3g} years", days / 365.25);
  if (days >= 60) return fmt::format("{:.3g} months", days / 30.4375);
  return fmt::format("{:.3g} days", days);
}

std::string length_in_words(double days) {
  const double weeks = days / 7.0;
  if (days >= 21 && days < 2 * 365.25 && std::fabs(weeks - std::round(weeks)) < 1e-9)
    return fmt::format("{:g} weeks", std::round(weeks));
  return time_in_words(days);
}

}  // namespace

bool has_effect(const Intervention& i) {
  switch (i.type) {
    case InterventionType::hospital_stay: return true;
    case InterventionType::diet: return i.adherence > 0 && (i.energy_kcal_per_d != 0 || i.protein_g_per_d != 0);
    default: return i.dose * i.adherence > 0;
  }
}

std::vector<Modifier> modifiers_of(const Intervention& i, double horizon_d) {
  if (!has_effect(i)) return {};
  using enum Modifier::Operation;
  const double end = end_d(i, horizon_d);
  switch (i.type) {
    case InterventionType::resistance_exercise:
      return {{"resistance_dose", replace, i.dose * i.adherence, i.start_d, end}};
    case InterventionType::aerobic_exercise: return {{"aerobic_dose", replace, i.dose * i.adherence, i.start_d, end}};
    case InterventionType::diet:
      return {{"supplement_energy", add, i.energy_kcal_per_d * i.adherence, i.start_d, end},
              {"protein_supplement", add, i.protein_g_per_d * i.adherence, i.start_d, end}};
    case InterventionType::hospital_stay: {
      models::HospitalStay stay{i.start_d, *i.duration_d};
      stay.mobilised = i.mobilised;
      return stay.modifiers();
    }
  }
  return {};
}

std::vector<Reaction> reactions_of(const std::vector<const Intervention*>& interventions) {
  std::vector<Reaction> reactions;
  for (const Intervention* i : interventions) {
    if (!i->on || !has_effect(*i)) continue;
    Reaction reaction{i->on->event, std::string(type_in_words(i->type)), i->on->delay_d,
                      modifiers_of(*i, std::numeric_limits<double>::infinity())};
    reaction.length_d = i->duration_d;  // a stay, without its convalescence
    if (i->on->most_times) reaction.most_times = static_cast<std::uint32_t>(*i->on->most_times);
    reactions.push_back(std::move(reaction));
  }
  return reactions;
}

std::string_view type_in_words(InterventionType type) {
  switch (type) {
    case InterventionType::resistance_exercise: return "resistance training";
    case InterventionType::aerobic_exercise: return "aerobic training";
    case InterventionType::diet: return "diet";
    case InterventionType::hospital_stay: return "hospital stay";
  }
  return "";
}

std::string in_words(const Intervention& i, double horizon_d) {
  const bool whole = end_d(i, horizon_d) >= horizon_d;
  std::string when = i.start_d == 0 ? "from the start" : "from " + time_in_words(i.start_d) + " on";
  if (i.on) {
    when = fmt::format("{}after each \"{}\"",
                       i.on->delay_d > 0 ? length_in_words(i.on->delay_d) + " " : std::string(), i.on->event);
    if (i.on->most_times)
      when += *i.on->most_times == 1 ? ", once" : fmt::format(", at most {} times", *i.on->most_times);
  }
  when += whole ? ", to the end" : ", for " + length_in_words(end_d(i, horizon_d) - i.start_d);
  const std::string taken = i.adherence < 1 ? fmt::format(", {:.0f} % of it taken", 100 * i.adherence) : "";
  const auto programme = [&](const char* what) {
    return fmt::format("{} {}{}: {}", what,
                       i.dose == 1 ? "at the full dose of the trials"
                                   : fmt::format("at {:.0f} % of the dose of the trials", 100 * i.dose),
                       taken, when);
  };
  switch (i.type) {
    case InterventionType::resistance_exercise: return programme("Resistance training");
    case InterventionType::aerobic_exercise: return programme("Aerobic training");
    case InterventionType::diet: {
      std::string what;
      if (i.energy_kcal_per_d != 0) what = fmt::format("{:+.0f} kcal/d", i.energy_kcal_per_d);
      if (i.protein_g_per_d != 0)
        what += fmt::format("{}{:+.0f} g/d protein", what.empty() ? "" : " and ", i.protein_g_per_d);
      return fmt::format("Diet, {}{}: {}", what, taken, when);
    }
    case InterventionType::hospital_stay:
      return fmt::format(
          "Hospital stay of {} with an acute illness{}, {}", length_in_words(*i.duration_d),
          i.mobilised ? ", mobilised and trained in hospital" : "",
          i.on ? fmt::format("at each \"{}\"", i.on->event) : time_in_words(i.start_d) + " into the run");
  }
  return "";
}

std::string in_words(const Event& e) {
  const auto beyond = [](const std::string& quantity, Side side, double level) {
    return fmt::format("{} {} {:g}", quantity, side == Side::above ? "above" : "below", level);
  };
  if (e.type == EventType::trigger) return fmt::format("\"{}\": {}", e.name, beyond(e.quantity, e.side, e.level));
  std::string words =
      fmt::format("\"{}\": {}", e.name, e.start_d == 0 ? "at the start" : "after " + time_in_words(e.start_d));
  if (e.every_d > 0) words += ", then every " + length_in_words(e.every_d);
  for (const VisitMeasurement& m : e.measurements) words += ", measures " + m.quantity;
  for (const VisitFinding& f : e.findings)
    words += fmt::format(", finds \"{}\" ({})", f.name, beyond(f.quantity, f.side, f.level));
  return words;
}

}  // namespace healthspan::scenarios
