// Where the lives of a system start: candidates for each member, until one's start is eligible and shows what was
// measured.
#include <healthspan/scenarios/given.hpp>
#include <healthspan/scenarios/measured.hpp>
#include <healthspan/scenarios/system.hpp>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

constexpr int most_starts = 1000;  // that are looked at for an eligible one
// The same for each of 16 members before a run. Together they look at 2,800 candidates beyond the first of each, so
// that where one in 500 is eligible, nobody is found once in 260 times.
constexpr int most_starts_of_check = 200;

}  // namespace

System::Candidate System::candidate(std::uint64_t member, std::uint64_t from) const {
  Candidate c;
  if (people_) {
    c.eligible = people_->eligible(member, from);
    const Patient person = patient_of(c.eligible.person);
    c.frame = medians_by_sex_[person.sex == Sex::male];
    if (const auto level = composition_.find("physical_activity_level")) c.frame[*level] = medians_[*level];
    give(c.frame, person);
    c.measured = measured_of(person);
    c.level_follows = !person.physical_activity_level;
  } else {
    c.eligible.candidate = from;
    c.frame = medians_;
    c.measured = measured_of(middle_);
  }
  return c;
}

void System::check_measurements(const Scenario& scenario) const {
  if (scenario.cohort) return;
  check_given(middle_, composition_);
  if (!scenario.patient.measurements) return;
  const models::Measurements<double> measured = measured_of(middle_);
  for (std::size_t k = 0; k < measured.size(); ++k)
    if (const char* name = models::measured_quantities[k].quantity;
        !std::isnan(measured[k]) && !composition_.find(name))
      throw Error(ErrorCode::unknown_name,
                  fmt::format("/patient/measurements/{}: none of the modules has this quantity", name));
  if (!places_)
    throw Error(ErrorCode::unknown_name, "/patient/measurements: the modules have no activity to start from");
}

// The life at the medians keeps the latent parameters that its measurements ask for, and the branch that it is on.
void System::keep_latents() {
  std::vector<double> life = medians_;
  const models::Measurements<double> measured = measured_of(middle_);
  const auto start = models::start_as_measured(composition_, life, measured, wanted_branch_, false);
  if (!(start.placed > 0.5)) {
    if (!people_) throw Error(ErrorCode::no_equilibrium, conflict_in_words(composition_, medians_, middle_, branch_));
    return;  // nobody needs to be like the middle
  }
  for (const models::MeasuredQuantity& m : models::measured_quantities)
    if (const auto latent = composition_.find(m.latent)) medians_[*latent] = life[*latent];
  const Slot activity = composition_.slot("activity");
  std::vector<double> again = medians_;
  models::personalise(composition_, again, branch_);
  constexpr double another_way_of_life = 1e-6;  // roots are closed to about 1e-15
  if (std::fabs(again[activity] - life[activity]) > another_way_of_life)
    branch_ = branch_ == models::Branch::active ? models::Branch::inactive : models::Branch::active;
}

