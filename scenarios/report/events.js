// Events: cumulative incidence with numbers at risk, and lives by their dates.

// ---------------------------------------------------------------- cumulative incidence

/** Positions of the plot inside its chart, in pixels: where a table below it has to put its columns. */
function plotBox(chart) {
  const { left, width } = chart.bbox;
  return { left: left / devicePixelRatio, width: width / devicePixelRatio };
}

/** Steps in every arm with their 95 % bands. */
function drawIncidence(host, width, event, top, onCursor) {
  const shown = arms.filter((arm) => arm.on);
  const gutter = width > 480 ? 156 : 46;
  const stepped = uPlot.paths.stepped({ align: 1 });
  const [data, series, bands] = [[], [], []];
  for (const arm of shown) {
    const { low, high } = event.arms[arm.index];
    data.push(high, low);
    series.push(...[0, 1].map(() => ({ stroke: "transparent", width: 0, paths: stepped })));
    bands.push({ series: [data.length - 1, data.length], fill: canvasArmColour(arm, "26") });
  }
  for (const arm of shown) {
    data.push(event.arms[arm.index].cumulative);
    series.push({ stroke: canvasArmColour(arm), width: 2, dash: armDash(arm), paths: stepped });
  }
  timeChart(host, {
    width, height: width < 420 ? 210 : 240, times: event.time_y, horizon: times.at(-1), yRange: [0, top], series, bands, data,
    yAxis: { size: gutter, values: (_, splits) => splits.map((share) => percent(share)) }, onCursor,
  });
  return gutter;
}

/** How many are still at risk in each arm, below the ticks of the chart above. */
function riskTable(event, chart, gutter) {
  const { left, width } = plotBox(chart);
  const marks = ticks(0, times.at(-1), Math.min(6, width / 60)).filter((time) => time <= times.at(-1));
  const cell = (time, text, role) => html("span", { role, style: `left:${(left + (width * time) / times.at(-1)).toFixed(1)}px` }, text);
  return html("div", { class: "at-risk", role: "table", "aria-label": t("incidence.at_risk") },
    html("p", { class: "at-risk-title", "aria-hidden": "true" }, t("incidence.at_risk")),
    html("div", { role: "row", class: "unseen" }, html("span", { role: "columnheader" }, t("arm")),
      marks.map((time) => html("span", { role: "columnheader" }, atTime(time)))),
    arms.filter((arm) => arm.on).map((arm) => html("div", { role: "row", class: "at-risk-row" },
      html("span", { role: "rowheader", style: `width:${gutter - 28}px`, title: arm.name }, swatch(arm),
        html("span", { class: gutter > 60 ? "name" : "unseen", lang: languageOf(arm.name) }, arm.name)),
      marks.map((time) => cell(time, count(Math.round(event.arms[arm.index].at_risk[nearestIndex(event.time_y, time)])), "cell")))));
}

// ---------------------------------------------------------------- lives by their dates

const LIFE_STATES = ["robust", "prefrail", "frail"];

/** Shapes around (0, 0), told apart without colour. */
const GLYPHS = ["M-5,4.5L0,-5L5,4.5Z", "M0,-5.5L5,0L0,5.5L-5,0Z", "M-4.5,-4.5H4.5V4.5H-4.5Z", "M-5,-4.5L0,5L5,-4.5Z", "M-5,-1.7H-1.7V-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5Z"];
const glyph = (k) => svg("path", { class: "glyph", d: GLYPHS[k % GLYPHS.length] });
const deathMark = () => svg("path", { class: "death", d: "M-4.5,-4.5L4.5,4.5M-4.5,4.5L4.5,-4.5" });

/** Names of what is marked, in the order in which it first happens; visits are too many and too regular to mark. */
const markedNames = (members) => [...new Set(members.flatMap((m) => m.arms.flatMap((line) =>
  line.happenings.filter((h) => h.kind !== "visit").map((h) => h.name))))];

const namesDone = (members) => [...new Set(members.flatMap((m) => m.arms.flatMap((line) => line.done.map((d) => d.what))))];

/** What is done lies under a life as lines of these patterns. */
const DONE_DASHES = ["", "7 3", "2 3", "10 3 2 3", "4 2"];

function happeningInWords({ name, kind, cause, quantity, value, unit }) {
  if (kind === "visit") return t("lives.measured", { event: said(name), quantity: said(labelled(quantity)), value: withUnit(number(value), unit) });
  return t("lives.happening", { event: said(name), cause: said(cause) });
}

const decimalYears = (time) => fixed(time, 2);

