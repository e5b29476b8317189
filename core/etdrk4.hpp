// Diagonal exponential Runge-Kutta stepper of order 4: x' = -k x + N(x, t), with the linear part of each relaxing
// state integrated exactly and the rest explicitly. Cox & Matthews, J Comput Phys 176:430 (2002), eqs 26-29,
// DOI 10.1006/jcph.2002.6995. For k = 0 it is the classical Runge-Kutta method.
// Satisfies Odeint's Stepper concept.
#pragma once

#include <healthspan/core/elementary.hpp>
#include <healthspan/core/pack.hpp>

#include <boost/numeric/odeint/stepper/stepper_categories.hpp>
#include <boost/numeric/odeint/util/unwrap_reference.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace healthspan {

// phi_1..phi_3 of z <= 0, phi_j(z) = sum of z^i / (i + j)!, and exp(z).
template <class R>
struct PhiFunctions {
  R exp_z, phi1, phi2, phi3;

  explicit PhiFunctions(const R& z) {
    // The closed forms lose digits to cancellation near zero; there the series of phi_3 is used and the others
    // follow upwards. 14 terms leave 0.5^14 / 17! < 1e-18.
    R series(0.0);
    for (int i = 13; i >= 0; --i) series = (i == 13 ? R(1.0) : R(1.0 + z * series / static_cast<double>(i + 4)));
    const R near3 = series / 6.0;
    const R near2 = 0.5 + z * near3;
    const R near1 = 1.0 + z * near2;
    const R far_exp = exp(z);
    const R far1 = (far_exp - 1.0) / z;
    const R far2 = (far1 - 1.0) / z;
    const R far3 = (far2 - 0.5) / z;
    const auto far = z < -0.5;
    exp_z = far_exp;
    phi1 = select(far, far1, near1);
    phi2 = select(far, far2, near2);
    phi3 = select(far, far3, near3);
  }
};

// Every lane has its own rate constants and its own step.
template <class R>
class Etdrk4 {
 public:
  using state_type = std::vector<R>;
  using deriv_type = state_type;
  using value_type = double;
  using time_type = double;
  using order_type = unsigned short;
  using stepper_category = boost::numeric::odeint::stepper_tag;

  static constexpr order_type order() { return 4; }

  // Rate constants of one lane (1/d, zero for states that do not relax); they hold until the next call.
  void relax(int i, const std::vector<double>& constants) {
    if (constants_.empty()) constants_.assign(constants.size(), R(0.0));
    for (std::size_t s = 0; s < constants.size(); ++s) set_lane(constants_[s], i, constants[s]);
    LaneSteps& steps = lanes_[static_cast<std::size_t>(i)];
    steps.recent.clear();
    steps.length_d = -1.0;
    bool fits = !group_of_.empty();
    for (std::size_t s = 0; s < constants.size() && fits; ++s) {
      const std::size_t first = member_of_[group_of_[s]];
      fits = constants[s] == constants[first];
    }
    if (!fits) group();
  }

  // The step of one lane from now on.
  void set_step(int i, double length_d) {
    LaneSteps& steps = lanes_[static_cast<std::size_t>(i)];
    if (steps.length_d == length_d) return;
    steps.length_d = length_d;
    auto known = std::find_if(steps.recent.begin(), steps.recent.end(),
                              [&](const Column& column) { return column.length_d == length_d; });
    if (known == steps.recent.end()) {
      if (steps.recent.size() == columns_kept) steps.recent.pop_back();
      known = steps.recent.insert(steps.recent.end(), column(i, length_d));
    }
    std::rotate(steps.recent.begin(), known, known + 1);
    const std::vector<double>& values = steps.recent.front().values;
    for (std::size_t g = 0; g < table_.size(); ++g)
      for (std::size_t c = 0; c < coefficients; ++c) set_lane(table_[g][c], i, values[g * coefficients + c]);
  }

