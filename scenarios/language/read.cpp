#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cohort.hpp>
#include <healthspan/scenarios/language/fields.hpp>
#include <healthspan/scenarios/language/language.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

namespace healthspan::scenarios {

namespace {

using Json = nlohmann::ordered_json;

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

// Visits the fields of one JSON object. Whatever no field has asked for is an unknown key.
class Reader {
 public:
  Reader(const Json& object, std::string file, std::string pointer)
      : object_(object), file_(std::move(file)), pointer_(std::move(pointer)) {
    if (!object.is_object()) fail(ErrorCode::wrong_type, "", "found " + shown(object) + ", expected an object");
  }

  // A quantity that is typed by itself, such as an option of a command.
  static double read_text(const std::string& text, const std::string& name, const Dimension& dimension, Range range) {
    const Json nothing = Json::object();
    Reader reader(nothing, name, "");
    reader.alone_ = true;
    const Typed typed = reader.value_of("", text, dimension);
    reader.check_range("", typed.canonical, range, typed.unit);
    return typed.canonical;
  }

  template <class T>
  void read(T& target) {
    if constexpr (requires { kinds_of(target); })
      for (const auto& [key, kind] : kinds_of(target))
        for (const auto& [given, value] : object_.items())
          if (given == key || given.starts_with(std::string(key) + "_")) target.kind = kind;
    visit_fields(*this, target);
    refuse_unknown();
  }

