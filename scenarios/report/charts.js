// Charts over time (uPlot on canvas) and the life cycle that all figures share.

const DASHES = [[], [9, 4], [2, 3], [12, 3, 2, 3], [5, 3], [14, 4], [7, 3, 2, 3, 2, 3]];
const CHART_FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const armColour = (arm) => `var(--arm-${arm.index % DASHES.length})`;
const armDash = (arm) => DASHES[arm.index % DASHES.length];

// Canvas cannot resolve CSS variables, so colours are looked up at each drawing: theme and print are then just a redraw.
const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const canvasArmColour = (arm, alpha = "") => cssColour(`--arm-${arm.index % DASHES.length}`) + alpha;

/** A short line in the arm's colour and dash pattern. */
function swatch(arm) {
  return svg("svg", { class: "swatch", viewBox: "0 0 28 10", width: 28, height: 10, "aria-hidden": "true" },
    svg("line", { x1: 1, x2: 27, y1: 5, y2: 5, "stroke-width": 3, "stroke-dasharray": armDash(arm).join(" "),
      style: `stroke:${armColour(arm)}` }));
}

// ---------------------------------------------------------------- life cycle

const figures = [];

/** Registers a figure that is drawn anew for every width, arm selection and theme. */
function figure(host, draw) {
  figures.push({ host, draw, width: 0 });
}

function drawFigures(onlyResized = false) {
  for (const item of figures) {
    const width = Math.floor(item.host.clientWidth);
    if (width === 0 || (onlyResized && width === item.width)) continue;
    item.width = width;
    item.draw(width);
  }
}

function keepFiguresDrawn() {
  drawFigures();
  // Not inside the observer: drawing there would change sizes it is still reporting.
  const observer = new ResizeObserver(() => setTimeout(() => drawFigures(true)));
  figures.forEach(({ host }) => observer.observe(host));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawFigures());

  // Paper is light and has its own width; canvases have to be drawn for it before the browser lays the pages out.
  const closedDetails = [];
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    for (const details of document.querySelectorAll("details:not([open], .screen-only)")) {
      details.open = true;
      closedDetails.push(details);
    }
    drawFigures();
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    closedDetails.splice(0).forEach((details) => (details.open = false));
    drawFigures();
  });
}

// ---------------------------------------------------------------- uPlot

function axis(overrides) {
  const muted = cssColour("--muted");
  const hairline = cssColour("--hairline");
  return {
    font: CHART_FONT,
    labelFont: CHART_FONT,
    stroke: muted,
    grid: { stroke: hairline, width: 1 },
    ticks: { stroke: hairline, width: 1, size: 4 },
    gap: 4,
    values: (_, splits) => tickLabels(splits),
    ...overrides,
  };
}

/** One uPlot over years: shared cursor, arrow keys, and `onCursor(index)` with the last index when nothing is pointed at. */
function timeChart(host, { width, height, times, yRange, series, bands, data, yAxis, onCursor, horizon = times.at(-1) }) {
  host.chart?.destroy();
  const last = times.length - 1;
  const chart = new uPlot({
    width,
    height,
    bands,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    scales: { x: { time: false, range: [times[0], horizon] }, y: { range: yRange } },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      sync: { key: "years", setSeries: false },
    },
    axes: [
      axis({ label: t("axis.years"), labelSize: 18, labelGap: 0, size: 26, space: 34, incrs: [0.1, 0.25, 0.5, 1, 2, 5, 10, 20] }),
      axis({ size: (_, values) => (values ? 14 + 7 * Math.max(...values.map((v) => v.length)) : 40), space: 30, ...yAxis }),
    ],
    series: [{}, ...series.map((s) => ({ points: { show: false }, ...s }))],
    hooks: { setCursor: [(u) => onCursor(u.cursor.idx ?? last)] },
  }, [times, ...data], host);
  host.chart = chart;
  onCursor(last);

  host.onkeydown = (event) => {
    const index = steppedBy(event, chart.cursor.idx ?? last, last);
    if (index != null) chart.setCursor({ left: chart.valToPos(times[index], "x"), top: 0 });
  };
}

/** Where arrow keys, Home and End lead from `index` in 0…last; nothing for other keys. */
function steppedBy(event, index, last) {
  const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key];
  if (to == null) return null;
  event.preventDefault();
  return Math.min(last, Math.max(0, to));
}

// ---------------------------------------------------------------- a quantity over time

/** The part of the scale where lives are: all but 0.5 % of them at either end, shared by the chart and its strips. */
function livedRange(column) {
  const { low, high } = column.edges;
  const strips = column.arms.flatMap((arm) => arm.strips);
  const bins = strips[0].counts.length;
  const totals = Array.from({ length: bins }, (_, b) => strips.reduce((sum, strip) => sum + strip.counts[b], 0));
  const tail = 0.005 * totals.reduce((a, b) => a + b, 0);
  const edge = (b) => low + (b * (high - low)) / bins;

  let first = 0;
  for (let seen = totals[0]; seen <= tail && first < bins - 1; seen += totals[++first]);
  let final = bins - 1;
  for (let seen = totals[bins - 1]; seen <= tail && final > first; seen += totals[--final]);

  const quantiles = column.arms.flatMap((arm) => [...arm.q05, ...arm.q95]).filter((x) => x != null);
  const min = Math.min(edge(first), ...quantiles);
  const max = Math.max(edge(final + 1), ...quantiles);
  const room = 0.05 * (max - min);
  return [min >= 0 ? Math.max(0, min - room) : min - room, max + room];
}

function drawBands(host, width, column, times, arms, yRange, onCursor) {
  const shown = arms.filter((arm) => arm.on);
  const edge = { stroke: "transparent", width: 0 };
  const series = [];
  const data = [];
  const bands = [];
  // Faint bands first and medians last, so that no arm's shading covers another arm's line.
  // The arms share a fixed amount of ink: where all overlap it stays as light as one alone.
  for (const [upper, lower, ink] of [["q95", "q05", 0.16], ["q75", "q25", 0.36]]) {
    const alpha = Math.round((255 * ink) / Math.max(1.5, shown.length)).toString(16).padStart(2, "0");
    for (const arm of shown) {
      const values = column.arms[arm.index];
      data.push(values[upper], values[lower]);
      series.push(edge, edge);
      bands.push({ series: [data.length - 1, data.length], fill: canvasArmColour(arm, alpha) });
    }
  }
  for (const arm of shown) {
    data.push(column.arms[arm.index].median);
    series.push({ stroke: canvasArmColour(arm), width: 2, dash: armDash(arm) });
  }
  timeChart(host, { width, height: width < 420 ? 220 : 250, times, yRange, series, bands, data, onCursor });
}

// ---------------------------------------------------------------- occupancy

const STATES = ["robust", "prefrail", "frail", "dead"];

function drawOccupancy(host, width, shares, times, onCursor) {
  const stacked = STATES.map((_, top) =>
    times.map((_, t) => STATES.slice(0, top + 1).reduce((sum, state) => sum + shares[state][t], 0)));
  // Painted from the top of the stack downwards, each area covering what lies under it.
  const order = STATES.map((_, i) => STATES.length - 1 - i);
  timeChart(host, {
    width,
    height: 190,
    times,
    yRange: [0, 1],
    data: order.map((i) => stacked[i]),
    series: order.map((i) => ({
      fill: cssColour(`--state-${STATES[i]}`), stroke: cssColour("--paper"), width: 1, fillTo: 0,
    })),
    yAxis: { splits: [0, 0.5, 1], values: (_, splits) => splits.map((x) => `${100 * x}%`), grid: { show: false } },
    onCursor,
  });
}
