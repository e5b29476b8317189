// The HTML report: the assembled page with the results of a run in it.
#pragma once

#include <string>

namespace healthspan::scenarios {

// Whether this build carries the report (it is left out with -DHEALTHSPAN_REPORT=OFF).
bool has_report();

// `title` as plain text, `data` as JSON (see report_document).
std::string html_report(const std::string& title, const std::string& data);

}  // namespace healthspan::scenarios
