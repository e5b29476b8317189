#include <healthspan/core/elementary.hpp>
#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/condition.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/language/fields.hpp>
#include <healthspan/scenarios/policies.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace healthspan::scenarios {

namespace {

// A policy, and where it is written.
struct Ruled {
  const Policy* policy;
  std::string at;
  bool of_all_arms;
};

std::vector<Ruled> policies_of(const Scenario& scenario, std::size_t arm) {
  std::vector<Ruled> all;
  for (std::size_t k = 0; k < scenario.policies.size(); ++k)
    all.push_back({&scenario.policies[k], fmt::format("/policies/{}", k), true});
  const std::vector<Policy>& own = scenario.arms[arm].policies;
  for (std::size_t k = 0; k < own.size(); ++k)
    all.push_back({&own[k], fmt::format("/arms/{}/policies/{}", arm, k), false});
  return all;
}

std::string visit_of(const Policy& policy) { return policy.name + ": visit"; }
std::string suspicion_of(const Policy& policy) { return policy.name + ": suspected"; }
std::string confirmation_of(const Policy& policy) { return policy.name + ": second visit"; }

const std::vector<Intervention>& programme_named(const Scenario& scenario, const std::string& name,
                                                 const std::string& at) {
  const auto programme = scenario.programmes.find(name);
  if (programme != scenario.programmes.end()) return programme->second;
  std::vector<std::string> names;
  for (const auto& [known, interventions] : scenario.programmes) names.push_back(known);
  throw Error(ErrorCode::unknown_name,
              fmt::format("{}: there is no programme \"{}\"{}", at, name,
                          names.empty() ? "; declare it in \"programmes\"" : name_hint(name, names)));
}

// There are too many quantities to list them in a message.
Slot quantity_named(const Composition& composition, const std::string& name, const std::string& at) {
  if (const auto slot = composition.find(name)) return *slot;
  std::vector<std::string> names;
  for (const SlotInfo& slot : composition.slots()) names.push_back(slot.name);
  throw Error(ErrorCode::unknown_name,
              fmt::format("{}: there is no quantity \"{}\" in this system{}", at, name,
                          nearest_name(name, names).empty() ? "; \"healthspan describe MODULE\" lists the names"
                                                            : name_hint(name, names)));
}

// A condition with its levels in the units of the system; says where it is wrong.
Condition understood(const std::string& text, const Composition& composition, const std::string& at) {
  try {
    Condition condition(text);
    condition.settle_units([&](const std::string& name) {
      const auto slot = composition.find(name);
      return slot ? composition.slots()[*slot].unit : std::string();
    });
    return condition;
  } catch (const Error& error) {
    throw Error(error.code(), at + ": " + error.what());
  }
}

// The event of a rule; one that no declared event brings about gets a trigger of its own.
std::string rule_event(const Rule& rule, const Composition& composition, const std::string& at, PlanSpec& plan) {
  const std::string name = event_of(rule);
  if (rule.kind == RuleKind::event) return name;
  Trigger trigger{name, "age", Direction::rising, rule.age_y, 0, true};
  if (rule.kind == RuleKind::age) {
    quantity_named(composition, "age", at + "/age");
  } else {
    const std::string here = at + "/when";
    const Condition condition = understood(rule.condition, composition, here);
    for (const std::string& quantity : condition.names()) quantity_named(composition, quantity, here);
    const auto alternatives = condition.alternatives();
    using enum Comparison::Is;
    if (alternatives.size() != 1 || alternatives[0].size() != 1 || alternatives[0][0].is == between ||
        alternatives[0][0].is == equal)
      throw Error(ErrorCode::wrong_type,
                  fmt::format("{}: found \"{}\", expected one comparison by <, <=, > or >=; a policy may combine "
                              "several",
                              here, rule.condition));
    const Comparison& c = alternatives[0][0];
    trigger.quantity = condition.names()[c.quantity];
    trigger.direction = c.is == below || c.is == at_most ? Direction::falling : Direction::rising;
    trigger.level = c.level;
  }
  for (const Trigger& t : plan.triggers)
    if (t.name == name) return name;
  plan.triggers.push_back(std::move(trigger));
  return name;
}

std::vector<std::vector<Limit>> limits_of(const Policy& policy, const Composition& composition,
                                          const std::string& at) {
  const Condition condition = understood(policy.condition, composition, at);
  std::vector<std::string> measured;
  for (const Measurement& m : policy.visit.measurements) measured.push_back(m.quantity);
  for (const std::string& name : condition.names())
    if (std::find(measured.begin(), measured.end(), name) == measured.end())
      throw Error(ErrorCode::unknown_name, fmt::format("{}: rests on \"{}\", which the visit does not measure{}", at,
                                                       name, name_hint(name, measured)));
  std::vector<std::vector<Limit>> limits;
  try {
    for (const auto& together : condition.alternatives()) {
      limits.emplace_back();
      for (const Comparison& c : together) {
        const std::string& quantity = condition.names()[c.quantity];
        using enum Comparison::Is;
        const bool low = c.is == below || c.is == at_most, high = c.is == above || c.is == at_least;
        if (low || c.is == between || c.is == equal)
          limits.back().push_back({quantity, Direction::falling, c.is == between ? c.upper : c.level, c.is == below});
        if (high || c.is == between || c.is == equal)
          limits.back().push_back({quantity, Direction::rising, c.level, c.is == above});
      }
    }
  } catch (const Error& error) {
    throw Error(error.code(), at + ": " + error.what());
  }
  return limits;
}

void add_policy(const Ruled& ruled, const Composition& composition, PlanSpec& plan) {
  const Policy& p = *ruled.policy;
  if (p.most_times && p.then.kind == Does::stop)
    throw Error(ErrorCode::unknown_name,
                ruled.at + "/most_times: is for what is started; what is stopped ends each time");
  Visit visit{visit_of(p), p.visit.start_d, p.visit.every_d, p.visit.measurements, {}, p.visit.missed};
  for (std::size_t k = 0; k < visit.measurements.size(); ++k)
    quantity_named(composition, visit.measurements[k].quantity,
                   fmt::format("{}/visit/measure/{}/quantity", ruled.at, k));
  Finding finding;
  finding.name = p.name;
  finding.alternatives = limits_of(p, composition, ruled.at + "/if");
  finding.delay_d = p.delay_d;
  finding.in_a_row = p.confirm.again ? 2 : 1;
  if (p.confirm.after_d) {
    Visit second = visit;
    second.name = confirmation_of(p);
    second.on = suspicion_of(p);
    second.delay_d = *p.confirm.after_d;
    second.findings = {finding};
    finding.name = suspicion_of(p);
    finding.delay_d = 0;
    visit.findings = {finding};
    plan.visits.push_back(std::move(visit));
    plan.visits.push_back(std::move(second));
  } else {
    visit.findings = {finding};
    plan.visits.push_back(std::move(visit));
  }
}

std::vector<std::string> names_of_events(const Composition& composition, const PlanSpec& plan) {
  std::vector<std::string> names;
  for (const Slot hazard : composition.hazards())
    if (composition.slots()[hazard].recurrence != Recurrence::ends_life)
      names.push_back(composition.slots()[hazard].name);
  for (const ScheduledEvent& e : plan.scheduled) names.push_back(e.name);
  for (const Trigger& t : plan.triggers) names.push_back(t.name);
  for (const Visit& v : plan.visits) {
    names.push_back(v.name);
    for (const Finding& f : v.findings) names.push_back(f.name);
  }
  return names;
}

// Nobody is twice in hospital at once.
void check_stays(const std::vector<Planned>& all, const std::string& at) {
  const auto stay = [](const Intervention& i) {
    return i.type == InterventionType::hospital_stay && i.on && i.on->kind == RuleKind::event;
  };
  for (std::size_t k = 0; k < all.size(); ++k)
    for (std::size_t l = 0; l < k; ++l) {
      const Intervention &one = all[l].what, &other = all[k].what;
      if (!stay(one) || !stay(other) || one.on->event != other.on->event) continue;
      if (one.on->delay_d < other.on->delay_d + *other.duration_d &&
          other.on->delay_d < one.on->delay_d + *one.duration_d)
        throw Error(ErrorCode::usage, fmt::format("{}: found two hospital stays at once after \"{}\", expected one",
                                                  at, one.on->event));
    }
}

}  // namespace

