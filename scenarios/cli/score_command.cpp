#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/source.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/scores.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace healthspan::scenarios {

void score_table(const ScoreArguments& arguments) {
  if (!arguments.output.empty() && std::filesystem::exists(arguments.output))
    throw Error(ErrorCode::cannot_write, arguments.output + ": exists already; choose another name with -o");
  const std::string people = arguments.people == "-" ? read_document("-") : read_file(arguments.people);
  const ScoreTable table = score_people(arguments.score, arguments.region, people, document_name(arguments.people));
  const std::string csv = write_scores(table);
  if (arguments.output.empty())
    fmt::print("{}", csv);
  else
    write_whole(arguments.output, csv);
  const auto outside = std::count_if(table.outside.begin(), table.outside.end(),
                                     [](const std::string& words) { return !words.empty(); });
  if (outside > 0)
    fmt::print(stderr, "{} of {} people are outside of what {} was made for (column \"outside\").\n", outside,
               table.ids.size(), arguments.score);
}

}  // namespace healthspan::scenarios
