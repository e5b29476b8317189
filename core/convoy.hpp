// Lives that travel side by side in the lanes of a pack, each with its own clock and its own step, so that nobody
// waits: a lane that something happens to is set back and goes on by itself, and one whose life is over takes up the
// next. A life has the same bits whoever travels beside it.
#pragma once

#include <healthspan/core/occasions.hpp>
#include <healthspan/core/path.hpp>

#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace healthspan {

// An event that the flow brings about is found to this many days, on the side where it has come about.
inline constexpr double event_tolerance_d = 1e-8;

// A life as it sets out: new, or taken up where it was put aside.
struct Departure {
  Life life;  // of a new one only member and arm
  bool taken_up = false;
  std::vector<double> base;   // the person, without modifiers
  std::vector<double> frame;  // the same as it stands now: states and outside inputs matter
};

// Next: bool operator()(Departure&) fills in who goes next; false when there is nobody left.
// Watch: void report(const Life&, std::size_t index, value)      value(Slot) is a quantity at reports_d[index];
//                                                                what happens at this time has not happened yet
//        void happened(const EventRecord&)                       if `listen` is true
//        void finished(const Life&, value)                       at the horizon, at the end of the life, or failed
template <class R, class Path>
class Convoy {
 public:
  static constexpr int lanes = lanes_of<R>;

  Convoy(const Course& course, Path path)
      : course_(course),
        composition_(*course.composition),
        path_(std::move(path)),
        occasions_(course),
        system_(composition_, frame_),
        frame_(composition_.size(), R(0.0)),
        x_(composition_.states()),
        rates_(composition_.states(), R(0.0)),
        thresholds_(composition_.hazards().size(), R(never)) {
    for (const Plan& plan : course.arms) triggers_ = triggers_ || !plan.triggers().empty();
  }

  Convoy(const Convoy&) = delete;
  Convoy& operator=(const Convoy&) = delete;

  template <class Next, class Watch>
  void carry(Next&& next, Watch&& watch, bool listen = false) {
    logger_ = listen ? EventLogger([&](const EventRecord& record) { watch.happened(record); }) : EventLogger();
    sailing_ = 0;
    for (int i = 0; i < lanes; ++i) {
      berth(i).sails = false;
      embark(i, next, watch);
    }
    while (sailing_ > 0) {
      step();
      for (int i = 0; i < lanes; ++i)
        if (berth(i).sails) judge(i, next, watch);
    }
  }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();

  // The search for the moment within a step at which an event comes about. Times are days since the step began.
  struct Search {
    bool on = false;
    double low_d = 0, high_d = 0;               // nothing has come about at low, something has at high
    std::vector<double> at_low, at_high;        // of hazards and triggers: excess over the threshold or level
    std::vector<double> slope_low, slope_high;  // of hazards
    int moved = 0, same_side = 0, tries = 0;    // which end moved last, +1 high, and how often in a row
    double width_d = 0;                         // of the bracket, two tries ago
  };
  struct Berth {
    Departure who;
    bool sails = false;
    double stop_d = 0;  // the next time at which something is known to be due
    double tried_d = 0;
    bool lands = false;                  // the step that is tried ends at the stop
    std::vector<double> trigger_excess;  // at the beginning of the step
    double path_memory = 0;
    Search search;
  };

  Berth& berth(int i) { return berths_[static_cast<std::size_t>(i)]; }
  auto value_in(int i) const {
    return [this, i](Slot slot) { return lane(frame_[slot], i); };
  }

