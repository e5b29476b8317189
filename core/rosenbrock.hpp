// Adaptive Rosenbrock stepper of order 4(3) for stiff systems x' = f(x, t): the steps follow what the solution does
// and not its fastest rate constant, at the price of one Jacobian and one LU factorisation each, and with no
// iteration that could fail to converge. L-stable and stiffly accurate, both formulas. Satisfies Odeint's controlled
// stepper concept.
//
// The method is RODASP: G. Steinebach, Order-reduction of ROW-methods for DAEs and method of lines applications,
// Preprint 1741, TH Darmstadt (1995); in the code RODAS of E. Hairer & G. Wanner, Solving Ordinary Differential
// Equations II, 2nd ed. (1996), DOI 10.1007/978-3-642-05221-7, it is METH = 3. Against RODAS's own first choice, METH
// = 1, it follows a fast state behind a target that moves with time with order 3 instead of 1. Odeint's rosenbrock4
// is that first choice with the sign of d4 wrong (Boost 1.74), which leaves order 1 for every system that knows the
// time.
#pragma once

#include <healthspan/core/elementary.hpp>
#include <healthspan/core/errors.hpp>

#include <Eigen/LU>
#include <boost/numeric/odeint/stepper/controlled_step_result.hpp>
#include <boost/numeric/odeint/stepper/stepper_categories.hpp>
#include <boost/numeric/odeint/util/unwrap_reference.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#ifndef EIGEN_DONT_VECTORIZE
#error "Define EIGEN_DONT_VECTORIZE: from 10 states on, Eigen's vector code rounds as the instruction set has it"
#endif

namespace healthspan {

// The method's constants in the form that needs no product with the Jacobian (Hairer & Wanner, section IV.7): with
// W = I / (gamma h) - df/dx,  W u_i = f(x + sum_j a_ij u_j, t + alpha_i h) + sum_j c_ij u_j / h + d_i h df/dt.
// The last row of a, with 1 for the last u, is the solution; the row above, in the same way, the embedded one, so
// that the last u is the estimate of the error.
struct Rodasp {
  static constexpr std::size_t stages = 6;
  static constexpr double gamma = 0.25;
  static constexpr double alpha[stages] = {0.0, 0.75, 0.21, 0.63, 1.0, 1.0};
  static constexpr double d[stages] = {0.25, -0.5, -0.023504, -0.0362, 0.0, 0.0};
  // clang-format off
  static constexpr double a[stages][stages - 1] = {
      {},
      {3.0},
      {1.831036793486759, 0.4955183967433795},
      {2.304376582692669, -0.05249275245743001, -1.176798761832782},
      {-7.170454962423024, -4.741636671481785, -16.31002631330971, -1.062004044111401},
      {-7.170454962423024, -4.741636671481785, -16.31002631330971, -1.062004044111401, 1.0}};
  static constexpr double c[stages][stages - 1] = {
      {},
      {-12.0},
      {-8.791795173947035, -2.207865586973518},
      {10.81793056857153, 6.780270611428266, 19.53485944642410},
      {34.19095006749676, 15.49671153725963, 54.74760875964130, 14.16005392148534},
      {34.62605830930532, 15.30084976114473, 56.99955578662667, 18.40807009793095, -5.714285714285717}};
  // clang-format on
};

class Rosenbrock4 {
 public:
  using state_type = std::vector<double>;
  using deriv_type = state_type;
  using value_type = double;
  using time_type = double;
  using order_type = unsigned short;
  using stepper_category = boost::numeric::odeint::controlled_stepper_tag;

  static constexpr order_type order() { return 4; }

  // A step is accepted if the estimated error of every state is at most absolute + relative * |state|, in the state's
  // own unit, with |state| the larger of before and after. It is the worst state that counts, not the mean square, so
  // that bystanders loosen nothing. The ratio absolute / relative is the size below which a state is as good as zero;
  // the Jacobian's increments rely on it. Throws Error(out_of_range) unless both are positive.
  Rosenbrock4(double absolute_tolerance, double relative_tolerance)
      : absolute_(absolute_tolerance), relative_(relative_tolerance) {
    if (!(absolute_tolerance > 0.0) || !(relative_tolerance > 0.0))
      throw Error(ErrorCode::out_of_range, "Rosenbrock4: tolerances have to be positive, not " +
                                               std::to_string(absolute_tolerance) + " and " +
                                               std::to_string(relative_tolerance));
  }

  // Tries one step of length dt, in the time unit of `system`, which is called as system(x, dxdt, t), for n states n
  // + 8 times, with every t in the step. On success x and t are those at the end of the step and dt is the length
  // proposed for the next. On failure x and t are as before and dt is smaller; a right-hand side that is not finite
  // and a singular matrix are failures like an error that is too large. Nothing is remembered from step to step: what
  // follows a switch knows nothing of what was before, and the same step has the same bits.
  template <class System>
  boost::numeric::odeint::controlled_step_result try_step(System system_or_reference, state_type& x, double& t,
                                                          double& dt) {
    auto& system = static_cast<typename boost::numeric::odeint::unwrap_reference<System>::type&>(system_or_reference);
    resize(x.size());
    const double h = dt;
    const double error = linearise(system, x, t, h) ? advance(system, x, t, h) : not_finite;
    // The estimate falls as h^4. Safety and limits are those of RODAS (0.9; 1/6 and 5 in the inverse); two square
    // roots, unlike pow, are rounded correctly everywhere.
    dt = h * std::clamp(0.9 / std::sqrt(std::sqrt(error)), 0.2, 6.0);
    if (!(error <= 1.0)) return boost::numeric::odeint::fail;
    x = point_;
    t += h;
    return boost::numeric::odeint::success;
  }