void System::check_measured(const Cohort& cohort) const {
  for (std::size_t k = 0; k < cohort.measured.size(); ++k) {
    const CohortMeasurement& m = cohort.measured[k];
    const std::string &name = m.quantity, called = m.as.value_or(m.quantity);
    const std::string at = fmt::format("/cohort/measured/{}", k);
    for (std::size_t j = 0; j < k; ++j)
      if (cohort.measured[j].as.value_or(cohort.measured[j].quantity) == called)
        throw Error(ErrorCode::unknown_name, fmt::format("{}: there is a test \"{}\" already, expected another name "
                                                         "in \"as\"",
                                                         at, called));
    if (m.as && (place_of_quantity(*m.as) != no_quantity || composition_.find(*m.as)))
      throw Error(ErrorCode::unknown_name,
                  fmt::format("{}/as: \"{}\" is a quantity, expected a name of its own", at, *m.as));
    if (m.relative && m.sd >= 1)
      throw Error(ErrorCode::out_of_range,
                  fmt::format("{}/error: found {:g}, expected less than 1 of a share of the value", at, m.sd));
    if (cohort.people)
      throw Error(ErrorCode::wrong_type,
                  at + ": how much of a value is error can be told from a population, not from a table of people");
    const auto among = [&](const std::vector<std::size_t>& quantities) {
      return std::find(quantities.begin(), quantities.end(), place_of_quantity(name)) != quantities.end();
    };
    if (const std::size_t place = place_of_quantity(name);
        place != no_quantity && person_quantities()[place].lowest == 0 && person_quantities()[place].highest == 1)
      throw Error(
          ErrorCode::unknown_name,
          fmt::format("{}/quantity: \"{}\" is known of people, expected something that is measured", at, name));
    const std::vector<std::size_t>& sampled = Population::of(*cohort.population).sampled();
    if (among(people_->quantities()) && !among(sampled))
      throw Error(
          ErrorCode::unknown_name,
          fmt::format("{}/quantity: \"{}\" of these people follows from others, expected one of those", at, name));
    if ((among(sampled) && !cohort.measured[k].as) || composition_.find(name)) continue;
    std::vector<std::string> names;
    for (const std::size_t q : sampled) names.push_back(person_quantities()[q].name);
    for (const SlotInfo& slot : composition_.slots()) names.push_back(slot.name);
    throw Error(ErrorCode::unknown_name,
                fmt::format("{}/quantity: neither these people nor this system have a quantity \"{}\"{}", at, name,
                            hint_of_many(name, names)));
  }
}

void System::eligible_at_start(const Cohort& cohort, std::uint64_t seed) {
  const std::string& text = *cohort.eligibility_at_start;
  std::vector<std::string> names;
  for (const SlotInfo& slot : composition_.slots()) names.push_back(slot.name);
  if (!places_)
    throw Error(ErrorCode::unknown_name, "/cohort/eligibility_at_start: the modules have no activity to start from");
  if (people_->rows() > 0)
    throw Error(
        ErrorCode::wrong_type,
        "/cohort/eligibility_at_start: people of a table cannot be replaced by others, expected a population");
  try {
    start_condition_ = Condition(text);
    for (const std::string& name : start_condition_.names()) {
      const auto m = std::find_if(cohort.measured.begin(), cohort.measured.end(), [&](const CohortMeasurement& with) {
        return with.as.value_or(with.quantity) == name;
      });
      const bool erring = m != cohort.measured.end();
      const auto slot = composition_.find(erring ? m->quantity : name);
      if (!slot)
        throw Error(ErrorCode::unknown_name,
                    "there is no quantity \"" + name + "\" in this system" + hint_of_many(name, names));
      start_seen_.push_back(
          {*slot, erring ? m->sd : 0.0, erring && m->relative, Stream(seed, "measured at start:" + name)});
    }
    start_condition_.settle_units([&](const std::string& name) {
      const auto& names_of = start_condition_.names();
      const auto k = std::find(names_of.begin(), names_of.end(), name) - names_of.begin();
      return composition_.slots()[start_seen_[static_cast<std::size_t>(k)].slot].unit;
    });
  } catch (const Error& error) {
    throw Error(error.code(), std::string("/cohort/eligibility_at_start: ") + error.what());
  }
}

// Whether there is anybody at all, before anything is run.
void System::check_starts() const {
  std::vector<PlacedMember> first(Pack<16>::width);
  std::vector<Pack<16>> frame;
  place(0, frame, first.data(), most_starts_of_check);
  std::uint64_t tested = 0;
  for (const PlacedMember& member : first) {
    if (member.placed) return;
    tested += member.tested;
  }
  throw Error(ErrorCode::out_of_range,
              fmt::format("/cohort/eligibility_at_start: \"{}\": of {} candidates for the first members none was "
                          "eligible, expected at least one in a few hundred",
                          start_condition_.text(), tested));
}

int System::most_attempts() const { return start_condition_.empty() ? 80 : most_starts; }