  void quantity(std::string_view name, double& target, const Dimension& dimension, Range range, Presence presence,
                std::string_view) {
    if (const auto value = find_quantity(name, dimension, range, presence)) target = *value;
  }
  void quantity(std::string_view name, std::optional<double>& target, const Dimension& dimension, Range range,
                Presence presence, std::string_view) {
    if (const auto value = find_quantity(name, dimension, range, presence)) target = *value;
  }
  void start(std::string_view name, double& target, bool& at_discharge, std::optional<OnEvent>& on,
             std::string_view doc) {
    const Json* value = find(name);
    if (value && *value == "discharge") {
      at_discharge = true;
      return;
    }
    if (value && value->is_object() && !value->contains("unit")) {
      object(name, on.emplace(), Presence::optional, doc);
      return;
    }
    quantity(name, target, dimension_time, Range{0, 36525}, Presence::optional, doc);
  }
  template <class I>
  void integer(std::string_view name, I& target, Range range, Presence presence, std::string_view) {
    const Json* value = find(name);
    if (!value) return require(name, presence);
    const bool whole = value->is_number_integer() ||
                       (value->is_number_float() && std::floor(value->get<double>()) == value->get<double>());
    if (!whole) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected a whole number");
    const double number = value->get<double>();
    if (!(number >= range.low && number <= range.high))
      fail(ErrorCode::out_of_range, name,
           fmt::format("found {}, expected {:.0f} to {:.0f}", shown(*value), range.low, range.high));
    target = static_cast<I>(number);
  }
  template <class I>
  void integer(std::string_view name, std::optional<I>& target, Range range, std::string_view doc) {
    if (find(name)) integer(name, target.emplace(), range, Presence::optional, doc);
  }
  template <class E>
  void choice(std::string_view name, E& target, const Choices<E>& choices, Presence presence, std::string_view) {
    const Json* value = find(name);
    if (!value) return require(name, presence);
    std::vector<std::string> names;
    for (const auto& [choice_name, choice_value] : choices) {
      names.emplace_back(choice_name);
      if (*value == names.back()) {
        target = choice_value;
        return;
      }
    }
    fail(ErrorCode::unknown_name, name,
         "found " + shown(*value) + name_hint(value->is_string() ? value->get<std::string>() : "", names));
  }
  template <class E>
  void choice(std::string_view name, std::optional<E>& target, const Choices<E>& choices, std::string_view doc) {
    if (find(name)) choice(name, target.emplace(), choices, Presence::optional, doc);
  }
  void text(std::string_view name, std::optional<std::string>& target, std::string_view doc) {
    if (find(name)) text(name, target.emplace(), Presence::required, doc);
  }
  template <class A, class B>
  void one_of(std::string_view name, A& target, std::string_view doc, std::string_view other,
              std::optional<B>& other_target, std::string_view other_doc) {
    if (find(other) && find(name))
      fail(ErrorCode::unknown_name, other, fmt::format("is given besides \"{}\", expected one of the two", name));
    if (find(other)) return object(other, other_target, other_doc);
    if (!find(name)) fail(ErrorCode::missing_value, name, fmt::format("is missing, expected it or \"{}\"", other));
    object(name, target, Presence::required, doc);
  }
  void text(std::string_view name, std::string& target, Presence presence, std::string_view) {
    const Json* value = find(name);
    if (!value) return require(name, presence);
    if (!value->is_string()) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected a text");
    target = value->get<std::string>();
    if (presence == Presence::required && target.empty()) fail(ErrorCode::out_of_range, name, "must not be empty");
  }
  // A share, or an object that says more.
  void adherence(std::string_view name, Adherence& target, std::string_view doc) {
    const Json* value = find(name);
    if (value && value->is_object() && !value->contains("unit")) return object(name, target, Presence::optional, doc);
    quantity(name, target.level, dimension_none, Range{0, 1}, Presence::optional, doc);
  }
  void confirm(std::string_view name, Confirm& target, std::string_view doc) {
    const Json* value = find(name);
    if (!value || !value->is_object()) return flag(name, target.again, doc);
    Reader reader(*value, file_, fmt::format("{}/{}", pointer_, name));
    target.after_d = reader.find_quantity("after", dimension_time, Range{0.01, 3652.5}, Presence::required);
    reader.refuse_unknown();
  }
  void programmes(std::string_view name, std::map<std::string, std::vector<Intervention>>& target,
                  std::string_view doc) {
    const Json* value = find(name);
    if (!value) return;
    Reader reader(*value, file_, fmt::format("{}/{}", pointer_, name));
    for (const auto& [programme, interventions] : value->items())
      reader.list(programme, target[programme], Presence::optional, doc);
  }
  void flag(std::string_view name, bool& target, std::string_view) {
    const Json* value = find(name);
    if (!value) return;
    if (!value->is_boolean())
      fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected true or false");
    target = value->get<bool>();
  }
  template <class T>
  void list(std::string_view name, std::vector<T>& target, Presence presence, std::string_view) {
    const Json* value = find(name);
    if (!value) return require(name, presence);
    if (!value->is_array()) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected a list");
    if (presence == Presence::required && value->empty()) fail(ErrorCode::out_of_range, name, "must not be empty");
    for (std::size_t k = 0; k < value->size(); ++k) {
      T element;
      Reader((*value)[k], file_, fmt::format("{}/{}/{}", pointer_, name, k)).read(element);
      target.push_back(std::move(element));
    }
  }
  void names(std::string_view name, std::vector<std::string>& target, std::string_view) {
    const Json* value = find(name);
    if (!value) return;
    if (!value->is_array())
      fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected a list of names");
    for (const Json& element : *value) {
      const std::string at = fmt::format("{}/{}", name, target.size());
      if (!element.is_string()) fail(ErrorCode::wrong_type, at, "found " + shown(element) + ", expected a name");
      if (std::find(target.begin(), target.end(), element.get<std::string>()) != target.end())
        fail(ErrorCode::unknown_name, at, shown(element) + " is given twice");
      target.push_back(element.get<std::string>());
    }
  }
  template <class T>
  void object(std::string_view name, T& target, Presence presence, std::string_view) {
    const Json* value = find(name);
    if (!value) return require(name, presence);
    Reader(*value, file_, fmt::format("{}/{}", pointer_, name)).read(target);
  }
  template <class T>
  void object(std::string_view name, std::optional<T>& target, std::string_view doc) {
    if (!find(name)) return;
    target.emplace();
    object(name, *target, Presence::optional, doc);
  }
  void parameters(std::string_view name, std::map<std::string, ParameterChange>& target, std::string_view) {
    const Json* value = find(name);
    if (!value) return;
    if (!value->is_object()) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected an object");
    for (const auto& [parameter, change] : value->items()) {
      ParameterChange& entry = target[parameter];
      const std::string at = fmt::format("{}/{}/{}", pointer_, name, parameter);
      if (change.is_number()) {
        entry.value = change.get<double>();
        continue;
      }
      Reader reader(change, file_, at);
      for (const auto& [key, number] : change.items()) {
        if (key != "value" && key != "log_sd" && key != "uncertainty")
          reader.fail(ErrorCode::unknown_name, key,
                      "unknown key" + name_hint(key, {"value", "log_sd", "uncertainty"}));
        if (!number.is_number())
          reader.fail(ErrorCode::wrong_type, key, "found " + shown(number) + ", expected a number");
        if (key != "value") reader.check_range(key, number.get<double>(), Range{0, 2}, dimension_none.units[0]);
        (key == "value" ? entry.value : key == "log_sd" ? entry.log_sd : entry.uncertainty) = number.get<double>();
      }
    }
  }
  void replacements(std::string_view name, std::map<std::string, std::string>& target, std::string_view) {
    const Json* value = find(name);
    if (!value) return;
    if (!value->is_object()) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected an object");
    for (const auto& [old, other] : value->items()) {
      if (!other.is_string())
        fail(ErrorCode::wrong_type, fmt::format("{}/{}", name, old), "found " + shown(other) + ", expected a name");
      target[old] = other.get<std::string>();
    }
  }
  // Objects that are read later.
  void document(std::string_view name, std::string& target, std::string_view) {
    const Json* value = find(name);
    if (!value) return require(name, Presence::required);
    if (!value->is_object()) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected an object");
    target = value->dump();
  }
  void documents(std::string_view name, std::map<std::string, std::string>& target, std::string_view) {
    const Json* value = find(name);
    if (!value) return;
    if (!value->is_object()) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected an object");
    for (const auto& [key, patch] : value->items()) target[key] = patch.dump();
  }
  void amounts(std::string_view name, std::map<std::string, double>& target, Range range, std::string_view) {
    const Json* value = find(name);
    if (!value) return;
    if (!value->is_object()) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected an object");
    for (const auto& [key, amount] : value->items()) {
      const std::string at = fmt::format("{}/{}", name, key);
      if (!amount.is_number()) fail(ErrorCode::wrong_type, at, "found " + shown(amount) + ", expected a number");
      check_range(at, amount.get<double>(), range, dimension_none.units[0]);
      target[key] = amount.get<double>();
    }
  }
  void pairs(std::string_view name, std::map<std::string, std::pair<double, double>>& target, bool rising,
             Presence presence, std::string_view) {
    const Json* value = find(name);
    if (!value) return require(name, presence);
    if (!value->is_object()) fail(ErrorCode::wrong_type, name, "found " + shown(*value) + ", expected an object");
    for (const auto& [output, pair] : value->items()) {
      const bool two = pair.is_array() && pair.size() == 2 && pair[0].is_number() && pair[1].is_number();
      if (!two || (rising && !(pair[0].get<double>() < pair[1].get<double>())))
        fail(ErrorCode::wrong_type, fmt::format("{}/{}", name, output),
             fmt::format("found {}, expected two numbers{}", shown(pair), rising ? ", the lower one first" : ""));
      target[output] = {pair[0].get<double>(), pair[1].get<double>()};
    }
  }

