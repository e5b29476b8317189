#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/language/place.hpp>
#include <healthspan/scenarios/sweep.hpp>

#include <fmt/format.h>

#include <cmath>

namespace healthspan::scenarios {

Factor factor_of(const std::string& text, bool with_points) {
  const auto fail = [&] {
    throw Error(ErrorCode::usage,
                fmt::format("--over: found \"{}\", expected {}", text,
                            with_points ? "PATH=FROM:TO:N such as patient.age=70:90:5, with N from 2 to 1000"
                                        : "PATH=LOW:HIGH such as relative_strength=0.8:1.2, LOW below HIGH"));
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) fail();
  Factor factor;
  factor.place = text.substr(0, equals);
  std::string rest = text.substr(equals + 1);
  const auto next = [&] {  // the number in front
    std::size_t used = 0;
    double value = NAN;
    try {
      value = std::stod(rest, &used);
    } catch (const std::exception&) {
    }
    if (!std::isfinite(value)) fail();
    rest.erase(0, used);
    return value;
  };
  const auto colon = [&] {
    if (rest.empty() || rest[0] != ':') fail();
    rest.erase(0, 1);
  };
  factor.low = next();
  colon();
  factor.high = next();
  if (with_points) {
    colon();
    const double points = next();
    if (!(points >= 2 && points <= 1000) || points != std::floor(points)) fail();
    factor.points = static_cast<std::size_t>(points);
  }
  rest.erase(0, rest.find_first_not_of(' ') == std::string::npos ? rest.size() : rest.find_first_not_of(' '));
  factor.unit = rest;
  if (rest.find_first_of(":=\"") != std::string::npos ||
      (with_points ? factor.low == factor.high : !(factor.low < factor.high)))
    fail();
  return factor;
}

Sweep::Sweep(std::string text, std::string name, std::vector<Factor> factors, RunOptions options, bool one_pilot)
    : text_(std::move(text)),
      name_(std::move(name)),
      factors_(std::move(factors)),
      options_(std::move(options)),
      one_pilot_(one_pilot) {
  options_.pictures = false;
}

std::vector<SweptOutcome> Sweep::at(const std::vector<double>& values) {
  std::string text = text_, name = name_;
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    const Factor& f = factors_[i];
    const std::string number = fmt::format("{}", values[i]);
    text = with_value(text, f.place, f.unit.empty() ? number : number + " " + f.unit, "--over " + f.place);
    name +=
        fmt::format("{} {}={:.6g}{}", i == 0 ? " with" : ",", f.place, values[i], f.unit.empty() ? "" : " " + f.unit);
  }
  Scenario scenario = parse_scenario(text, name);
  if (members) scenario.members = *members;
  if (seed) scenario.seed = *seed;
  if (one_pilot_ && numerics_) scenario.numerics = numerics_;
  const RunResult result = [&] {
    try {
      return run(System(scenario), scenario, options_);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) throw;
      throw Error(error.code(), name + ": " + error.what());
    }
  }();
  if (one_pilot_) numerics_ = result.resolved.numerics;
  std::vector<SweptOutcome> all;
  const Summary& s = *result.summary;
  const auto add = [&](const Outcome& o, std::size_t arm, const std::string& reference, const Estimate& e) {
    all.push_back(
        {o.name, o.unit, result.arm_names[arm], reference, e.value / o.per_unit, e.error / o.per_unit, e.members});
  };
  for (const Outcome& o : result.outcomes)
    for (std::size_t a = 0; a < result.arm_names.size(); ++a) add(o, a, "", s.outcome(a, o.index));
  for (std::size_t a = 1; a < result.arm_names.size(); ++a)
    for (const Outcome& o : result.outcomes) add(o, a, result.arm_names[0], s.paired(a, o.index));
  return all;
}

}  // namespace healthspan::scenarios