 private:
  static constexpr double not_finite = std::numeric_limits<double>::infinity();

  void resize(std::size_t n) {
    if (point_.size() == n) return;
    for (state_type* v : {&point_, &rate_, &first_, &time_slope_}) v->resize(n);
    const auto rows = static_cast<Eigen::Index>(n);
    matrix_.resize(rows, rows);
    lu_ = Eigen::PartialPivLU<Eigen::MatrixXd>(rows);
    right_.resize(rows);
    for (Eigen::VectorXd& u : u_) u.resize(rows);
  }

  // Sets first_ to f, time_slope_ to df/dt and lu_ to the factors of W, all at the beginning of the step. False if W
  // is singular or not finite.
  template <class System>
  bool linearise(System& system, const state_type& x, double t, double h) {
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    const std::size_t n = x.size();
    system(x, first_, t);

    // Forward differences over half of a state's digits: as much of the quotient is lost to curvature as to rounding.
    // The scale is the state's own size or, where it passes through zero, the size that its tolerance calls zero. The
    // increment has the sign of the rate: where the state is going its equations can be expected to hold, on the
    // other side of an empty store or a full one perhaps not.
    const double least = absolute_ / relative_;
    point_ = x;
    for (std::size_t j = 0; j < n; ++j) {
      point_[j] += std::copysign(std::sqrt(epsilon) * std::max(std::fabs(x[j]), least), first_[j]);
      const double increment = point_[j] - x[j];  // what rounding has left of it
      system(point_, rate_, t);
      point_[j] = x[j];
      double* column = matrix_.data() + j * n;
      for (std::size_t i = 0; i < n; ++i) column[i] = (first_[i] - rate_[i]) / increment;
      column[j] += 1.0 / (Rodasp::gamma * h);
    }

    // df/dt enters with the full weight of a driven fast state, so it gets three points, all inside the step, where
    // no switch can be. The cube root balances their h^2 against the rounding of f and, relative to h, of t.
    const double share = pow(epsilon * (1.0 + std::fabs(t / h)), 1.0 / 3.0);
    const double near = (t + share * h) - t, far = (t + 2.0 * share * h) - t;
    system(x, time_slope_, t + near);
    system(x, rate_, t + far);
    for (std::size_t i = 0; i < n; ++i) {
      const double near_slope = (time_slope_[i] - first_[i]) / near, far_slope = (rate_[i] - first_[i]) / far;
      time_slope_[i] = (near_slope * far - far_slope * near) / (far - near);
    }

    lu_.compute(matrix_);
    // A zero pivot is looked for here, because substitution skips it where it meets a zero. Whatever is not finite in
    // W ends in a pivot as well: elimination multiplies and skips nothing.
    for (Eigen::Index i = 0; i < matrix_.rows(); ++i) {
      const double pivot = std::fabs(lu_.matrixLU()(i, i));
      if (!(pivot > 0.0 && pivot < not_finite)) return false;
    }
    return true;
  }

  // Leaves the new state in point_. Returns the estimated error in units of the tolerance; infinity if the new state
  // is not finite.
  template <class System>
  double advance(System& system, const state_type& x, double t, double h) {
    const std::size_t n = x.size();
    for (std::size_t stage = 0; stage < Rodasp::stages; ++stage) {
      for (std::size_t i = 0; i < n; ++i) {
        double shift = 0.0, carried = 0.0;
        for (std::size_t j = 0; j < stage; ++j) {
          shift += Rodasp::a[stage][j] * u_[j].data()[i];
          carried += Rodasp::c[stage][j] * u_[j].data()[i];
        }
        point_[i] = x[i] + shift;
        right_.data()[i] = carried / h + Rodasp::d[stage] * h * time_slope_[i];
      }
      if (stage > 0) system(point_, rate_, t + Rodasp::alpha[stage] * h);
      const state_type& rate = stage > 0 ? rate_ : first_;
      for (std::size_t i = 0; i < n; ++i) right_.data()[i] += rate[i];
      u_[stage] = lu_.solve(right_);
    }
    double worst = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const double error = u_.back().data()[i];
      point_[i] += error;
      if (!std::isfinite(point_[i])) return not_finite;
      const double size = std::max(std::fabs(x[i]), std::fabs(point_[i]));
      worst = std::max(worst, std::fabs(error) / (absolute_ + relative_ * size));
    }
    return worst;
  }

  double absolute_, relative_;
  state_type point_, rate_, first_, time_slope_;
  Eigen::MatrixXd matrix_;
  Eigen::PartialPivLU<Eigen::MatrixXd> lu_;
  Eigen::VectorXd right_;
  std::array<Eigen::VectorXd, Rodasp::stages> u_;
};

}  // namespace healthspan