template <class R>
void System::place(std::uint64_t first, std::vector<R>& frame, PlacedMember* found, int limit) const {
  // Whom no start shows as measured gets other hidden parameters first, then another person takes his place, and at
  // once where the start is not an eligible one.
  constexpr int lanes = lanes_of<R>, draws_per_person = 8;
  std::array<std::uint64_t, lanes> next{}, now{};
  std::array<int, lanes> draws{};  // of the present person
  std::array<bool, lanes> waits;
  waits.fill(true);
  frame.assign(composition_.size(), R(std::numeric_limits<double>::quiet_NaN()));
  std::vector<R> trial(composition_.size(), R(0.0));
  models::Measurements<R> measured;
  for (int attempt = 0; attempt < limit; ++attempt) {
    bool level_follows = false, anybody = false;
    for (int i = 0; i < lanes; ++i) {
      const auto l = static_cast<std::size_t>(i);
      if (!waits[l]) continue;
      anybody = true;
      const bool newcomer = draws[l] == 0;
      const std::uint64_t member = first + static_cast<std::uint64_t>(i);
      Candidate c = candidate(member, newcomer ? next[l] : now[l]);
      now[l] = c.eligible.candidate;
      next[l] = now[l] + 1;
      draws[l] = (draws[l] + 1) % draws_per_person;
      draw_parameters(c.frame, member, static_cast<std::uint64_t>(attempt));
      level_follows = c.level_follows;
      for (std::size_t s = 0; s < trial.size(); ++s) set_lane(trial[s], i, c.frame[s]);
      for (std::size_t k = 0; k < measured.size(); ++k) set_lane(measured[k], i, c.measured[k]);
      if (!found || !newcomer) continue;
      found[i].tested += c.eligible.tested;
      ++found[i].eligible;
      found[i].person = std::move(c.eligible.person);
    }
    if (!anybody) return;
    std::vector<R> started = trial;
    const auto start = models::start_as_measured(composition_, started, measured, wanted_branch_, level_follows);
    if (!start_condition_.empty()) composition_.outputs(started.data());
    for (int i = 0; i < lanes; ++i) {
      const auto l = static_cast<std::size_t>(i);
      if (!waits[l] || !(lane(start.placed, i) > 0.5)) continue;
      std::vector<double> shown;
      for (const Seen& seen : start_seen_) {
        const double own = lane(started[seen.slot], i);
        const double error = seen.relative ? seen.error * own : seen.error;
        shown.push_back(own + error * seen.stream.normal(first + l, static_cast<std::uint64_t>(attempt)));
      }
      if (!start_condition_.holds(shown)) {
        draws[l] = 0;
        if (found) --found[i].eligible;
        continue;
      }
      waits[l] = false;
      for (std::size_t s = 0; s < frame.size(); ++s) set_lane(frame[s], i, lane(started[s], i));
      if (!found) continue;
      found[i].placed = true;
      found[i].other_branch = lane(start.placed, i) > 1.5;
    }
  }
}

template void System::place(std::uint64_t, std::vector<double>&, PlacedMember*, int) const;
template void System::place(std::uint64_t, std::vector<Pack<4>>&, PlacedMember*, int) const;
template void System::place(std::uint64_t, std::vector<Pack<8>>&, PlacedMember*, int) const;
template void System::place(std::uint64_t, std::vector<Pack<16>>&, PlacedMember*, int) const;

std::vector<PlacedMember> System::placed(std::uint64_t first, std::uint64_t count) const {
  using Lanes = Pack<16>;
  const std::uint64_t packs = (count + Lanes::width - 1) / Lanes::width;
  std::vector<PlacedMember> members(packs * Lanes::width);
  tbb::parallel_for(std::uint64_t{0}, packs, [&](std::uint64_t pack) {
    std::vector<Lanes> frame;
    PlacedMember* const found = &members[pack * Lanes::width];
    if (places_) return place(first + pack * Lanes::width, frame, found, most_attempts());
    for (std::uint64_t i = 0; i < Lanes::width; ++i) {
      CohortPeople::Eligible e = people_->eligible(first + pack * Lanes::width + i, 0);
      found[i] = {std::move(e.person), e.tested, 1, true, false};
    }
  });
  members.resize(count);
  return members;
}

}  // namespace healthspan::scenarios
