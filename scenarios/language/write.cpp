#include <healthspan/scenarios/language/fields.hpp>
#include <healthspan/scenarios/language/language.hpp>

#include <nlohmann/json.hpp>

namespace healthspan::scenarios {

namespace {

using Json = nlohmann::ordered_json;

// Writes every field in its canonical unit.
class Writer {
 public:
  template <class T>
  static Json write(const T& value) {
    Writer writer;
    T copy = value;  // fields are declared once, for reading too
    visit_fields(writer, copy);
    return writer.object_;
  }

  void quantity(std::string_view name, double value, const Dimension&, Range, Presence, std::string_view) {
    put(name) = value;
  }
  void quantity(std::string_view name, const std::optional<double>& value, const Dimension&, Range, Presence,
                std::string_view) {
    if (value) put(name) = *value;
  }
  void start(std::string_view name, double value, bool, const std::optional<OnEvent>& on, std::string_view) {
    put(name) = on ? write(*on) : Json(value);
  }
  template <class I>
  void integer(std::string_view name, const std::optional<I>& value, Range, std::string_view) {
    if (value) put(name) = *value;
  }
  template <class I>
  void integer(std::string_view name, I value, Range, Presence, std::string_view) {
    put(name) = value;
  }
  template <class E>
  void choice(std::string_view name, E value, const Choices<E>& choices, Presence, std::string_view) {
    put(name) = name_of(choices, value);
  }
  template <class E>
  void choice(std::string_view name, const std::optional<E>& value, const Choices<E>& choices, std::string_view) {
    if (value) put(name) = name_of(choices, *value);
  }
  void text(std::string_view name, const std::optional<std::string>& value, std::string_view) {
    if (value) put(name) = *value;
  }
  template <class A, class B>
  void one_of(std::string_view name, const A& value, std::string_view, std::string_view other,
              const std::optional<B>& other_value, std::string_view) {
    if (other_value)
      put(other) = write(*other_value);
    else
      put(name) = write(value);
  }
  void text(std::string_view name, const std::string& value, Presence, std::string_view) { put(name) = value; }
  void adherence(std::string_view name, const Adherence& value, std::string_view) {
    const bool level_alone = !value.half_life_d && value.drop_out == 0 && value.spread == 0;
    put(name) = level_alone ? Json(value.level) : write(value);
  }
  void confirm(std::string_view name, const Confirm& value, std::string_view) {
    put(name) = value.after_d ? Json{{"after", *value.after_d}} : Json(value.again);
  }
  void programmes(std::string_view name, const std::map<std::string, std::vector<Intervention>>& values,
                  std::string_view) {
    if (values.empty()) return;
    Json& object = put(name) = Json::object();
    for (const auto& [programme, interventions] : values) {
      Json& array = object[programme] = Json::array();
      for (const Intervention& i : interventions) array.push_back(write(i));
    }
  }
  void flag(std::string_view name, bool value, std::string_view) { put(name) = value; }
  template <class T>
  void list(std::string_view name, const std::vector<T>& values, Presence, std::string_view) {
    if (values.empty()) return;
    Json& array = put(name) = Json::array();
    for (const T& value : values) array.push_back(write(value));
  }
  void names(std::string_view name, const std::vector<std::string>& values, std::string_view) {
    if (!values.empty()) put(name) = values;
  }
  template <class T>
  void object(std::string_view name, const T& value, Presence, std::string_view) {
    put(name) = write(value);
  }
  template <class T>
  void object(std::string_view name, const std::optional<T>& value, std::string_view) {
    if (value) put(name) = write(*value);
  }
  void parameters(std::string_view name, const std::map<std::string, ParameterChange>& values, std::string_view) {
    if (values.empty()) return;
    Json& object = put(name) = Json::object();
    for (const auto& [parameter, change] : values) {
      Json entry = Json::object();
      if (change.value) entry["value"] = *change.value;
      if (change.log_sd) entry["log_sd"] = *change.log_sd;
      if (change.uncertainty) entry["uncertainty"] = *change.uncertainty;
      object[parameter] = entry;
    }
  }
  void replacements(std::string_view name, const std::map<std::string, std::string>& values, std::string_view) {
    if (!values.empty()) put(name) = values;
  }
  void amounts(std::string_view name, const std::map<std::string, double>& values, Range, std::string_view) {
    if (!values.empty()) put(name) = values;
  }
  void pairs(std::string_view name, const std::map<std::string, std::pair<double, double>>& values, bool, Presence,
             std::string_view) {
    Json& object = put(name) = Json::object();
    for (const auto& [output, pair] : values) object[output] = {pair.first, pair.second};
  }

 private:
  Json& put(std::string_view name) { return object_[std::string(name)]; }
  Json object_ = Json::object();
};

}  // namespace

std::string write_scenario(const Scenario& scenario) { return Writer::write(scenario).dump(2) + "\n"; }

}  // namespace healthspan::scenarios