 private:
  [[noreturn]] void fail(ErrorCode code, std::string_view key, const std::string& message) const {
    const std::string at = key.empty() ? pointer_ : fmt::format("{}/{}", pointer_, key);
    if (alone_) throw Error(code, fmt::format("{}: {}", file_, message));
    throw Error(code, fmt::format("{}: {}: {}", file_, at.empty() ? "/" : at, message));
  }
  void refuse_unknown() const {
    for (const auto& [key, value] : object_.items())
      if (!used_.count(key)) fail(ErrorCode::unknown_name, key, "unknown key" + name_hint(key, known_));
  }
  void require(std::string_view name, Presence presence) const {
    if (presence == Presence::required) fail(ErrorCode::missing_value, name, "is missing");
  }
  // Says what was found and expected in the unit that was typed.
  void check_range(std::string_view key, double canonical, Range range, const UnitName& typed) const {
    if (range.or_zero) range.low = 0;  // what lies between is said by whoever knows why, in System
    if (canonical >= range.low && canonical <= range.high) return;
    const std::string unit = typed.name == "1" ? "" : " " + std::string(typed.name);
    fail(ErrorCode::out_of_range, key,
         fmt::format("found {:g}{}, expected {:g} to {:g}{}", canonical / typed.in_canonical, unit,
                     range.low / typed.in_canonical, range.high / typed.in_canonical, unit));
  }
  const Json* find(std::string_view name) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.emplace_back(name);
    const auto at = object_.find(name);
    if (at == object_.end()) return nullptr;
    used_.insert(std::string(name));
    return &*at;
  }
  struct Typed {
    double canonical;
    UnitName unit;
  };
  Typed in_canonical(std::string_view key, double value, std::string_view unit, const Dimension& dimension) const {
    if (const UnitName* known = dimension.find(unit)) return {value * known->in_canonical, *known};
    std::vector<std::string> names;
    for (const UnitName& u : dimension.units) names.emplace_back(u.name);
    std::string list;
    for (const std::string& n : names) list += (list.empty() ? "" : ", ") + n;
    fail(ErrorCode::wrong_unit, key,
         fmt::format("found the unit \"{}\", expected a unit of {}: {}", unit, dimension.kind, list));
  }
  Typed value_of(std::string_view key, const Json& value, const Dimension& dimension) const {
    if (value.is_number()) return {value.get<double>(), dimension.units.front()};
    if (value.is_string() && dimension.units.front().name != "1") {
      std::istringstream text(value.get<std::string>());
      double number = 0;
      std::string unit, rest;
      if (text >> number && text >> unit && !(text >> rest)) return in_canonical(key, number, unit, dimension);
    }
    if (value.is_object() && value.size() == 2 && value.contains("value") && value.contains("unit") &&
        value["value"].is_number() && value["unit"].is_string())
      return in_canonical(key, value["value"].get<double>(), value["unit"].get<std::string>(), dimension);
    const UnitName& unit = dimension.units.front();
    if (unit.name == "1") fail(ErrorCode::wrong_type, key, fmt::format("found {}, expected a number", shown(value)));
    fail(ErrorCode::wrong_type, key,
         fmt::format("found {}, expected a number in {} or a text such as \"12 {}\"", shown(value), unit.name,
                     dimension.units.back().name));
  }
  // Under its name, or under its name with a unit as suffix (height_cm, energy_kcal_per_d).
  std::optional<double> find_quantity(std::string_view name, const Dimension& dimension, Range range,
                                      Presence presence) {
    std::optional<Typed> found;
    std::string found_key;
    if (const Json* value = find(name)) {
      found = value_of(name, *value, dimension);
      found_key = name;
    }
    for (const UnitName& unit : dimension.units) {
      if (unit.name == "1") continue;
      std::string suffix(unit.name);
      if (const std::size_t slash = suffix.find('/'); slash != std::string::npos) suffix.replace(slash, 1, "_per_");
      const std::string key = fmt::format("{}_{}", name, suffix);
      const Json* value = find(key);
      if (!value) continue;
      if (found) fail(ErrorCode::unknown_name, key, fmt::format("is given twice, also as \"{}\"", found_key));
      if (!value->is_number())
        fail(ErrorCode::wrong_type, key, fmt::format("found {}, expected a number in {}", shown(*value), unit.name));
      found = Typed{value->get<double>() * unit.in_canonical, unit};
      found_key = key;
    }
    if (!found) {
      require(name, presence);
      return std::nullopt;
    }
    check_range(found_key, found->canonical, range, found->unit);
    return found->canonical;
  }

