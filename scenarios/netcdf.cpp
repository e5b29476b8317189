#include "version.hpp"

#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/netcdf.hpp>

#ifdef HEALTHSPAN_HAS_NETCDF
#include <netcdf.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace healthspan::scenarios {

#ifdef HEALTHSPAN_HAS_NETCDF

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// A file that is being written. All that is in it is declared first, since the classic format puts it at the head.
class File {
 public:
  explicit File(const std::filesystem::path& file) : name_(file.string()) {
    check(nc_create(name_.c_str(), NC_CLOBBER | NC_64BIT_OFFSET, &id_));
  }
  ~File() {
    if (id_ >= 0) nc_abort(id_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int dimension(const char* name, std::size_t size) {
    int dimension = 0;
    check(nc_def_dim(id_, name, size, &dimension));
    return dimension;
  }
  void attribute(const std::string& name, const std::string& value) { attribute(NC_GLOBAL, name, value); }

  void numbers(const std::string& name, const std::vector<int>& dimensions, const std::string& unit,
               const std::string& meaning, std::vector<double> values) {
    int variable = 0;
    check(
        nc_def_var(id_, name.c_str(), NC_DOUBLE, static_cast<int>(dimensions.size()), dimensions.data(), &variable));
    check(nc_put_att_double(id_, variable, "_FillValue", NC_DOUBLE, 1, &nan));
    attribute(variable, "units", unit);
    attribute(variable, "long_name", meaning);
    numbers_.emplace_back(variable, std::move(values));
  }
  void labels(const std::string& name, int dimension_, const std::vector<std::string>& values,
              const std::string& meaning) {
    std::size_t width = 1;
    for (const std::string& value : values) width = std::max(width, value.size());
    const std::array<int, 2> dimensions{dimension_, dimension((name + "_letters").c_str(), width)};
    int variable = 0;
    check(nc_def_var(id_, name.c_str(), NC_CHAR, 2, dimensions.data(), &variable));
    attribute(variable, "_Encoding", "utf-8");
    attribute(variable, "long_name", meaning);
    std::string letters;
    for (std::string value : values) {
      value.resize(width, '\0');
      letters += value;
    }
    labels_.emplace_back(variable, std::move(letters));
  }
  void write() {
    check(nc_enddef(id_));
    for (const auto& [variable, values] : numbers_) check(nc_put_var_double(id_, variable, values.data()));
    for (const auto& [variable, letters] : labels_) check(nc_put_var_text(id_, variable, letters.data()));
    const int id = id_;
    id_ = -1;
    check(nc_close(id));
  }

 private:
  void attribute(int variable, const std::string& name, const std::string& value) {
    check(nc_put_att_text(id_, variable, name.c_str(), value.size(), value.c_str()));
  }
  void check(int status) const {
    if (status != NC_NOERR)
      throw Error(ErrorCode::cannot_write, name_ + ": cannot be written: " + nc_strerror(status));
  }

  std::string name_;
  int id_ = -1;
  std::vector<std::pair<int, std::vector<double>>> numbers_;
  std::vector<std::pair<int, std::string>> labels_;
};

double known(double value) { return std::isfinite(value) ? value : nan; }

}  // namespace

bool has_netcdf() { return true; }

void write_netcdf(const RunResult& r, const System& system, const std::filesystem::path& path) {
  const Summary& s = *r.summary;
  const std::size_t arms = s.spec().arms, reports = s.spec().reports;
  const std::vector<double> probabilities{0.05, 0.25, 0.5, 0.75, 0.95};
  File file(path);
  file.attribute("Conventions", "CF-1.8");
  file.attribute("title", r.resolved.title);
  file.attribute("source", std::string("healthspan ") + version);
  file.attribute("comment", disclaimer);
  file.attribute("scenario", write_scenario(r.resolved));
  const int arm = file.dimension("arm", arms), time = file.dimension("time", reports),
            quantile = file.dimension("quantile", probabilities.size());
  file.labels("arm", arm, r.arm_names, "arm; the first is the reference");
  std::vector<double> years;
  for (std::size_t t = 0; t < reports; ++t) years.push_back(r.spec.reports_d[t] / 365.25);
  file.numbers("time", {time}, "years", "time since the start", years);
  file.numbers("quantile", {quantile}, "1", "probability of the quantile", probabilities);

  const auto over_time = [&](const auto& value) {
    std::vector<double> values;
    for (std::size_t a = 0; a < arms; ++a)
      for (std::size_t t = 0; t < reports; ++t) values.push_back(known(value(a, t)));
    return values;
  };
  file.numbers("living", {arm, time}, "1", "members alive",
               over_time([&](std::size_t a, std::size_t t) { return s.living(a, t); }));
  for (std::size_t c = 0; c < r.spec.columns.size(); ++c) {
    const SlotInfo& slot = system.composition().slots()[r.spec.columns[c]];
    file.numbers(slot.name, {arm, time}, slot.unit, label_of(slot.name) + ", mean of the living",
                 over_time([&](std::size_t a, std::size_t t) { return s.mean(a, t, c).value; }));
    file.numbers(slot.name + "_error", {arm, time}, slot.unit, "Monte Carlo standard error of the mean",
                 over_time([&](std::size_t a, std::size_t t) { return s.mean(a, t, c).error; }));
    std::vector<double> quantiles;
    for (std::size_t a = 0; a < arms; ++a)
      for (std::size_t t = 0; t < reports; ++t)
        for (const double p : probabilities) quantiles.push_back(known(s.quantile(a, t, c, p)));
    file.numbers(slot.name + "_quantiles", {arm, time, quantile}, slot.unit,
                 label_of(slot.name) + ", quantiles of the living", std::move(quantiles));
  }
  if (r.spec.class_slot) {
    const int state = file.dimension("state", 4);
    file.labels("state", state, {"robust", "prefrail", "frail", "dead"}, "state of a member");
    const auto n = static_cast<double>(s.members());
    std::vector<double> shares;
    for (std::size_t a = 0; a < arms; ++a)
      for (std::size_t t = 0; t < reports; ++t) {
        double dead = 1;
        for (std::size_t k = 0; k < 3; ++k) {
          shares.push_back(s.in_class(a, t, k) / n);
          dead -= shares.back();
        }
        shares.push_back(std::fabs(dead) < 1e-12 ? 0.0 : dead);
      }
    file.numbers("share", {arm, time, state}, "1", "share of all members in each state", std::move(shares));
  }
  for (const Outcome& o : r.outcomes) {
    std::vector<double> value, error, difference, difference_error;
    for (std::size_t a = 0; a < arms; ++a) {
      const Estimate e = s.outcome(a, o.index), d = s.paired(a, o.index);
      value.push_back(known(e.value / o.per_unit));
      error.push_back(known(e.error / o.per_unit));
      difference.push_back(a == 0 ? nan : known(d.value / o.per_unit));
      difference_error.push_back(a == 0 ? nan : known(d.error / o.per_unit));
    }
    const std::string unit = o.unit.starts_with("share") ? "1" : o.unit;
    file.numbers("outcome_" + o.name, {arm}, unit, o.label, value);
    file.numbers("outcome_" + o.name + "_error", {arm}, unit, "Monte Carlo standard error", error);
    file.numbers("contrast_" + o.name, {arm}, unit,
                 o.label + ", paired difference from the first arm, " + rule_of(s, o), difference);
    file.numbers("contrast_" + o.name + "_error", {arm}, unit, "Monte Carlo standard error", difference_error);
  }
  file.write();
}

#else

bool has_netcdf() { return false; }

void write_netcdf(const RunResult&, const System&, const std::filesystem::path&) {
  throw Error(ErrorCode::usage, "this program was built without NetCDF; install libnetcdf-dev and build it again");
}

#endif

}  // namespace healthspan::scenarios