  // Takes the next life that goes anywhere into a lane; leaves the lane idle when there is none.
  template <class Next, class Watch>
  void embark(int i, Next&& next, Watch&& watch) {
    Berth& b = berth(i);
    sailing_ -= b.sails;
    for (b.sails = false; !b.sails;) {
      b.who = Departure{};
      if (!next(b.who)) {
        steps_d_[static_cast<std::size_t>(i)] = 0.0;
        for (auto& threshold : thresholds_) set_lane(threshold, i, never);
        return;
      }
      Life& life = b.who.life;
      one_ = b.who.frame;
      one_[composition_.time()] = life.now_d;
      composition_.outputs(one_.data());
      if (!b.who.taken_up) occasions_.begin(life, one_);
      for (std::size_t s = 0; s < composition_.states(); ++s) life.failed = life.failed || !std::isfinite(one_[s]);
      if (!life.failed && !life.ended()) {
        path_.restart(i, one_);
        if (b.who.taken_up) path_.remember(life.path_memory);
        put(i);
        b.search.on = false;
        b.sails = arrive(i, watch, false, true);
      }
      if (!b.sails) watch.finished(static_cast<const Life&>(life), [this](Slot slot) { return one_[slot]; });
    }
    ++sailing_;
  }

  // Every lane tries its step: afterwards the frame is that of its end, and `rates_` too.
  void step() {
    const auto states = static_cast<std::ptrdiff_t>(composition_.states());
    x_.assign(frame_.begin(), frame_.begin() + states);
    start_x_ = x_;
    start_rates_ = rates_;
    R begin(0.0), end(0.0);
    bool reports = triggers_;
    for (int i = 0; i < lanes; ++i) {
      Berth& b = berth(i);
      const double now = b.sails ? b.who.life.now_d : 0.0;
      set_lane(begin, i, now);
      set_lane(end, i, b.sails && b.lands ? b.stop_d : now + steps_d_[static_cast<std::size_t>(i)]);
      reports = reports || (b.sails && b.lands);
    }
    path_.advance(system_, x_, rates_, begin, steps_d_);
    system_.place(x_, end);
    outputs_known_ = reports;
    if (reports) {
      composition_.outputs(frame_.data());
      composition_.rates(frame_.data(), rates_.data());
    } else {
      composition_.right_hand_side(frame_.data(), rates_.data());
    }
    unsound_ = R(0.0);
    for (const R& x : x_) unsound_ += x * 0.0;  // not a number if any state is not finite
  }

  template <class Next, class Watch>
  void judge(int i, Next&& next, Watch&& watch) {
    Berth& b = berth(i);
    Life& life = b.who.life;
    if (lane(unsound_, i) != 0.0) {
      life.failed = true;
      disembark(i, next, watch);
      return;
    }
    bool crossed = b.search.on;
    const std::vector<Slot>& hazards = composition_.hazards();
    for (std::size_t k = 0; k < hazards.size(); ++k)
      crossed = crossed || lane(frame_[hazards[k]], i) >= lane(thresholds_[k], i);
    const auto& triggers = course_.arms[life.arm].triggers();
    for (std::size_t j = 0; j < triggers.size() && !crossed; ++j)
      crossed = life.armed[j] && triggers[j].excess(lane(frame_[triggers[j].quantity], i)) >= 0;
    if (crossed && !found(i)) {
      set_back(i);
      return;
    }
    const bool here = crossed || b.lands;
    life.now_d = b.lands ? b.stop_d : life.now_d + b.tried_d;
    b.search.on = false;
    if (!triggers.empty()) occasions_.rearm(life, value_in(i));
    if (!here)
      choose(i);
    else if (!arrive(i, watch, crossed, outputs_known_))
      disembark(i, next, watch);
  }

  template <class Next, class Watch>
  void disembark(int i, Next&& next, Watch&& watch) {
    watch.finished(static_cast<const Life&>(berth(i).who.life), value_in(i));
    embark(i, next, watch);
  }

  void set_back(int i) {
    for (std::size_t s = 0; s < x_.size(); ++s) {
      set_lane(frame_[s], i, lane(start_x_[s], i));
      set_lane(rates_[s], i, lane(start_rates_[s], i));
    }
    path_.remember(berth(i).path_memory);
    set_step(i, berth(i).tried_d);
  }