bool Planned::by_the_calendar() const {
  return !what.on && !what.stop && stopped_by.empty() && !is_personal(what.adherence);
}

namespace {

// What is done in the arm, before policies end any of it.
std::vector<Planned> done_in(const Scenario& scenario, std::size_t arm) {
  std::vector<Planned> all;
  const auto take = [&](const std::vector<Intervention>& list, const std::string& at, const std::string& programme,
                        const auto& as) {
    for (std::size_t k = 0; k < list.size(); ++k) {
      all.push_back({list[k], programme, fmt::format("{}/{}", at, k), {}});
      as(all.back().what);
    }
  };
  const auto as_it_is = [](Intervention&) {};
  take(scenario.all_arms, "/all_arms", "", as_it_is);
  take(scenario.arms[arm].interventions, fmt::format("/arms/{}/interventions", arm), "", as_it_is);
  const std::vector<std::string>& programmes = scenario.arms[arm].programmes;
  for (std::size_t k = 0; k < programmes.size(); ++k)
    take(programme_named(scenario, programmes[k], fmt::format("/arms/{}/programmes/{}", arm, k)),
         "/programmes/" + programmes[k], programmes[k], as_it_is);
  for (const Ruled& ruled : policies_of(scenario, arm)) {
    const Policy& p = *ruled.policy;
    if (p.then.kind != Does::start) continue;
    take(programme_named(scenario, p.then.what, ruled.at + "/then/start"), "/programmes/" + p.then.what, p.then.what,
         [&](Intervention& i) {
           OnEvent& on = i.on.emplace();
           on.event = p.name;
           on.delay_d = std::exchange(i.start_d, 0.0);
           on.most_times = p.most_times;
         });
  }
  return all;
}

bool is_called(const Planned& one, const std::string& name) {
  return name_of(one.what) == name || one.programme == name ||
         (!one.what.name && name_of(intervention_types, one.what.type) == name);
}

}  // namespace

