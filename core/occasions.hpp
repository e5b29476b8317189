// What happens to one life at one instant: changes of its inputs, events and what they start. Everything that is due
// follows from the life and its frame alone, so a life that is put aside and taken up again goes on the same way.
#pragma once

#include <healthspan/core/life.hpp>
#include <healthspan/core/random.hpp>

#include <functional>
#include <vector>

namespace healthspan {

// Where lives go: the arms, when they are looked at, and what decides on their chance.
struct Course {
  const Composition* composition = nullptr;
  std::vector<Plan> arms;         // the first is the reference
  std::vector<double> reports_d;  // ascending; the last is the horizon
  double base_step_d = 15.21875;
  std::uint64_t seed = 0;
  std::vector<std::uint64_t> event_seeds;  // by arm, where the arms are not to share their chance
  bool weigh_deaths = false;               // nobody's life ends; its integrated hazard is the logarithm of its weight

  double horizon_d() const { return reports_d.back(); }
};

using EventLogger = std::function<void(const EventRecord&)>;

class Occasions {
 public:
  explicit Occasions(const Course& course);

  // A life that starts at its `frame` on day 0, with outputs up to date.
  void begin(Life& life, const std::vector<double>& frame) const;
  // Fits a life that went so far under a plan of these names to its arm here: what both know by name goes on, the
  // rest of the old is dropped, and what is new begins now. Under the same plan it changes nothing. `frame` is that
  // of now, as it was before anything happened at this time, its outputs up to date.
  void adopt(Life& life, const Plan::Names& before, const std::vector<double>& base,
             const std::vector<double>& frame) const;
  // Takes up a life under another seed: what has not yet struck is drawn anew, from where its hazards stand.
  void draw_anew(Life& life, const std::vector<double>& frame) const;

  // When something is due at a time that is known already: never before life.now_d, at most the horizon.
  double next_stop_d(const Life& life) const;
  // Whether something is due now. `value(slot)` is the present value of a quantity.
  template <class Value>
  bool due(const Life& life, const Value& value) const {
    if (next_known_d(life) <= life.now_d) return true;
    const Plan& plan = course_.arms[life.arm];
    for (std::size_t j = 0; j < plan.triggers().size(); ++j)
      if (life.armed[j] && plan.triggers()[j].excess(value(plan.triggers()[j].quantity)) >= 0) return true;
    const std::vector<Slot>& hazards = course_.composition->hazards();
    for (std::size_t k = 0; k < hazards.size(); ++k)
      if (value(hazards[k]) >= life.thresholds[k]) return true;
    return false;
  }
  // Makes everything happen that is due, in the order of EventKind; `base` is the person's frame without modifiers,
  // `frame` that of now, its outputs up to date before and after. Stops where the life ends.
  void pass(Life& life, const std::vector<double>& base, std::vector<double>& frame, const EventLogger& log) const;
  // Arms the triggers again whose quantity is back.
  template <class Value>
  void rearm(Life& life, const Value& value) const {
    const Plan& plan = course_.arms[life.arm];
    for (std::size_t j = 0; j < plan.triggers().size(); ++j) {
      const Plan::BoundTrigger& t = plan.triggers()[j];
      if (!life.armed[j] && t.excess(value(t.quantity)) < -t.hysteresis) life.armed[j] = 1;
    }
  }

 private:
  double next_known_d(const Life& life) const;
  double next_change_d(const Life& life) const;
  void set_inputs(const Life& life, double at_d, const std::vector<double>& base, std::vector<double>& frame) const;
  void strike(std::size_t event, EventKind kind, Life& life, const std::vector<double>& base,
              std::vector<double>& frame, const EventLogger& log) const;
  void start(std::size_t reaction, Life& life, const std::vector<double>& frame, const EventLogger& log) const;
  void stop(std::size_t reaction, Life& life, const EventLogger& log) const;
  bool followed(std::size_t event, const Plan& plan) const;
  void follow_up(std::size_t event, Life& life, const std::vector<double>& base, std::vector<double>& frame,
                 const EventLogger& log) const;
  void visit(std::size_t which, Life& life, const std::vector<double>& base, std::vector<double>& frame,
             const EventLogger& log) const;
  bool pass_one(Life& life, const std::vector<double>& base, std::vector<double>& frame,
                const EventLogger& log) const;

  const Course& course_;
  std::vector<std::vector<Stream>> thresholds_;           // [arm][hazard]
  std::vector<std::vector<std::vector<Stream>>> errors_;  // [arm][visit][measurement]
  std::vector<std::vector<Stream>> attendance_;           // [arm][visit]
  std::vector<std::vector<Stream>> adherence_;            // [arm][reaction]
  std::vector<std::vector<Slot>> untouched_;              // by arm: outside inputs that stay the person's own
};

}  // namespace healthspan
