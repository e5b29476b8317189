#include <healthspan/scenarios/language/fields.hpp>
#include <healthspan/scenarios/language/language.hpp>

#include <nlohmann/json.hpp>

namespace healthspan::scenarios {

namespace {

using Json = nlohmann::ordered_json;

// Collects the schema of one kind of object from its fields.
class SchemaMaker {
 public:
  template <class T>
  static Json schema_of(T prototype) {
    if constexpr (requires { kinds_of(prototype); }) {
      Json alternatives = Json::array();
      for (const auto& [name, kind] : kinds_of(prototype)) {
        prototype.kind = kind;
        alternatives.push_back(schema_of_fields(prototype));
      }
      return {{"oneOf", alternatives}};
    } else {
      return schema_of_fields(prototype);
    }
  }
  template <class T>
  static Json schema_of_fields(T& prototype) {
    SchemaMaker maker;
    visit_fields(maker, prototype);
    Json schema{{"type", "object"}, {"additionalProperties", false}, {"properties", maker.properties_}};
    if (!maker.required_.empty()) schema["required"] = maker.required_;
    if (!maker.one_of_.empty()) schema["allOf"] = maker.one_of_;
    return schema;
  }
  // The fields of some objects depend on their type: one alternative each.
  static Json schema_of(Intervention) { return alternatives_of<Intervention>(intervention_types); }
  static Json schema_of(Event) { return alternatives_of<Event>(event_types); }
  template <class T, class Types>
  static Json alternatives_of(const Types& types) {
    Json alternatives = Json::array();
    for (const auto& [name, type] : types) {
      T prototype;
      prototype.type = type;
      SchemaMaker maker;
      visit_fields(maker, prototype);
      maker.properties_["type"] = {{"const", name}};
      Json schema{{"type", "object"}, {"additionalProperties", false}, {"properties", maker.properties_}};
      if (!maker.required_.empty()) schema["required"] = maker.required_;
      if (!maker.one_of_.empty()) schema["allOf"] = maker.one_of_;
      alternatives.push_back(schema);
    }
    return {{"oneOf", alternatives}};
  }