  const Json& object_;
  std::string file_, pointer_;
  bool alone_ = false;  // a text by itself, not part of a document
  std::set<std::string> used_;
  std::vector<std::string> known_;
};

Json parse_json(const std::string& text, const std::string& name) {
  // The library keeps the last of two equal keys; a scenario that says a thing twice is refused.
  struct Level {
    bool list;
    std::size_t index = 0;
    std::string key = "";
    std::set<std::string> keys = {};
  };
  std::vector<Level> levels;
  constexpr int deepest = 32;  // no scenario comes near, and whoever walks a document must not run out of stack
  constexpr std::size_t most = 10000;  // the time to read a list or an object grows with the square of its entries
  const auto here = [&] {
    std::string pointer;
    for (const Level& level : levels) pointer += "/" + (level.list ? std::to_string(level.index) : level.key);
    return name + ": " + pointer;
  };
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > deepest)
      throw Error(ErrorCode::syntax, fmt::format("{}: is nested more than {} levels deep", name, deepest));
    using Happened = Json::parse_event_t;
    const bool opens_list = event == Happened::array_start, opens_object = event == Happened::object_start;
    const bool closes = event == Happened::object_end || event == Happened::array_end;
    if (opens_object || opens_list) levels.push_back({opens_list});
    if (closes) levels.pop_back();
    if ((closes || event == Happened::value) && !levels.empty() && levels.back().list) ++levels.back().index;
    if (event == Happened::key) {
      levels.back().key = parsed.get<std::string>();
      if (!levels.back().keys.insert(levels.back().key).second)
        throw Error(ErrorCode::syntax, here() + ": the key is given twice");
    }
    if (!levels.empty() && std::max(levels.back().index, levels.back().keys.size()) > most)
      throw Error(ErrorCode::out_of_range,
                  fmt::format("{}: is beyond the {} entries that fit in one place", here(), most));
    return true;
  };
  Json document;
  try {
    document = Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    std::string what = error.what();
    if (const std::size_t at = what.find("at line"); at != std::string::npos) what = what.substr(at);
    throw Error(ErrorCode::syntax, name + ": is not well-formed JSON " + what);
  } catch (const Json::out_of_range& error) {
    std::string what = error.what();
    if (const std::size_t at = what.find("parsing "); at != std::string::npos) what = what.substr(at + 8);
    if (what.size() > 60) what = what.substr(0, 57) + "...";
    throw Error(ErrorCode::syntax, name + ": found the number " + what + ", expected less than 1.8e308");
  }
  return document;
}