std::vector<Planned> planned(const Scenario& scenario, std::size_t arm) {
  std::vector<Planned> all = done_in(scenario, arm);
  for (const Ruled& ruled : policies_of(scenario, arm)) {
    const Policy& p = *ruled.policy;
    if (p.then.kind != Does::stop) continue;
    for (Planned& one : all)
      if (is_called(one, p.then.what)) one.stopped_by.push_back(p.name);
    // A policy of all arms need not find it in each.
    std::vector<std::string> names;
    bool found = false;
    const std::size_t first = ruled.of_all_arms ? 0 : arm, end = ruled.of_all_arms ? scenario.arms.size() : arm + 1;
    for (std::size_t a = first; a < end; ++a)
      for (const Planned& one : done_in(scenario, a)) {
        names.push_back(one.programme.empty() ? name_of(one.what) : one.programme);
        found = found || is_called(one, p.then.what);
      }
    if (found) continue;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    throw Error(ErrorCode::unknown_name,
                fmt::format("{}/then/stop: nothing that is done is called \"{}\"{}", ruled.at, p.then.what,
                            names.empty() ? "" : name_hint(p.then.what, names)));
  }
  return all;
}

void plan_arm(const Scenario& scenario, std::size_t arm, const Composition& composition, PlanSpec& plan) {
  const std::vector<Planned> all = planned(scenario, arm);
  check_stays(all, fmt::format("/arms/{}/interventions", arm));
  std::vector<std::string> taken = names_of_events(composition, plan);
  for (const Ruled& ruled : policies_of(scenario, arm)) {
    const Policy& p = *ruled.policy;
    for (const std::string& name : {p.name, visit_of(p), suspicion_of(p), confirmation_of(p)})
      if (std::find(taken.begin(), taken.end(), name) != taken.end())
        throw Error(ErrorCode::unknown_name,
                    fmt::format("{}/name: \"{}\" is already the name of an event", ruled.at, name));
    taken.push_back(p.name);
    add_policy(ruled, composition, plan);
  }
  const std::vector<std::string> names = names_of_events(composition, plan);
  const auto check_event = [&](const Rule& rule, const std::string& at) {
    if (rule.kind == RuleKind::event && std::find(names.begin(), names.end(), rule.event) == names.end())
      throw Error(ErrorCode::unknown_name,
                  fmt::format("{}/on: there is no event \"{}\"{}", at, rule.event,
                              names.empty() ? "; declare it in \"events\", or add a module that has it"
                                            : name_hint(rule.event, names)));
  };
  for (const Planned& one : all) {
    const Intervention& i = one.what;
    if (i.on) check_event(*i.on, one.at + "/start");
    if (i.stop) check_event(*i.stop, one.at + "/stop");
    if (!has_effect(i)) continue;
    std::vector<Modifier> modifiers;
    try {
      modifiers = modifiers_of(i, scenario.horizon_d, !one.by_the_calendar());
    } catch (const Error& error) {
      throw Error(error.code(), one.at + ": " + error.what());
    }
    if (!composition.find("balance_dose")) {
      if (i.type == InterventionType::balance_exercise)
        throw Error(ErrorCode::composition,
                    one.at +
                        "/type: balance_exercise acts on \"balance_dose\", which no module of this system reads; "
                        "add one in which balance keeps from falls");
      std::erase_if(modifiers, [](const Modifier& m) { return m.input == "balance_dose"; });
    }
    if (one.by_the_calendar()) {
      plan.modifiers.insert(plan.modifiers.end(), modifiers.begin(), modifiers.end());
      continue;
    }
    Reaction reaction;
    reaction.name = name_of(i);
    reaction.modifiers = std::move(modifiers);
    reaction.length_d = length_of(i);  // of a stay without its convalescence
    if (i.on) {
      reaction.event = rule_event(*i.on, composition, one.at + "/start", plan);
      reaction.delay_d = i.on->delay_d;
      if (i.on->most_times) reaction.most_times = static_cast<std::uint32_t>(*i.on->most_times);
    } else {
      reaction.at_d = i.start_d;
    }
    reaction.stopped_by = one.stopped_by;
    if (i.stop) reaction.stopped_by.push_back(rule_event(*i.stop, composition, one.at + "/stop", plan));
    if (is_personal(i.adherence))
      reaction.adherence =
          healthspan::Adherence{i.name.value_or(std::string(name_of(intervention_types, i.type))), i.adherence.level,
                                i.adherence.spread, -log(1.0 - i.adherence.drop_out) / 365.25};
    plan.reactions.push_back(std::move(reaction));
  }
}

