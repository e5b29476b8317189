#include "report_template.inc"

#include <healthspan/scenarios/report/report.hpp>

#include <string_view>

namespace healthspan::scenarios {

namespace {

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result(text);
  if (const std::size_t at = result.find(what); at != std::string::npos) result.replace(at, what.size(), with);
  return result;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else
      result += c;
  }
  return result;
}

// "</script>" inside a text must not end the data block.
std::string script_safe(std::string_view json) {
  std::string result;
  for (const char c : json) {
    if (c == '<')
      result += "\\u003c";
    else
      result += c;
  }
  return result;
}

}  // namespace

bool has_report() { return !std::string_view(report_template).empty(); }

std::string html_report(const std::string& title, const std::string& data, const std::string& language) {
  // Filled from the end of the page, so that a "{{TITLE}}" inside the data is never the one that is found.
  const std::string with_data = replaced(report_template, "{{DATA}}", script_safe(data));
  return replaced(replaced(with_data, "{{TITLE}}", escaped(title)), "{{LANGUAGE}}", language);
}

}  // namespace healthspan::scenarios