// What no single field of an intervention can check; `at` is the file and the pointer.
void check_regimen(const Intervention& i, const std::string& at) {
  if (i.repeat && !i.duration_d)
    throw Error(ErrorCode::missing_value, at + "/duration: is missing, but what is repeated has to end");
  if (i.repeat && i.repeat->every_d < *i.duration_d)
    throw Error(ErrorCode::out_of_range, fmt::format("{}/repeat/every: found {:g} d, expected at least the duration, "
                                                     "{:g} d",
                                                     at, i.repeat->every_d, *i.duration_d));
  if (i.adherence.spread > 0 && !(i.adherence.level > 0 && i.adherence.level < 1))
    throw Error(
        ErrorCode::out_of_range,
        fmt::format("{}/adherence/level: found {:g}, expected more than 0 and less than 1, because it differs "
                    "between persons",
                    at, i.adherence.level));
  if (i.stop && i.on && i.stop->kind == RuleKind::event && i.on->kind == RuleKind::event &&
      i.stop->event == i.on->event)
    throw Error(ErrorCode::unknown_name,
                fmt::format("{}/stop/on: \"{}\" cannot both start and end it", at, i.stop->event));
}

// The file of people of a cohort, whose path is seen from the scenario's folder.
void take_people(Cohort& cohort, const std::string& name, const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / *cohort.people;
  const std::string at = name + ": /cohort/people: ";
  constexpr std::uintmax_t most_bytes = 100'000'000;
  std::error_code none;
  if (std::filesystem::exists(file, none) && !std::filesystem::is_regular_file(file, none))
    throw Error(ErrorCode::cannot_read, at + file.string() + ": is not a file");
  if (const std::uintmax_t bytes = std::filesystem::file_size(file, none); !none && bytes > most_bytes)
    throw Error(ErrorCode::out_of_range, fmt::format("{}{}: has {} MB, expected at most {} MB", at, file.string(),
                                                     bytes / 1'000'000, most_bytes / 1'000'000));
  try {
    cohort.people_text = std::make_shared<const std::string>(read_file(file));
  } catch (const Error& error) {
    throw Error(error.code(), at + error.what());
  }
  const std::string checksum = fmt::format("{:016x}", name_hash(*cohort.people_text));
  if (cohort.people_checksum && *cohort.people_checksum != checksum)
    throw Error(ErrorCode::out_of_range,
                fmt::format("{}: /cohort/people_checksum: found {}, but that of {} is {}: these are other people",
                            name, *cohort.people_checksum, file.string(), checksum));
  cohort.people_checksum = checksum;
}

