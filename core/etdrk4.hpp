// Diagonal exponential Runge-Kutta stepper of order 4: x' = -k x + N(x, t), with the linear part of each relaxing
// state integrated exactly and the rest explicitly. Cox & Matthews, J Comput Phys 176:430 (2002), eqs 26-29,
// DOI 10.1006/jcph.2002.6995. For k = 0 it is the classical Runge-Kutta method.
// Satisfies Odeint's Stepper concept.
#pragma once

#include <healthspan/core/elementary.hpp>
#include <healthspan/core/pack.hpp>

#include <boost/numeric/odeint/stepper/stepper_categories.hpp>
#include <boost/numeric/odeint/util/unwrap_reference.hpp>

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

  // Rate constants (1/d, zero for states that do not relax); they hold until the next call.
  void relax(const std::vector<R>& constants) {
    constants_ = constants;
    groups_.clear();
    group_of_.resize(constants.size());
    for (std::size_t i = 0; i < constants.size(); ++i) {
      std::size_t g = 0;
      while (g < groups_.size() && !all(groups_[g] == constants[i])) ++g;
      if (g == groups_.size()) groups_.push_back(constants[i]);
      group_of_[i] = g;
    }
    cache_.clear();
  }

  // The rates at the beginning of the last step, for states that do not relax (the hazards).
  const std::vector<R>& first_rates() const { return n1_; }

  template <class System>
  void do_step(System system_or_reference, state_type& u, double t, double h) {
    auto& system = static_cast<typename boost::numeric::odeint::unwrap_reference<System>::type&>(system_or_reference);
    const std::size_t n = u.size();
    for (state_type* s : {&n1_, &n2_, &n3_, &n4_, &a_, &b_}) s->resize(n);
    const std::vector<Coefficients>& table = coefficients(h);

    system(u, n1_, t);
    for (std::size_t i = 0; i < n; ++i) {
      const Coefficients& c = table[group_of_[i]];
      n1_[i] += constants_[i] * u[i];
      a_[i] = c.half * u[i] + c.q * n1_[i];
    }
    system(a_, n2_, t + 0.5 * h);
    for (std::size_t i = 0; i < n; ++i) {
      const Coefficients& c = table[group_of_[i]];
      n2_[i] += constants_[i] * a_[i];
      b_[i] = c.half * u[i] + c.q * n2_[i];
    }
    system(b_, n3_, t + 0.5 * h);
    for (std::size_t i = 0; i < n; ++i) {
      const Coefficients& c = table[group_of_[i]];
      n3_[i] += constants_[i] * b_[i];
      b_[i] = c.half * a_[i] + c.q * (2.0 * n3_[i] - n1_[i]);
    }
    system(b_, n4_, t + h);
    for (std::size_t i = 0; i < n; ++i) {
      const Coefficients& c = table[group_of_[i]];
      n4_[i] += constants_[i] * b_[i];
      u[i] = c.full * u[i] + c.f1 * n1_[i] + c.f2 * (n2_[i] + n3_[i]) + c.f3 * n4_[i];
    }
  }

 private:
  struct Coefficients {
    R full, half, q, f1, f2, f3;
  };
  struct Cached {
    double h;
    std::vector<Coefficients> table;  // by group of equal rate constants
  };

  const std::vector<Coefficients>& coefficients(double h) {
    for (const Cached& entry : cache_)
      if (entry.h == h) return entry.table;
    // The base step and the steps that grow after a switch; more would only be kept to be forgotten.
    if (cache_.size() == 6) cache_.pop_back();
    Cached entry{h, {}};
    for (const R& k : groups_) {
      const PhiFunctions<R> whole(R(-h * k));
      const PhiFunctions<R> half(R(-0.5 * h * k));
      entry.table.push_back({whole.exp_z, half.exp_z, 0.5 * h * half.phi1,
                             h * (whole.phi1 - 3.0 * whole.phi2 + 4.0 * whole.phi3),
                             2.0 * h * (whole.phi2 - 2.0 * whole.phi3), h * (4.0 * whole.phi3 - whole.phi2)});
    }
    cache_.push_back(std::move(entry));
    return cache_.back().table;
  }

  std::vector<R> constants_, groups_;
  std::vector<std::size_t> group_of_;
  std::vector<Cached> cache_;
  state_type n1_, n2_, n3_, n4_, a_, b_;
};

}  // namespace healthspan