  // Takes the end of the step that was tried into the search. True when it is the moment; otherwise the step to try
  // next is set.
  bool found(int i) {
    Berth& b = berth(i);
    Search& s = b.search;
    const std::vector<Slot>& hazards = composition_.hazards();
    const auto& triggers = course_.arms[b.who.life.arm].triggers();
    const std::size_t n = hazards.size();
    excess_.resize(n + triggers.size());
    slope_.resize(n);
    bool any = false;
    for (std::size_t k = 0; k < n; ++k) {
      excess_[k] = lane(frame_[hazards[k]], i) - lane(thresholds_[k], i);
      slope_[k] = lane(rates_[hazards[k]], i);
      any = any || excess_[k] >= 0;
    }
    for (std::size_t j = 0; j < triggers.size(); ++j) {
      const bool armed = b.who.life.armed[j];
      excess_[n + j] = armed ? triggers[j].excess(lane(frame_[triggers[j].quantity], i)) : -1.0;
      any = any || excess_[n + j] >= 0;
    }
    if (!s.on) {
      s.on = true;
      s.low_d = 0;
      s.moved = s.same_side = s.tries = 0;
      s.width_d = b.tried_d;
      s.at_low.resize(excess_.size());
      s.slope_low.resize(n);
      for (std::size_t k = 0; k < n; ++k) {
        s.at_low[k] = lane(start_x_[hazards[k]], i) - lane(thresholds_[k], i);
        s.slope_low[k] = lane(start_rates_[hazards[k]], i);
      }
      for (std::size_t j = 0; j < triggers.size(); ++j) s.at_low[n + j] = b.trigger_excess[j];
    }
    const int side = any ? 1 : -1;
    s.same_side = s.moved == side ? s.same_side + 1 : 0;
    s.moved = side;
    ++s.tries;
    (any ? s.high_d : s.low_d) = b.tried_d;
    (any ? s.at_high : s.at_low) = excess_;
    (any ? s.slope_high : s.slope_low) = slope_;

    const double width = s.high_d - s.low_d;
    if (any) {
      // Done when everything that has come about did so within the tolerance: by the rate of a hazard, by the chord
      // of a trigger where the bracket is so short that the chord is as good as the curve, or by the bracket itself.
      // The chord misleads where a curve is flat at its root, and there the search takes long.
      const bool straight = width <= 0.01 && s.tries <= 20;
      bool done = true;
      for (std::size_t e = 0; e < excess_.size() && done; ++e) {
        if (excess_[e] < 0) continue;
        const double slope = e < n ? slope_[e] : straight ? 0.5 * (excess_[e] - s.at_low[e]) / width : 0.0;
        done = excess_[e] <= slope * event_tolerance_d;
      }
      if (done || width <= event_tolerance_d || s.tries > 200) return true;
    }
    double root = width;  // days after low
    for (std::size_t e = 0; e < excess_.size(); ++e) {
      if (s.at_high[e] < 0) continue;
      double share;
      if (e < n) {
        share = crossing(s.at_low[e], s.at_high[e], s.slope_low[e] * width, s.slope_high[e] * width, 0.0);
      } else {
        // Regula falsi with the value of an end that has stayed halved each time (Illinois).
        const double stale = std::ldexp(1.0, -s.same_side);
        const double low = -s.at_low[e] * (s.moved > 0 ? stale : 1.0),
                     high = s.at_high[e] * (s.moved < 0 ? stale : 1.0);
        share = low / (low + high);
      }
      root = std::min(root, share * width);
    }
    // Every four tries halve the bracket at least, so that the search ends in time wherever the root lies.
    if (s.tries % 2 == 0) {
      if (width > 0.5 * s.width_d) root = 0.5 * width;
      s.width_d = width;
    }
    // A little late rather than early: the event has to have come about.
    double next_d = s.low_d + root + 0.25 * event_tolerance_d;
    if (width <= event_tolerance_d)
      next_d = s.high_d;
    else if (!(next_d < s.high_d))
      next_d = s.high_d - 0.5 * event_tolerance_d;
    b.tried_d = next_d;
    return false;
  }

