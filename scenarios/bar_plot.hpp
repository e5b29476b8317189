// Horizontal bars as a picture (SVG): indices of a sensitivity analysis, or a tornado.
#pragma once

#include <string>
#include <vector>

namespace healthspan::scenarios {

struct Bar {
  double from = 0, to = 0;   // where it begins and ends
  double low = 0, high = 0;  // a whisker; none where they are equal
  std::size_t series = 0;    // which of the legend's entries
};

struct BarGroup {
  std::string label;
  std::vector<Bar> bars;  // drawn below each other
};

struct BarPlot {
  std::string title, subtitle, axis;
  std::vector<std::string> legend;  // at most four
  std::vector<BarGroup> groups;
  double line = 0;  // a vertical line here
};

// A whole file. Colours are those of Okabe and Ito, which the colour-blind tell apart, and differ in lightness.
std::string svg_of(const BarPlot& plot);

}  // namespace healthspan::scenarios
