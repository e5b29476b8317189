#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/language/place.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace healthspan::scenarios {

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> steps_of(const Json& document, const std::string& place) {
  const bool pointer = place.find('/') != std::string::npos;
  if (!pointer && place.find('.') == std::string::npos) {
    if (document.contains(place) || place == "members" || place == "seed") return {place};
    if (document.contains("patient") && document["patient"].is_object() && document["patient"].contains(place))
      return {"patient", place};
    return {"parameters", place};
  }
  std::vector<std::string> steps;
  std::size_t from = pointer && place[0] == '/' ? 1 : 0;
  while (true) {
    const std::size_t to = place.find(pointer ? '/' : '.', from);
    steps.push_back(place.substr(from, to - from));
    if (to == std::string::npos) return steps;
    from = to + 1;
  }
}

}  // namespace

std::string with_value(const std::string& document, const std::string& place, const std::string& value,
                       const std::string& option) {
  Json whole = Json::parse(document, nullptr, false);
  if (!whole.is_object()) return document;  // whoever reads it says what is wrong with it
  Json* here = &whole;
  std::string pointer;
  for (const std::string& step : steps_of(whole, place)) {
    if (step.empty())
      throw Error(ErrorCode::usage,
                  fmt::format("{}: found \"{}\", expected a path such as patient.age", option, place));
    if (here->is_array()) {
      const bool number =
          step.size() < 6 && std::all_of(step.begin(), step.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (!number || std::stoul(step) >= here->size())
        throw Error(ErrorCode::unknown_name, fmt::format("{}: {}: found \"{}\", expected a number below {}", option,
                                                         pointer, step, here->size()));
      here = &(*here)[std::stoul(step)];
    } else if (here->is_object() || here->is_null()) {
      here = &(*here)[step];
    } else {
      throw Error(ErrorCode::wrong_type,
                  fmt::format("{}: {} is a single value, so there is no \"{}\" in it", option, pointer, step));
    }
    pointer += "/" + step;
  }
  Json parsed = Json::parse(value, nullptr, false);
  if (parsed.is_discarded()) parsed = value;
  if (parsed.is_number() && here->is_object() && here->contains("value"))
    (*here)["value"] = parsed;
  else
    *here = parsed;
  return whole.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace healthspan::scenarios
