// The engine as the package sees it: the text of a scenario goes in, an output folder comes out. What a person
// touches is in healthspan/*.py.
#include "version.hpp"

#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/output.hpp>
#include <healthspan/scenarios/report/report.hpp>
#include <healthspan/scenarios/scores.hpp>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

namespace py = pybind11;

namespace healthspan::scenarios {

namespace {

void check_language(const std::string& language) {
  const std::vector<std::string> known(report_languages.begin(), report_languages.end());
  if (std::find(known.begin(), known.end(), language) == known.end())
    throw Error(ErrorCode::unknown_name,
                "lang: there is no report in \"" + language + "\"" + name_hint(language, known));
}

// A run that is over, and what is needed to write it down.
struct Finished {
  std::unique_ptr<System> system;  // where it was when it ran
  RunResult result;
  int threads;

  std::string write(const std::string& folder, bool replace, const std::string& language) const {
    check_language(language);
    OutputOptions options;
    options.folder = folder;
    options.replace = replace;
    options.threads = threads;
    options.language = language;
    return write_output(result, *system, options).string();
  }

  std::string report(const std::string& language) const {
    check_language(language);
    return html_report(result.resolved.title, report_document(result, *system), language);
  }
};

std::int64_t within(const char* argument, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return value;
  throw Error(ErrorCode::out_of_range, std::string(argument) + ": found " + std::to_string(value) + ", expected " +
                                           std::to_string(low) + " to " + std::to_string(high));
}

// The same as `healthspan run`: what the system finds wrong says where in the scenario, this says in which.
std::unique_ptr<Finished> run_named(const Scenario& scenario, const std::string& name, const RunOptions& options) {
  try {
    auto system = std::make_unique<System>(scenario);
    RunResult result = run(*system, scenario, options);
    const int threads = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
    return std::make_unique<Finished>(Finished{std::move(system), std::move(result), threads});
  } catch (const Error& error) {
    throw Error(error.code(), name + ": " + error.what());
  }
}

// Runs on another thread, so that this one can listen to Ctrl-C and call `progress(done, total)`, which may be None.
// An exception of either stops the run within a block of work and goes on to the caller.
std::unique_ptr<Finished> run_text(const std::string& text, const std::string& name,
                                   std::optional<std::int64_t> members, std::optional<std::int64_t> seed,
                                   std::int64_t threads, const py::object& progress) {
  Scenario scenario = parse_scenario(text, name);
  if (members) scenario.members = static_cast<std::uint64_t>(within("members", *members, 1, most_members));
  if (seed) scenario.seed = static_cast<std::uint64_t>(within("seed", *seed, 0, largest_seed));
  std::atomic<std::uint64_t> done{0}, total{0};
  std::stop_source stop;
  RunOptions options;
  options.threads = static_cast<int>(within("threads", threads, 0, 1024));
  options.stop = stop.get_token();
  options.progress = [&](std::uint64_t so_far, std::uint64_t of) {
    done = so_far;
    total = of;
  };
  std::future<std::unique_ptr<Finished>> work =
      std::async(std::launch::async, [&] { return run_named(scenario, name, options); });
  const auto finished_within = [&](std::chrono::milliseconds time) {
    const py::gil_scoped_release released;
    return work.wait_for(time) == std::future_status::ready;
  };
  try {
    while (!finished_within(std::chrono::milliseconds(50))) {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (!progress.is_none() && total > 0) progress(done.load(), total.load());
    }
    if (!progress.is_none() && total > 0) progress(total.load(), total.load());
  } catch (...) {
    stop.request_stop();
    while (!finished_within(std::chrono::milliseconds(50))) continue;
    throw;
  }
  return work.get();
}

// Column by column, so that it makes a DataFrame.
py::dict score(const std::string& name, const std::string& region, const std::string& people) {
  const ScoreTable table = score_people(name, region, people, "people");
  py::dict columns;
  columns["id"] = table.ids;
  for (std::size_t k = 0; k < table.outcomes.size(); ++k) {
    std::vector<double> risks;
    for (const std::vector<double>& of_a_person : table.risks) risks.push_back(of_a_person[k]);
    columns[py::str(table.outcomes[k])] = risks;
  }
  columns["outside"] = table.outside;
  return columns;
}

// Each entry of the one list of errors has a class of its own in healthspan/errors.py.
void raise(const Error& error) {
  const std::string_view what = error.what();
  const py::object message = py::reinterpret_steal<py::object>(
      PyUnicode_DecodeUTF8(what.data(), static_cast<Py_ssize_t>(what.size()), "replace"));
  const py::object kind =
      py::module_::import("healthspan.errors").attr("by_code")[py::str(std::string(entry_of(error.code()).name))];
  PyErr_SetObject(kind.ptr(), message.ptr());
}

py::list errors() {
  py::list all;
  for (const ErrorEntry& entry : error_list)
    all.append(py::make_tuple(std::string(entry.name), std::string(entry.sentence), entry.exit_status));
  return all;
}

}  // namespace

}  // namespace healthspan::scenarios

PYBIND11_MODULE(bound, m) {
  using namespace healthspan;
  using namespace healthspan::scenarios;
  m.attr("__name__") = "healthspan._engine";
  m.attr("version") = version;
  m.attr("disclaimer") = disclaimer;
  m.attr("errors") = errors();
  // NOLINTNEXTLINE(performance-unnecessary-value-param): its type is given
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const Error& error) {
      raise(error);
    }
  });
  py::class_<Finished>(m, "Finished")
      .def_property_readonly("labels",
                             [](const Finished& finished) {
                               py::dict labels;
                               for (const Outcome& o : finished.result.outcomes) labels[py::str(o.name)] = o.label;
                               return labels;
                             })
      .def("write", &Finished::write, py::arg("folder"), py::arg("replace") = false, py::arg("lang") = "en",
           py::call_guard<py::gil_scoped_release>())
      .def("report", &Finished::report, py::arg("lang") = "en", py::call_guard<py::gil_scoped_release>());
  m.def("run", &run_text, py::arg("text"), py::arg("name"), py::arg("members") = py::none(),
        py::arg("seed") = py::none(), py::arg("threads") = 0, py::arg("progress") = py::none());
  m.def(
      "resolve",
      [](const std::string& text, const std::string& name) { return write_scenario(parse_scenario(text, name)); },
      py::arg("text"), py::arg("name"));
  m.def(
      "read_file", [](const std::string& file) { return py::bytes(read_file(file)); }, py::arg("file"));
  m.def("score", &score, py::arg("score"), py::arg("region"), py::arg("people"));
  m.def("label_of", &label_of, py::arg("name"));
  m.def("name_hint", &name_hint, py::arg("name"), py::arg("candidates"));
}