void check_who(Scenario& scenario, const std::string& name, const std::filesystem::path& folder) {
  if (const auto& m = scenario.patient.measurements; m && m->steps && m->activity)
    throw Error(ErrorCode::unknown_name,
                name + ": /patient/measurements/activity: is given besides \"steps\", expected one of the two");
  if (!scenario.cohort) return;
  Cohort& cohort = *scenario.cohort;
  if (cohort.population && cohort.people)
    throw Error(ErrorCode::unknown_name,
                name + ": /cohort/people: is given besides \"population\", expected one of the two");
  if (!cohort.population && !cohort.people)
    throw Error(ErrorCode::missing_value, name + ": /cohort/population: is missing, expected it or \"people\"");
  if (cohort.people && !cohort.country)
    throw Error(ErrorCode::missing_value, name + ": /cohort/country: is missing, expected it beside \"people\"");
  if (cohort.people_checksum && !cohort.people)
    throw Error(ErrorCode::unknown_name, name + ": /cohort/people_checksum: is given without \"people\"");
  if (cohort.age && !(cohort.age->from_y <= cohort.age->to_y))
    throw Error(ErrorCode::out_of_range,
                fmt::format("{}: /cohort/age: found {:g} to {:g} y, expected the younger first", name,
                            cohort.age->from_y, cohort.age->to_y));
  if (cohort.people) take_people(cohort, name, folder);
}

// What no single field can check.
void check_whole(Scenario& scenario, const std::string& name) {
  std::set<std::string> arm_names;
  const auto check_list = [&](std::vector<Intervention>& list, const std::string& pointer,
                              const std::vector<Intervention>& arm) {
    for (std::size_t k = 0; k < list.size(); ++k) {
      Intervention& i = list[k];
      const std::string at = fmt::format("{}: {}/{}", name, pointer, k);
      check_regimen(i, at);
      if (i.at_discharge) {
        const Intervention* stay = nullptr;
        for (const auto* stays : {&std::as_const(scenario).all_arms, &arm})
          for (const Intervention& other : *stays)
            if (other.type == InterventionType::hospital_stay && !other.at_discharge && !other.on &&
                (!stay || other.start_d < stay->start_d))
              stay = &other;
        if (!stay)
          throw Error(
              ErrorCode::missing_value,
              at + "/start: is \"discharge\", but there is no hospital_stay in \"all_arms\" or in the same arm");
        i.start_d = stay->start_d + *stay->duration_d;
        i.at_discharge = false;
      }
      if (!i.on && i.start_d >= scenario.horizon_d)
        throw Error(ErrorCode::out_of_range,
                    fmt::format("{}/start: found {:g} d, expected less than the horizon, {:g} d", at, i.start_d,
                                scenario.horizon_d));
    }
  };
  for (const auto& [programme, list] : scenario.programmes)
    for (std::size_t k = 0; k < list.size(); ++k) {
      const std::string at = fmt::format("{}: /programmes/{}/{}", name, programme, k);
      check_regimen(list[k], at);
      if (list[k].on || list[k].at_discharge)
        throw Error(ErrorCode::wrong_type,
                    at + "/start: a programme is started as a whole; expected the time from its beginning");
    }
  check_list(scenario.all_arms, "/all_arms", {});
  for (std::size_t a = 0; a < scenario.arms.size(); ++a) {
    Arm& arm = scenario.arms[a];
    if (!arm_names.insert(arm.name).second)
      throw Error(ErrorCode::unknown_name,
                  fmt::format("{}: /arms/{}/name: \"{}\" is the name of two arms", name, a, arm.name));
    const std::vector<Intervention> as_given = arm.interventions;
    check_list(arm.interventions, fmt::format("/arms/{}/interventions", a), as_given);
  }
}

}  // namespace