  template <class Target>
  void quantity(std::string_view name, const Target&, const Dimension& dimension, Range range, Presence presence,
                std::string_view doc) {
    const std::string canonical(dimension.units.front().name);
    Json units = Json::array();
    std::string pattern;
    Json names = Json::array({name});
    for (const UnitName& unit : dimension.units) {
      units.push_back(unit.name);
      pattern += (pattern.empty() ? "" : "|") + std::string(unit.name);
      if (unit.name == "1") continue;
      std::string suffix(unit.name);
      if (const std::size_t slash = suffix.find('/'); slash != std::string::npos) suffix.replace(slash, 1, "_per_");
      const std::string key = std::string(name) + "_" + suffix;
      properties_[key] = number_within(range, unit.in_canonical);
      properties_[key]["description"] = std::string(doc) + " (" + std::string(unit.name) + ")";
      names.push_back(key);
    }
    const Json number = number_within(range, 1);
    const std::string digits = "[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?";
    const Json text{{"type", "string"}, {"pattern", "^\\s*" + digits + "\\s*(" + pattern + ")\\s*$"}};
    const Json object{{"type", "object"},
                      {"additionalProperties", false},
                      {"required", {"value", "unit"}},
                      {"properties", {{"value", {{"type", "number"}}}, {"unit", {{"enum", units}}}}}};
    const Json ways = canonical == "1" ? Json::array({number, object}) : Json::array({number, text, object});
    property(name, {{"oneOf", ways}, {"description", std::string(doc) + " (" + canonical + ")"}}, Presence::optional);
    // Required under exactly one of its names.
    if (presence == Presence::required) {
      Json alternatives = Json::array();
      for (const Json& alternative : names) alternatives.push_back({{"required", {alternative}}});
      one_of_.push_back({{"oneOf", alternatives}});
    }
  }
  void start(std::string_view name, double value, bool, const std::optional<OnEvent>&, std::string_view doc) {
    quantity(name, value, dimension_time, Range{0, 36525}, Presence::optional, doc);
    properties_[std::string(name)]["oneOf"].push_back({{"const", "discharge"}});
    const Json rules = schema_of(OnEvent{});
    for (const Json& way : rules["oneOf"]) properties_[std::string(name)]["oneOf"].push_back(way);
  }
  template <class I>
  void integer(std::string_view name, const std::optional<I>&, Range range, std::string_view doc) {
    integer(name, I{}, range, Presence::optional, doc);
  }
  template <class I>
  void integer(std::string_view name, I, Range range, Presence presence, std::string_view doc) {
    property(name, {{"type", "integer"}, {"minimum", range.low}, {"maximum", range.high}, {"description", doc}},
             presence);
  }
  template <class E>
  void choice(std::string_view name, E, const Choices<E>& choices, Presence presence, std::string_view doc) {
    Json names = Json::array();
    for (const auto& [choice_name, value] : choices) names.push_back(choice_name);
    property(name, {{"enum", names}, {"description", doc}}, presence);
  }
  template <class E>
  void choice(std::string_view name, const std::optional<E>&, const Choices<E>& choices, std::string_view doc) {
    choice(name, E{}, choices, Presence::optional, doc);
  }
  void text(std::string_view name, const std::optional<std::string>&, std::string_view doc) {
    property(name, {{"type", "string"}, {"minLength", 1}, {"description", doc}}, Presence::optional);
  }
  template <class A, class B>
  void one_of(std::string_view name, const A& value, std::string_view doc, std::string_view other,
              const std::optional<B>&, std::string_view other_doc) {
    object(name, value, Presence::optional, doc);
    object(other, B{}, Presence::optional, other_doc);
    one_of_.push_back(
        {{"oneOf", Json::array({{{"required", Json::array({name})}}, {{"required", Json::array({other})}}})}});
  }
  void text(std::string_view name, const std::string&, Presence presence, std::string_view doc) {
    Json schema{{"type", "string"}, {"description", doc}};
    if (presence == Presence::required) schema["minLength"] = 1;
    property(name, schema, presence);
  }
  void adherence(std::string_view name, const Adherence& prototype, std::string_view doc) {
    quantity(name, prototype.level, dimension_none, Range{0, 1}, Presence::optional, doc);
    properties_[std::string(name)]["oneOf"].push_back(schema_of(prototype));
  }
  void confirm(std::string_view name, const Confirm&, std::string_view doc) {
    SchemaMaker after;
    after.quantity("after", 0.0, dimension_time, Range{0.01, 3652.5}, Presence::required,
                   "When it is looked at again");
    const Json again{{"type", "object"},
                     {"additionalProperties", false},
                     {"properties", after.properties_},
                     {"allOf", after.one_of_}};
    property(name, {{"oneOf", Json::array({{{"type", "boolean"}}, again})}, {"description", doc}},
             Presence::optional);
  }
  void programmes(std::string_view name, const std::map<std::string, std::vector<Intervention>>&,
                  std::string_view doc) {
    const Json list{{"type", "array"}, {"items", schema_of(Intervention{})}};
    property(name, {{"type", "object"}, {"additionalProperties", list}, {"description", doc}}, Presence::optional);
  }
  void flag(std::string_view name, bool, std::string_view doc) {
    property(name, {{"type", "boolean"}, {"description", doc}}, Presence::optional);
  }
  template <class T>
  void list(std::string_view name, const std::vector<T>&, Presence presence, std::string_view doc) {
    Json schema{{"type", "array"}, {"items", schema_of(T{})}, {"description", doc}};
    if (presence == Presence::required) schema["minItems"] = 1;
    property(name, schema, presence);
  }
  void names(std::string_view name, const std::vector<std::string>&, std::string_view doc) {
    property(name, {{"type", "array"}, {"items", {{"type", "string"}}}, {"uniqueItems", true}, {"description", doc}},
             Presence::optional);
  }
  template <class T>
  void object(std::string_view name, const T& value, Presence presence, std::string_view doc) {
    Json schema = schema_of(value);
    schema["description"] = doc;
    property(name, schema, presence);
  }
  template <class T>
  void object(std::string_view name, const std::optional<T>&, std::string_view doc) {
    object(name, T{}, Presence::optional, doc);
  }
  void parameters(std::string_view name, const std::map<std::string, ParameterChange>&, std::string_view doc) {
    const Json change{{"type", "object"},
                      {"additionalProperties", false},
                      {"properties",
                       {{"value", {{"type", "number"}}},
                        {"log_sd", {{"type", "number"}, {"minimum", 0}, {"maximum", 2}}},
                        {"uncertainty", {{"type", "number"}, {"minimum", 0}, {"maximum", 2}}}}}};
    property(name,
             {{"type", "object"},
              {"additionalProperties", {{"oneOf", {Json{{"type", "number"}}, change}}}},
              {"description", doc}},
             Presence::optional);
  }
  void replacements(std::string_view name, const std::map<std::string, std::string>&, std::string_view doc) {
    property(name, {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}, {"description", doc}},
             Presence::optional);
  }
  void amounts(std::string_view name, const std::map<std::string, double>&, Range range, std::string_view doc) {
    const Json amount{{"type", "number"}, {"minimum", range.low}, {"maximum", range.high}};
    property(name, {{"type", "object"}, {"additionalProperties", amount}, {"description", doc}}, Presence::optional);
  }
  void pairs(std::string_view name, const std::map<std::string, std::pair<double, double>>&, bool, Presence presence,
             std::string_view doc) {
    const Json pair{{"type", "array"}, {"items", {{"type", "number"}}}, {"minItems", 2}, {"maxItems", 2}};
    property(name, {{"type", "object"}, {"additionalProperties", pair}, {"description", doc}}, presence);
  }

 private:
  static Json number_within(Range range, double unit) {
    const Json number{{"type", "number"}, {"minimum", range.low / unit}, {"maximum", range.high / unit}};
    if (!range.or_zero) return number;
    return {{"anyOf", Json::array({Json{{"const", 0}}, number})}};
  }
  void property(std::string_view name, Json schema, Presence presence) {
    properties_[std::string(name)] = std::move(schema);
    if (presence == Presence::required) required_.push_back(name);
  }

  Json properties_ = Json::object();
  Json required_ = Json::array();
  Json one_of_ = Json::array();
};

}  // namespace

std::string scenario_schema() {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "healthspan scenario"}};
  schema.update(SchemaMaker::schema_of(Scenario{}));
  return schema.dump(2) + "\n";
}

}  // namespace healthspan::scenarios