  // One step of every lane from (u, t), where the rates are dudt, with system(x, rates, R time). A lane whose step is
  // 0 stays where it is.
  template <class System>
  void do_step(System& system, state_type& u, const state_type& dudt, const R& t) {
    const std::size_t n = u.size();
    for (state_type* s : {&n1_, &n2_, &n3_, &n4_, &a_, &b_}) s->resize(n);
    R h(0.0);
    for (int i = 0; i < lanes_of<R>; ++i) set_lane(h, i, std::max(0.0, lanes_[static_cast<std::size_t>(i)].length_d));

    for (std::size_t i = 0; i < n; ++i) {
      const Coefficients& c = table_[group_of_[i]];
      n1_[i] = dudt[i] + constants_[i] * u[i];
      a_[i] = c[half] * u[i] + c[q] * n1_[i];
    }
    system(a_, n2_, R(t + 0.5 * h));
    for (std::size_t i = 0; i < n; ++i) {
      const Coefficients& c = table_[group_of_[i]];
      n2_[i] += constants_[i] * a_[i];
      b_[i] = c[half] * u[i] + c[q] * n2_[i];
    }
    system(b_, n3_, R(t + 0.5 * h));
    for (std::size_t i = 0; i < n; ++i) {
      const Coefficients& c = table_[group_of_[i]];
      n3_[i] += constants_[i] * b_[i];
      b_[i] = c[half] * a_[i] + c[q] * (2.0 * n3_[i] - n1_[i]);
    }
    system(b_, n4_, R(t + h));
    for (std::size_t i = 0; i < n; ++i) {
      const Coefficients& c = table_[group_of_[i]];
      n4_[i] += constants_[i] * b_[i];
      u[i] = c[full] * u[i] + c[f1] * n1_[i] + c[f2] * (n2_[i] + n3_[i]) + c[f3] * n4_[i];
    }
  }

  // The same for Odeint, with one step for all lanes. Without rate constants given before, nothing relaxes.
  template <class System>
  void do_step(System system_or_reference, state_type& u, double t, double h) {
    auto& system = static_cast<typename boost::numeric::odeint::unwrap_reference<System>::type&>(system_or_reference);
    for (int i = 0; i < lanes_of<R>; ++i) {
      if (constants_.empty()) relax(i, std::vector<double>(u.size(), 0.0));
      set_step(i, h);
    }
    first_.resize(u.size());
    system(u, first_, R(t));
    do_step(system, u, first_, R(t));
  }

 private:
  enum : std::size_t { full, half, q, f1, f2, f3, coefficients };
  using Coefficients = std::array<R, coefficients>;
  struct Column {
    double length_d;
    std::vector<double> values;  // [group][coefficient]
  };
  struct LaneSteps {
    double length_d = -1.0;
    std::vector<Column> recent;
  };
  // The base step, the steps that grow after a switch, and some odd ones.
  static constexpr std::size_t columns_kept = 8;

  // States with equal rate constants in every lane share their coefficients.
  void group() {
    member_of_.clear();
    group_of_.assign(constants_.size(), 0);
    for (std::size_t s = 0; s < constants_.size(); ++s) {
      std::size_t g = 0;
      while (g < member_of_.size() && !all(constants_[member_of_[g]] == constants_[s])) ++g;
      if (g == member_of_.size()) member_of_.push_back(s);
      group_of_[s] = g;
    }
    table_.assign(member_of_.size(), Coefficients{});
    for (auto& row : table_) row.fill(R(0.0));
    for (int i = 0; i < lanes_of<R>; ++i) {
      LaneSteps& steps = lanes_[static_cast<std::size_t>(i)];
      const double length_d = steps.length_d;
      steps = LaneSteps{};
      if (length_d >= 0.0) set_step(i, length_d);
    }
  }

  // Four groups at a time; the bits are those of any width.
  Column column(int i, double length_d) const {
    Column result{length_d, std::vector<double>(member_of_.size() * coefficients)};
    for (std::size_t begin = 0; begin < member_of_.size(); begin += 4) {
      const std::size_t end = std::min(begin + 4, member_of_.size());
      Pack<4> k(0.0);
      for (std::size_t g = begin; g < end; ++g)
        k.set(static_cast<int>(g - begin), lane(constants_[member_of_[g]], i));
      const double h = length_d;
      const PhiFunctions<Pack<4>> whole(Pack<4>(-h * k)), halved(Pack<4>(-0.5 * h * k));
      const std::array<Pack<4>, coefficients> c{whole.exp_z,
                                                halved.exp_z,
                                                0.5 * h * halved.phi1,
                                                h * (whole.phi1 - 3.0 * whole.phi2 + 4.0 * whole.phi3),
                                                2.0 * h * (whole.phi2 - 2.0 * whole.phi3),
                                                h * (4.0 * whole.phi3 - whole.phi2)};
      for (std::size_t g = begin; g < end; ++g)
        for (std::size_t which = 0; which < coefficients; ++which)
          result.values[g * coefficients + which] = c[which][static_cast<int>(g - begin)];
    }
    return result;
  }

  std::vector<R> constants_;
  std::vector<std::size_t> group_of_, member_of_;  // of each state, and one state of each group
  std::vector<Coefficients> table_;                // by group
  std::array<LaneSteps, static_cast<std::size_t>(lanes_of<R>)> lanes_;
  state_type n1_, n2_, n3_, n4_, a_, b_, first_;
};

}  // namespace healthspan