Scenario parse_scenario(const std::string& text, const std::string& name,
                        const std::optional<std::filesystem::path>& folder) {
  const Json document = parse_json(text, name);
  Scenario scenario;
  Reader(document, name, "").read(scenario);
  check_whole(scenario, name);
  check_who(scenario, name, folder.value_or(std::filesystem::path(name).parent_path()));
  if (scenario.cohort && scenario.cohort->people && !document.contains("members")) {
    try {
      scenario.members = CohortPeople(*scenario.cohort, scenario.seed).eligible_rows();
    } catch (const Error& error) {
      throw Error(error.code(), name + ": " + error.what());
    }
  }
  return scenario;
}

Evidence read_evidence(const std::filesystem::path& file) {
  const std::string name = file.string();
  const Json document = parse_json(read_file(file), name);
  Evidence evidence;
  Reader(document, name, "").read(evidence);
  evidence.id = file.stem().string();
  for (std::size_t k = 0; k < evidence.figures.size(); ++k) {
    const Figure& f = evidence.figures[k];
    if (!(f.low <= f.high))
      throw Error(ErrorCode::out_of_range,
                  fmt::format("{}: /figures/{}/low: found {:g}, expected at most \"high\"", name, k, f.low));
    if (takes_one(f.take) == f.from.has_value())
      throw Error(ErrorCode::missing_value,
                  fmt::format("{}: /figures/{}/from: {}", name, k,
                              f.from ? "is given, but what is taken is compared with nothing" : "is missing"));
    if (f.per && f.take != Take::hazard_ratio)
      throw Error(ErrorCode::unknown_name,
                  fmt::format("{}: /figures/{}/per: is given, but no \"hazard_ratio\" is taken", name, k));
  }
  return evidence;
}

std::string patched(const std::string& document, const std::string& patch) {
  Json whole = Json::parse(document);
  whole.merge_patch(Json::parse(patch));
  return whole.dump();
}

double read_time(const std::string& text, const std::string& name) {
  return Reader::read_text(text, name, dimension_time, Range{1, 36525});
}

double read_seconds(const std::string& text, const std::string& name) {
  return Reader::read_text(text, name, dimension_duration, Range{0.001, 1e7});
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream && stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  std::error_code none;  // a name too long for the system, say, is no file either
  const bool folder = std::filesystem::is_directory(file, none), there = std::filesystem::exists(file, none);
  if (!stream.is_open() || folder || text.fail())
    throw Error(ErrorCode::cannot_read, file.string() + ": cannot be read" +
                                            (folder  ? ": it is a folder"
                                             : there ? ""
                                                     : ": there is no such file"));
  return text.str();
}

std::string read_document(const std::filesystem::path& file) {
  constexpr std::uintmax_t most = std::uintmax_t{64} << 20;
  const std::string name = document_name(file);
  const auto too_large = [&] {
    return Error(ErrorCode::out_of_range,
                 fmt::format("{}: is larger than {} MB, expected a scenario", name, most >> 20));
  };
  std::error_code none;
  if (file != "-" && std::filesystem::is_regular_file(file, none)) {
    if (std::filesystem::file_size(file, none) > most) throw too_large();
    return read_file(file);
  }
  if (file != "-" && !std::filesystem::is_fifo(file, none) && !std::filesystem::is_character_file(file, none))
    return read_file(file);  // which says what is wrong with it
  std::ifstream stream;      // a pipe need not end, so its size shows only on the way
  if (file != "-") stream.open(file, std::ios::binary);
  std::istream& in = file == "-" ? std::cin : stream;
  std::string text, block(1 << 16, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(in.gcount()));
    if (text.size() > most) throw too_large();
  }
  if (in.bad() || (file != "-" && !stream.is_open())) throw Error(ErrorCode::cannot_read, name + ": cannot be read");
  return text;
}

std::string document_name(const std::filesystem::path& file) {
  return file == "-" ? "standard input" : file.string();
}

Scenario read_scenario(const std::filesystem::path& file) {
  return parse_scenario(read_document(file), document_name(file));
}

}  // namespace healthspan::scenarios
