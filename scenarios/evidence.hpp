// Published figures beside ours. Each file of evidence is a scenario, perhaps run in variations, and figures taken
// from the results, with target, tolerance and source.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

// One number of one run.
struct Measure {
  std::string run;  // a variation; empty is the scenario as it stands
  std::string arm;  // empty is the first
  std::string of;   // an output (its mean among the living), "alive", a class such as "frail", an event (the share
                    // of all who have had it), or an outcome
  std::optional<double> at_d;   // a report time; the horizon where not given
  std::optional<double> below;  // of an output: the share of the living who have less than this
};

// How two measures make a figure; `value` and `per_100_person_years` take the first alone. The last three are of
// events: rates are those that would give the shares if they were constant.
enum class Take {
  value,
  difference,
  change_percent,
  ratio,
  growth_percent_per_year,
  per_100_person_years,
  hazard_ratio,
  hazard_reduction_percent
};
bool takes_one(Take take);

// A hazard ratio for so much of a difference between the two in the mean of a quantity.
struct Per {
  std::string of;
  double amount = 1;
};

// Whether parameters were fitted to the figure.
enum class Standing { dependent, independent };

struct Figure {
  std::string name, unit, source, locator;  // the source is a key of docs/references.bib
  Take take = Take::value;
  Measure measure;
  std::optional<Measure> from;
  std::optional<Per> per;
  double target = 0;
  double low = 0, high = 0;  // met within these, both included
  Standing standing = Standing::independent;
  std::string tolerance;  // why these bounds
  std::string miss;       // why the figure is missed, where that is known
};

struct Evidence {
  std::string id, title;
  std::string scenario;                           // JSON
  std::map<std::string, std::string> variations;  // JSON merge patches of the scenario, RFC 7396
  std::vector<Figure> figures;
};

struct Verdict {
  Figure figure;
  double ours = 0, error = 0;  // Monte Carlo error, as if the two measures were independent: at most
  bool met() const { return ours >= figure.low && ours <= figure.high; }
  bool as_known() const { return met() == figure.miss.empty(); }
};

// How well our figures follow the published ones.
struct Agreement {
  std::size_t figures = 0, met = 0;
  double slope = 0, intercept = 0, r2 = 0;  // of ours on the target, least squares
  double mape_percent = 0;                  // mean absolute error in percent of the target, over targets not 0
};
Agreement agreement_of(const std::vector<Verdict>& verdicts);

// Runs everything that the figures need. Throws Error that names the file and the place.
std::vector<Verdict> judge(const Evidence& evidence, const RunOptions& options);

// A table in Markdown and, of all verdicts together, what agreement there is.
std::string table_in_markdown(const std::vector<Verdict>& verdicts);
std::string agreement_in_markdown(const std::vector<Verdict>& verdicts);

// Puts `text` between "<!-- generated: NAME -->" and "<!-- end -->" of a file. Throws Error(missing_value) where
// there is no such place, Error(cannot_write).
void put_between_markers(const std::filesystem::path& file, const std::string& name, const std::string& text);

}  // namespace healthspan::scenarios