function drawLives(host, width, members, marked, done) {
  const shown = arms.filter((arm) => arm.on);
  const [rowHeight, headHeight] = [26, 22];
  const left = width > 560 ? 150 : 44;
  const height = members.length * (headHeight + rowHeight * shown.length) + 42;
  const right = width - 14;
  const x = linear([0, times.at(-1)], [left, right]);
  const root = canvasOf(host, width, height, t("lives.label", { n: members.length }));
  const xTicks = ticks(0, times.at(-1), Math.min(10, width / 70));
  frame(root, { x, y: () => 0, xTicks, yTicks: [], box: { left, right, top: 4, bottom: height - 38 } });
  root.append(svg("text", { class: "axis", x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, t("axis.years")));

  let y = 4;
  for (const member of members) {
    root.append(svg("text", { class: "member", x: 0, y: y + 15 }, t("lives.member", { n: member.member })));
    y += headHeight;
    for (const arm of shown) {
      const line = member.arms[arm.index];
      const middle = y + 8;
      const labels = svg("g", {}, svg("line", { x1: 4, x2: 32, y1: middle, y2: middle, "stroke-width": 3,
        "stroke-dasharray": armDash(arm).join(" "), style: `stroke:${armColour(arm)}` }));
      if (left > 60) labels.append(svg("text", { class: "tick", x: 40, y: middle, dy: "0.32em", lang: languageOf(arm.name) }, shortened(arm.name, 16)));
      root.append(labels, svg("line", { class: "grid", x1: left, x2: right, y1: y + rowHeight - 3, y2: y + rowHeight - 3 }));

      line.states.forEach(({ since, state }, i) => {
        const until = line.states[i + 1]?.since ?? line.end;
        root.append(svg("rect", { class: `state-fill-${LIFE_STATES[state]}`, x: x(since), y: middle - 6, width: Math.max(0.5, x(until) - x(since)), height: 12 },
          svg("title", {}, t("lives.state", { state: t(`state.${LIFE_STATES[state]}`), from: decimalYears(since), until: decimalYears(until) }))));
      });
      for (const { from, until, what } of line.done) {
        const k = done.indexOf(what) % DONE_DASHES.length;
        const at = middle + 9 + 2.5 * (k % 3);
        root.append(svg("line", { class: "done", x1: x(from), x2: Math.max(x(from) + 3, x(until)), y1: at, y2: at, "stroke-dasharray": DONE_DASHES[k], style: `stroke:${armColour(arm)}` },
          svg("title", {}, t("lives.done", { what: said(what), from: decimalYears(from), until: decimalYears(until) }))));
      }
      for (const happening of line.happenings) {
        const isVisit = happening.kind === "visit";
        const mark = svg("g", { class: "happening", transform: `translate(${x(happening.time).toFixed(1)} ${middle})` },
          isVisit ? svg("line", { class: "visit", x1: 0, x2: 0, y1: -8, y2: -5 }) : glyph(marked.indexOf(happening.name)),
          svg("title", {}, `${atTime(Number(decimalYears(happening.time)))}: ${happeningInWords(happening)}`));
        root.append(mark);
      }
      if (line.dies) {
        root.append(svg("g", { transform: `translate(${(x(line.end) + 7).toFixed(1)} ${middle})` }, deathMark(),
          svg("title", {}, t("lives.dies", { time: decimalYears(line.end) }))));
      }
      y += rowHeight;
    }
  }
}

const shortened = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** What the marks, bars and lines mean. */
function livesKey(marked, done, visits) {
  const item = (drawing, text) => html("li", {}, svg("svg", { class: "swatch", viewBox: "-14 -7 28 14", width: 28, height: 14, "aria-hidden": "true" }, drawing), text);
  return html("ul", { class: "key lives-key" },
    LIFE_STATES.map((state) => html("li", {}, html("span", { class: `dot state-${state}` }), t(`state.${state}`))),
    item(deathMark(), t("lives.death")),
    marked.map((name, k) => item(glyph(k), words(name))),
    visits ? item(svg("line", { class: "visit", x1: 0, x2: 0, y1: -3, y2: 3 }), t("lives.visit")) : null,
    done.map((what, k) => item(svg("line", { class: "done key-line", x1: -13, x2: 13, y1: 0, y2: 0, "stroke-dasharray": DONE_DASHES[k % DONE_DASHES.length] }), words(what))));
}

/** Everything that the figure shows, in words: one row per arm and date. */
function livesRows(members) {
  return members.flatMap((member) => arms.flatMap((arm) => {
    const line = member.arms[arm.index];
    const entries = [
      ...line.states.map(({ since, state }) => [since, t(`state.${LIFE_STATES[state]}`)]),
      ...line.done.map(({ from, until, what }) => [from, t("lives.done", { what: said(what), from: decimalYears(from), until: decimalYears(until) })]),
      ...line.happenings.map((h) => [h.time, happeningInWords(h)]),
      [line.end, t(line.dies ? "lives.death" : "lives.alive")],
    ].sort((a, b) => a[0] - b[0]);
    return entries.map(([time, text]) => [t("lives.member", { n: member.member }), written(arm.name), decimalYears(time), text]);
  }));
}
