#include <healthspan/scenarios/bar_plot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace healthspan::scenarios {

namespace {

constexpr std::array colours{"#0072b2", "#e69f00", "#009e73", "#cc79a7"};
constexpr double width = 760, left = 230, right = 30, bar = 15, gap = 13;

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text)
    result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
  return result;
}

// The nearest 1, 2 or 5 times a power of ten that makes at most seven steps.
double tick_of(double span) {
  const double power = std::pow(10.0, std::floor(std::log10(span / 7)));
  for (const double step : {1.0, 2.0, 5.0})
    if (span / (step * power) <= 7) return step * power;
  return 10 * power;
}

}  // namespace

std::string svg_of(const BarPlot& plot) {
  double low = plot.line, high = plot.line;
  std::size_t bars = 0;
  for (const BarGroup& group : plot.groups)
    for (const Bar& b : group.bars) {
      ++bars;
      const bool whisker = b.low != b.high;
      for (const double x : {b.from, b.to, whisker ? b.low : b.to, whisker ? b.high : b.to}) {
        if (!std::isfinite(x)) continue;
        low = std::min(low, x);
        high = std::max(high, x);
      }
    }
  if (!(high > low)) high = low + 1;
  const double tick = tick_of(high - low);
  low = tick * std::floor(low / tick);
  high = tick * std::ceil(high / tick);
  const auto x_of = [&](double value) { return left + (value - low) / (high - low) * (width - left - right); };
  const double top = 92,
               bottom = top + static_cast<double>(bars) * bar + static_cast<double>(plot.groups.size()) * gap;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:g}\" height=\"{1:g}\" viewBox=\"0 0 {0:g} {1:g}\" "
      "role=\"img\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">\n<title>{2}</title>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
      "<text x=\"16\" y=\"28\" font-size=\"16\" font-weight=\"bold\">{2}</text>\n<text x=\"16\" "
      "y=\"48\">{3}</text>\n",
      width, bottom + 56, escaped(plot.title), escaped(plot.subtitle));
  double at = 16;
  for (std::size_t k = 0; k < plot.legend.size(); ++k) {
    svg += fmt::format(
        "<rect x=\"{:g}\" y=\"62\" width=\"12\" height=\"12\" fill=\"{}\"/><text x=\"{:g}\" y=\"73\">{}</text>\n", at,
        colours[k % colours.size()], at + 18, escaped(plot.legend[k]));
    at += 46 + 7.2 * static_cast<double>(plot.legend[k].size());
  }
  for (int k = 0; low + k * tick <= high + 0.5 * tick; ++k) {
    const double value = low + k * tick, x = x_of(value);
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:g}\" y2=\"{2:g}\" stroke=\"#ddd\"/>"
        "<text x=\"{0:.1f}\" y=\"{3:g}\" text-anchor=\"middle\">{4:g}</text>\n",
        x, top, bottom, bottom + 18, std::fabs(value) < 1e-9 * tick ? 0.0 : value);
  }
  svg += fmt::format("<text x=\"{:g}\" y=\"{:g}\" text-anchor=\"middle\">{}</text>\n", 0.5 * (left + width - right),
                     bottom + 42, escaped(plot.axis));
  double y = top;
  for (const BarGroup& group : plot.groups) {
    y += gap;
    const double height = bar * static_cast<double>(group.bars.size());
    svg += fmt::format("<text x=\"{:g}\" y=\"{:g}\" text-anchor=\"end\">{}</text>\n", left - 10, y + 0.5 * height + 4,
                       escaped(group.label));
    for (const Bar& b : group.bars) {
      if (std::isfinite(b.from) && std::isfinite(b.to))
        svg += fmt::format("<rect x=\"{:.1f}\" y=\"{:g}\" width=\"{:.1f}\" height=\"{:g}\" fill=\"{}\"/>\n",
                           x_of(std::min(b.from, b.to)), y + 1, std::fabs(x_of(b.to) - x_of(b.from)), bar - 2,
                           colours[b.series % colours.size()]);
      if (b.low != b.high && std::isfinite(b.low) && std::isfinite(b.high))
        svg += fmt::format(
            "<path d=\"M{0:.1f} {2:g}H{1:.1f}M{0:.1f} {3:g}V{4:g}M{1:.1f} {3:g}V{4:g}\" "
            "stroke=\"#222\" stroke-width=\"1.5\" fill=\"none\"/>\n",
            x_of(b.low), x_of(b.high), y + 0.5 * bar, y + 4, y + bar - 4);
      y += bar;
    }
  }
  svg += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:g}\" y2=\"{2:g}\" stroke=\"#222\"/>\n</svg>\n",
                     x_of(plot.line), top, bottom);
  return svg;
}

}  // namespace healthspan::scenarios