std::vector<std::string> arm_in_words(const Scenario& scenario, std::size_t arm) {
  std::vector<std::string> words;
  for (const Planned& one : planned(scenario, arm)) words.push_back(in_words(one.what, scenario.horizon_d));
  for (const Ruled& ruled : policies_of(scenario, arm)) {
    const Policy& p = *ruled.policy;
    std::string measured;
    for (const Measurement& m : p.visit.measurements)
      measured += fmt::format("{}{}{}", measured.empty() ? "" : ", ", m.quantity,
                              m.sd > 0 && m.relative ? fmt::format(" (error {:g} %)", 100 * m.sd)
                              : m.sd > 0             ? fmt::format(" (error {:g})", m.sd)
                                                     : "");
    std::string confirmed;
    if (p.confirm.again) confirmed = " at two visits running";
    if (p.confirm.after_d) confirmed = fmt::format(", and again {} after", length_in_words(*p.confirm.after_d));
    words.push_back(
        fmt::format("Policy \"{}\": {}, a visit every {}{} measures {}; where {}{}, {}{} \"{}\"{}", p.name,
                    p.visit.start_d > 0 ? "from " + length_in_words(p.visit.start_d) + " on" : "from the start",
                    length_in_words(p.visit.every_d),
                    p.visit.missed > 0 ? fmt::format(" ({:.3g} % missed)", 100 * p.visit.missed) : "", measured,
                    p.condition, confirmed, p.delay_d > 0 ? length_in_words(p.delay_d) + " later " : "",
                    p.then.kind == Does::start ? "begins" : "ends", p.then.what,
                    !p.most_times        ? ""
                    : *p.most_times == 1 ? ", once"
                                         : fmt::format(", at most {} times", *p.most_times)));
  }
  return words;
}

std::vector<Acting> composition_of(const Scenario& scenario, std::size_t arm, const Composition& composition) {
  using enum Modifier::Operation;
  constexpr std::array operations{std::pair{replace, "replace"}, std::pair{at_least, "at_least"},
                                  std::pair{multiply, "multiply"}, std::pair{add, "add"}};
  std::vector<Acting> all;
  for (const Planned& one : planned(scenario, arm)) {
    const bool counted = one.by_the_calendar();
    for (const Modifier& m : modifiers_of(one.what, scenario.horizon_d, !counted)) {
      if (!composition.find(m.input)) continue;
      Acting acting{m.input, name_of(one.what), "", "day 0", {}};
      for (const auto& [operation, name] : operations)
        if (operation == m.operation) acting.operation = name;
      if (!counted) {
        acting.begins = one.what.on ? event_of(*one.what.on) : fmt::format("day {:g}", one.what.start_d);
        if (one.what.on && one.what.on->delay_d > 0)
          acting.begins = fmt::format("{:g} d after {}", one.what.on->delay_d, acting.begins);
      }
      const auto known = std::find_if(all.begin(), all.end(), [&](const Acting& a) {
        return a.input == acting.input && a.by == acting.by && a.operation == acting.operation &&
               a.begins == acting.begins;
      });
      Acting& place = known == all.end() ? all.emplace_back(std::move(acting)) : *known;
      place.stretches.push_back({m.begin_d, m.end_d, m.value});
    }
  }
  const auto order = [&](const Acting& a) {
    const auto at =
        std::find_if(operations.begin(), operations.end(), [&](const auto& o) { return a.operation == o.second; });
    return std::pair(a.input, at - operations.begin());
  };
  std::stable_sort(all.begin(), all.end(), [&](const Acting& a, const Acting& b) { return order(a) < order(b); });
  return all;
}

}  // namespace healthspan::scenarios
