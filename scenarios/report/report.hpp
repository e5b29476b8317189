// The HTML report: the assembled page with the results of a run in it.
#pragma once

#include <array>
#include <string>

namespace healthspan::scenarios {

// Whether this build carries the report (it is left out with -DHEALTHSPAN_REPORT=OFF).
bool has_report();

// The languages that the page has texts in, as HTML writes them.
inline constexpr std::array report_languages{"en", "ja"};

// `title` as plain text, `data` as JSON (see report_document), `language` one of report_languages.
std::string html_report(const std::string& title, const std::string& data, const std::string& language);

}  // namespace healthspan::scenarios