  // At a time at which something may be due. `struck`: an event has come about in the flow. False when the life goes
  // no further.
  template <class Watch>
  bool arrive(int i, Watch&& watch, bool struck, bool outputs_known) {
    Berth& b = berth(i);
    Life& life = b.who.life;
    const std::vector<double>& reports = course_.reports_d;
    while (life.next_report < reports.size() && reports[life.next_report] <= life.now_d) {
      const std::size_t index = life.next_report++;
      life.path_memory = path_.memory();
      if (reports[index] == life.now_d) watch.report(static_cast<const Life&>(life), index, value_in(i));
    }
    if (life.next_report == reports.size()) return false;
    if (struck || occasions_.due(life, value_in(i))) {
      for (std::size_t s = 0; s < one_.size(); ++s) one_[s] = lane(frame_[s], i);
      if (!outputs_known) composition_.outputs(one_.data());
      occasions_.pass(life, b.who.base, one_, logger_);
      put(i);
      if (life.ended() || life.failed) return false;
      path_.restart(i, one_);
    }
    b.stop_d = occasions_.next_stop_d(life);
    choose(i);
    return true;
  }

  void choose(int i) {
    Berth& b = berth(i);
    Life& life = b.who.life;
    const auto& triggers = course_.arms[life.arm].triggers();
    b.trigger_excess.resize(triggers.size());
    for (std::size_t j = 0; j < triggers.size(); ++j)
      b.trigger_excess[j] = triggers[j].excess(lane(frame_[triggers[j].quantity], i));
    b.path_memory = path_.memory();
    set_step(i, step_towards(b.stop_d, life.now_d, life.calm_since_d, course_.base_step_d));
  }
  void set_step(int i, double length_d) {
    Berth& b = berth(i);
    b.tried_d = steps_d_[static_cast<std::size_t>(i)] = length_d;
    // Their sum may round to the stop or beyond although the step is shorter than the way.
    b.lands = length_d == b.stop_d - b.who.life.now_d || b.who.life.now_d + length_d >= b.stop_d;
  }

  // Puts the scalar frame `one_`, its outputs up to date, into a lane.
  void put(int i) {
    const Berth& b = berth(i);
    const Life& life = b.who.life;
    one_rates_.resize(composition_.states());
    composition_.rates(one_.data(), one_rates_.data());
    for (std::size_t s = 0; s < one_.size(); ++s) set_lane(frame_[s], i, one_[s]);
    for (std::size_t s = 0; s < one_rates_.size(); ++s) set_lane(rates_[s], i, one_rates_[s]);
    for (std::size_t k = 0; k < thresholds_.size(); ++k) set_lane(thresholds_[k], i, life.thresholds[k]);
    const auto& events = course_.arms[life.arm].events();
    for (std::size_t e = 0; e < events.size(); ++e) {
      if (!events[e].since) continue;
      const Slot slot = *events[e].since;
      R& origin = origins_.try_emplace(slot, R(0.0)).first->second;
      set_lane(origin, i, life.occurrences[e] > 0 ? life.last_d[e] : -b.who.base[slot]);
      system_.clock(slot, origin);
    }
  }

  const Course& course_;
  const Composition& composition_;
  Path path_;
  Occasions occasions_;
  RightHandSide<R> system_;
  std::vector<R> frame_, x_, rates_, start_x_, start_rates_, thresholds_;
  R unsound_;
  std::map<Slot, R> origins_;
  LaneTimes<R> steps_d_{};
  std::array<Berth, static_cast<std::size_t>(lanes)> berths_;
  std::vector<double> one_, one_rates_, excess_, slope_;
  EventLogger logger_;
  int sailing_ = 0;
  bool triggers_ = false;       // some arm has triggers: outputs are needed after every step
  bool outputs_known_ = false;  // those of the end of the step, not only what the rates need
};

}  // namespace healthspan
