#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/interrupt.hpp>
#include <healthspan/scenarios/cli/source.hpp>
#include <healthspan/scenarios/csv.hpp>
#include <healthspan/scenarios/evidence.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/language/place.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace healthspan::scenarios {

namespace {

std::vector<std::filesystem::path> files_of(const EvidenceArguments& arguments) {
  std::vector<std::filesystem::path> files;
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(arguments.folder, none))
    if (entry.path().extension() == ".json") {
      files.push_back(entry.path());
      names.push_back(entry.path().stem().string());
    }
  if (files.empty())
    throw Error(ErrorCode::cannot_read, arguments.folder +
                                            ": there is no evidence here, expected a folder of .json "
                                            "files; give it with --folder");
  for (const std::string& id : arguments.ids)
    if (std::find(names.begin(), names.end(), id) == names.end())
      throw Error(ErrorCode::unknown_name, "there is no evidence \"" + id + "\"" + name_hint(id, names));
  if (!arguments.ids.empty())
    std::erase_if(files, [&](const std::filesystem::path& file) {
      return std::find(arguments.ids.begin(), arguments.ids.end(), file.stem().string()) == arguments.ids.end();
    });
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

void weigh_evidence(const EvidenceArguments& arguments) {
  const std::vector<std::filesystem::path> files = files_of(arguments);
  if (!arguments.pages.empty() && (!arguments.ids.empty() || !arguments.sets.empty()))
    throw Error(ErrorCode::usage,
                "--write puts down all of the evidence as it stands, so it takes no IDs and no --set");
  std::vector<Evidence> all;  // read first, so that what is wrong with the last file does not cost a run
  for (const std::filesystem::path& file : files) {
    all.push_back(read_evidence(file));
    for (const std::string& set : arguments.sets) {
      const std::size_t equals = set.find('=');
      if (equals == std::string::npos || equals == 0)
        throw Error(ErrorCode::usage,
                    fmt::format("--set: found \"{}\", expected PATH=VALUE such as parameters.NAME=0.5", set));
      all.back().scenario =
          with_value(all.back().scenario, set.substr(0, equals), set.substr(equals + 1), "--set " + set);
    }
  }
  if (!arguments.table.empty()) check_writable(arguments.table);
  const InterruptGuard guard;
  RunOptions options;
  options.threads = arguments.threads;
  options.stop = guard.token();
  options.pictures = false;
  std::vector<Verdict> verdicts;
  std::string tables, rows;
  std::size_t surprises = 0;
  for (const Evidence& evidence : all) {
    const std::vector<Verdict> found = judge(evidence, options);
    fmt::print("{}: {}\n", evidence.id, evidence.title);
    for (const Verdict& v : found) {
      fmt::print("  {:<58} published {:>8.4g}   ours {:>8.4g} ± {:<7.2g} met within {:g} to {:g}{}: {}{}\n",
                 v.figure.name, v.figure.target, v.ours, v.error, v.figure.low, v.figure.high,
                 v.figure.unit == "1" ? "" : " " + v.figure.unit, v.met() ? "met" : "missed",
                 v.as_known() ? "" : " (not as known)");
      std::fflush(stdout);
      surprises += v.as_known() ? 0 : 1;
    }
    for (const Verdict& v : found)
      rows += fmt::format("{},{},{},{},{},{},{},{},{}\n", cell(evidence.id), cell(v.figure.name), cell(v.figure.unit),
                          cell(v.figure.target), cell(v.figure.low), cell(v.figure.high), cell(v.ours), cell(v.error),
                          v.figure.standing == Standing::dependent ? "dependent" : "independent");
    tables += fmt::format("\n### {}\n\n{}", evidence.title, table_in_markdown(found));
    verdicts.insert(verdicts.end(), found.begin(), found.end());
  }
  const Agreement a = agreement_of(verdicts);
  fmt::print("{} of {} figures met; mean absolute error {:.0f} %\n", a.met, a.figures, a.mape_percent);
  if (a.figures > 2)
    fmt::print("ours on published: slope {:.3f}, intercept {:.2g}, R2 {:.3f}\n", a.slope, a.intercept, a.r2);
  if (!arguments.table.empty())
    write_whole(arguments.table, "evidence,figure,unit,published,low,high,ours,error,standing\n" + rows);
  for (const std::string& page : arguments.pages) {
    const std::string text = read_file(page);
    if (text.find("generated: figures -->") != std::string::npos) put_between_markers(page, "figures", tables);
    put_between_markers(page, "agreement", agreement_in_markdown(verdicts));
  }
  if (surprises > 0)
    throw Error(ErrorCode::check_failed, fmt::format("{} verdicts are not the known ones", surprises));
}

}  // namespace healthspan::scenarios
