// The page: sections from top to bottom, then the wiring of arm toggles to figures.

const report = JSON.parse(document.getElementById("data").textContent);
const arms = report.arms.map((arm, index) => ({ ...arm, index, on: true }));
const reference = arms[0];
const times = report.times_years;
const horizon = years(report.horizon_years);

const armNamed = (name) => arms.find((arm) => arm.name === name);
const columnNamed = (name) => report.columns.find((column) => column.name === name);

// ---------------------------------------------------------------- building blocks

const armLabel = (arm) => html("span", { class: "arm-label" }, swatch(arm), arm.name);

const section = (id, title, ...content) =>
  html("section", { id, "aria-labelledby": `${id}-title` }, html("h2", { id: `${id}-title` }, title), ...content);

const caption = (...text) => html("figcaption", {}, ...text);

const facts = (pairs) => html("dl", { class: "facts" }, pairs.map(([term, value]) => html("div", {}, html("dt", {}, term), html("dd", {}, value))));

function table(className, head, rows) {
  return html("div", { class: "scroll" },
    html("table", { class: className },
      html("thead", {}, html("tr", {}, head.map((cell) => html("th", { scope: "col" }, cell)))),
      html("tbody", {}, rows.map(([first, ...cells]) =>
        html("tr", {}, html("th", { scope: "row" }, first), cells.map((cell) => html("td", {}, cell)))))));
}

/** A chart with one row of values per arm below it: legend, read-out under the cursor and, on paper, the final values. */
function readout(headings, cellsOf) {
  const body = html("tbody");
  const when = html("th", { scope: "col" });
  const element = html("table", { class: "readout" },
    html("thead", {}, html("tr", {}, when, headings.map((h) => html("th", { scope: "col" }, h)))), body);
  const show = (time, key) => {
    when.textContent = time === 0 ? "At the start" : `At ${years(time)}`;
    body.replaceChildren(...arms.filter((arm) => arm.on).map((arm) =>
      html("tr", {}, html("th", { scope: "row" }, armLabel(arm)), cellsOf(arm, key).map((cell) => html("td", {}, cell)))));
  };
  return { element, show };
}

/** A bar of shares that add up to one, with its legend. `parts`: [label, share, text, css class]. */
function shareBar(label, parts) {
  return html("div", { class: "share-bar" },
    html("div", { class: "bar", role: "img", "aria-label": `${label}: ${parts.map(([name, , text]) => `${name} ${text}`).join(", ")}` },
      parts.filter(([, share]) => share > 0).map(([, share, , style]) => html("span", { class: style, style: `flex-grow:${share}` }))),
    html("ul", { class: "key" }, parts.map(([name, , text, style]) =>
      html("li", {}, html("span", { class: `dot ${style}` }), `${name} `, html("b", {}, text)))));
}

// ---------------------------------------------------------------- header

function resultSentence() {
  const primary = report.contrasts.filter((c) => c.outcome === report.contrasts[0]?.outcome);
  if (primary.length === 0) return ["This run compares no arms."];
  const [{ label, unit, rule }] = primary;
  const differences = primary.map((contrast) => {
    const { low, high, estimate, bounds } = interval(contrast);
    if (low == null) return `not defined with “${contrast.arm}”`;
    const text = html("span", {}, html("b", {}, withUnit(estimate, unit)), ` (${bounds}) with “${contrast.arm}”`);
    if (low <= 0 && high >= 0) text.append(", within simulation noise");
    return text;
  });
  const separated = differences.flatMap((d, i) => (i === 0 ? [d] : [i === differences.length - 1 ? ", and " : ", ", d]));
  return [`Over ${horizon} and against “${reference.name}”, the difference in ${inSentence(label)} is `, ...separated, ` (${rule}).`];
}

function header() {
  return html("header", {},
    html("div", { class: "masthead" },
      html("span", { class: "wordmark" }, "healthspan"),
      html("span", { class: "badge" }, report.disclaimer)),
    html("h1", {}, report.title),
    html("p", { class: "question" }, report.question),
    html("div", { class: "result" },
      html("h2", {}, "Result"),
      html("p", {}, ...resultSentence()),
      html("p", { class: "small" }, "Brackets are 95 % Monte Carlo intervals. They tell how finely this model was sampled, not how well the model matches people.")),
    html("p", { class: "meta" },
      `${count(report.members)} simulated lives per arm over ${horizon}`,
      report.failed > 0 ? `, ${count(report.failed)} failed` : "",
      report.warnings.length > 0 ? html("span", {}, " · ", html("a", { href: "#warnings" },
        `${report.warnings.length} ${report.warnings.length === 1 ? "warning" : "warnings"}`)) : ""));
}

// ---------------------------------------------------------------- patient and arms

const patientSection = () => section("patient", "The patient",
  facts(report.patient.map(({ label, value, unit }) => [label, withUnit(value, unit)])));

const armsSection = () => section("arms", "What is compared",
  html("ol", { class: "arm-cards" }, arms.map((arm) =>
    html("li", { style: `--arm:${armColour(arm)}` },
      html("h3", {}, armLabel(arm), arm === reference ? html("span", { class: "tag" }, "reference") : null),
      html("ul", {}, arm.words.map((words) => html("li", {}, words)))))));

function armToggles() {
  const group = html("div", { class: "toggles", role: "group", "aria-label": "Arms shown in the figures" },
    html("span", { class: "toggles-label" }, "Show"));
  for (const arm of arms) {
    const box = html("input", { type: "checkbox", checked: true });
    box.onchange = () => {
      arm.on = box.checked;
      applyArmSelection();
    };
    group.append(html("label", { class: "chip", style: `--arm:${armColour(arm)}` }, box, swatch(arm), arm.name));
  }
  return group;
}

/** Elements that belong to one arm and go with it carry data-arm; figures ask the arms themselves. */
function applyArmSelection() {
  for (const element of document.querySelectorAll("[data-arm]")) element.hidden = !arms[element.dataset.arm].on;
  drawFigures();
}

// ---------------------------------------------------------------- quantities over time

function columnFigure(column) {
  const yRange = livedRange(column);
  const values = readout(["Median", "25–75 %", "5–95 %", "Living"], (arm, t) => {
    const band = column.arms[arm.index];
    return [reading(band.median[t]), range(band.q25[t], band.q75[t]), range(band.q05[t], band.q95[t]), count(band.alive[t])];
  });
  const last = times.length - 1;
  const finals = arms.map((arm) => `${arm.name} ${number(column.arms[arm.index].median[last])}`);
  const chart = html("div", { class: "chart", tabindex: 0, role: "img",
    "aria-label": `${column.label}, medians and bands over ${horizon}. Medians at the end: ${finals.join(", ")}. Arrow keys move the cursor.` });
  figure(chart, (width) =>
    drawBands(chart, width, column, times, arms, yRange, (t) => values.show(times[t], t)));

  const strips = arms.map((arm) => {
    const host = html("div", { class: "chart" });
    figure(host, (width) =>
      drawStrips(host, width, column, arm, times, yRange, arms.filter((other) => other.on).length <= 2));
    return html("div", { "data-arm": arm.index }, html("h4", {}, armLabel(arm)), host);
  });

  return html("figure", { class: "quantity" },
    html("h3", {}, column.label, html("span", { class: "unit" }, column.unit)),
    html("div", { class: "split" },
      html("div", { class: "with-readout" }, chart, values.element),
      html("div", { class: "strips" }, strips)),
    caption(`The living in each arm: median (line), middle half (shaded), 5–95 % (faint); strips, their spread at ${column.arms[0].strips.length} times.`));
}

const quantitiesSection = () => section("quantities", "Over time",
  html("p", { class: "lead" }, "Bands are of the living in that arm, so a band may rise because the weakest have died. ",
    "The strips show how lives are spread: each is scaled to its own widest point, is paler as fewer are alive, and carries the median as a bar. ",
    "Where a strip has two humps, the median between them is nobody’s life."),
  report.columns.map(columnFigure));

// ---------------------------------------------------------------- occupancy

function occupancyPanel(arm) {
  const shares = report.occupancy[arm.index];
  const key = html("p", { class: "panel-key" });
  const show = (t) => key.replaceChildren(`${t === 0 ? "Start" : `At ${years(times[t])}`}: `,
    ...STATES.map((state) => html("span", {}, html("span", { class: `dot state-${state}` }), `${state} ${percent(shares[state][t])}`)));
  const last = times.length - 1;
  const chart = html("div", { class: "chart", tabindex: 0, role: "img",
    "aria-label": `Stacked shares for ${arm.name}. At the end: ${STATES.map((s) => `${s} ${percent(shares[s][last])}`).join(", ")}. Arrow keys move the cursor.` });
  figure(chart, (width) => drawOccupancy(chart, width, shares, times, show));
  return html("div", { "data-arm": arm.index }, html("h4", {}, armLabel(arm)), chart, key);
}

const occupancySection = () => section("occupancy", "Robust, prefrail, frail, dead",
  html("figure", {},
    html("div", { class: "panels" }, arms.map(occupancyPanel)),
    caption("Share of all simulated lives in each state of the Japanese version of the frailty phenotype (J-CHS). ",
      "Here the dead are counted, so this is the figure to read when arms differ in survival.")));

// ---------------------------------------------------------------- the spiral

function portraitSection() {
  const known = (path) => path.x.map((x, i) => i).filter((i) => path.x[i] != null && path.y[i] != null);
  const portrait = { ...report.portrait, arms: report.portrait.arms.map((path) =>
    Object.fromEntries(["x", "y", "time_years"].map((key) => [key, known(path).map((i) => path[key][i])]))) };
  const labelOf = (name) => {
    const column = columnNamed(name);
    return column ? column.label + (column.unit ? ` (${column.unit})` : "") : name;
  };
  const shortLabel = (name) => columnNamed(name)?.label ?? name;
  const values = readout([shortLabel(portrait.x), shortLabel(portrait.y)], (arm, time) => {
    const path = portrait.arms[arm.index];
    const i = nearestIndex(path.time_years, time);
    return [reading(path.x[i]), reading(path.y[i])];
  });
  const host = html("div", { class: "chart" });
  const labels = { x: labelOf(portrait.x), y: labelOf(portrait.y) };
  figure(host, (width) => drawPortrait(host, width, portrait, arms, labels, (time) => values.show(time, time)));
  const mark = (className, text) => html("li", {}, html("span", { class: `mark ${className}` }), text);
  return section("spiral", "The spiral",
    html("figure", {},
      html("div", { class: "split portrait" },
        host,
        html("div", { class: "with-readout" },
          html("ul", { class: "marks" },
            mark("start", "start"), mark("year", "each year"),
            mark("stable", "stable equilibrium"), mark("unstable", "unstable equilibrium")),
          values.element,
          html("p", { class: "note" }, portrait.note))),
      caption("The life of the member at median parameters: activity feeds strength and strength feeds activity. ",
        "It is one life, not an average; equilibria are those of the frozen system and move as the person ages.")));
}

// ---------------------------------------------------------------- same stay, two fates

/** The neighbouring deficit burdens between which the patient's own stay changes its outcome. */
function twoFates(map) {
  const l = nearestIndex(map.lengths_days, map.patient_length_days);
  const k = map.deficits.findIndex((_, i) =>
    i > 0 && map.activity[i - 1][l] >= map.threshold && map.activity[i][l] < map.threshold);
  if (k < 0) return null;
  return `The same stay of ${number(map.lengths_days[l])} days: at a deficit burden of ${number(map.deficits[k - 1])} activity is ` +
    `${number(map.activity[k - 1][l])} after ${map.months} months, at ${number(map.deficits[k])} it is ${number(map.activity[k][l])}.`;
}

function stayMapSection() {
  const map = report.stay_map;
  const value = html("p", { class: "cell-value" });
  const unit = columnNamed("activity")?.unit;
  const show = (k, l) => {
    if (k == null) {
      value.textContent = "Point at a cell for its value.";
      return;
    }
    const activity = map.activity[k][l];
    value.textContent = `${number(map.lengths_days[l])} days at deficit burden ${number(map.deficits[k])}: activity ` +
      (activity == null ? "not computed" : `${withUnit(number(activity), unit)}, ${activity >= map.threshold ? "above" : "below"} the threshold`);
  };
  show(null);
  const host = html("div", { class: "chart" });
  figure(host, (width) => drawStayMap(host, width, map, show));
  const fates = twoFates(map);
  return section("stay", "Same stay, two fates",
    html("figure", {},
      html("div", { class: "split" },
        host,
        html("div", {},
          fates ? html("p", { class: "lead" }, fates) : null,
          html("p", { class: "key-title" }, `Activity ${map.months} months after the stay${unit ? ` (${unit})` : ""}`),
          stayMapKey(map),
          value,
          html("p", { class: "note" }, `The line is the critical stay: longer stays leave activity below ${number(map.threshold)} after ${map.months} months. A row without a point has no critical stay in the range shown.`))),
      caption("Length of a hospital stay against deficit burden before it. ",
        "Most second fates are a slow recovery overtaken by ageing; no cohort proves bistability, and the steepness and floor of the activity law are assumed.")));
}

// ---------------------------------------------------------------- class of the spiral

function spiralClassSection() {
  const { members, class_share: share, median_member: median, note } = report.spiral;
  const names = { monostable: "one state", near_fold: "near the fold", bistable: "two states" };
  return section("classes", "One state or two",
    shareBar("Share of members by class", Object.entries(names).map(([key, name]) => [name, share[key], percent(share[key]), `class-${key}`])),
    facts([
      ["Member at median parameters", names[median.class] ?? median.class],
      ["Gap to the fold", number(median.gap)],
      ["Slowest mode of the loop", `${number(median.loop_mode_days)} days`],
      ["Recovery after the standard stay", median.recovery_days == null ? "not reached" : `${number(median.recovery_days)} days`],
    ]),
    html("p", { class: "note" }, note, ` Classified: ${count(members)} members.`),
    html("p", { class: "caption" }, "One state: everybody returns, sooner or later. Near the fold: one state, but the return is slow. Two states: low activity can sustain itself. ",
      "The class rests on an assumed steepness and floor, so read the recovery time first."));
}

// ---------------------------------------------------------------- outcomes and differences

function outcomesSection() {
  const cell = ({ estimate, error }, i) => {
    const decimals = decimalsOf(error);
    return html("span", {},
      html("span", { class: "narrow-head" }, armLabel(arms[i])),
      html("b", {}, fixed(estimate, decimals)),
      error == null ? null : html("span", { class: "error" }, ` ± ${fixed(error, decimals)}`));
  };
  return section("outcomes", `Outcomes at ${horizon}`,
    table("numbers outcomes", ["Outcome", ...arms.map(armLabel)], report.outcomes.map(({ label, unit, arms: values }) =>
      [html("span", {}, label, unit ? html("span", { class: "unit" }, unit) : null), ...values.map(cell)])),
    html("p", { class: "caption" }, "Estimate ± Monte Carlo standard error."));
}

function differencesSection() {
  const outcomes = [...new Set(report.contrasts.map((c) => c.outcome))];
  const groups = outcomes.map((outcome) => {
    const contrasts = report.contrasts.filter((c) => c.outcome === outcome);
    const scale = forestScale(contrasts);
    const [{ label, unit }] = contrasts;
    return html("tbody", {},
      html("tr", { class: "group" }, html("th", { scope: "rowgroup", colspan: 3 }, label, unit ? html("span", { class: "unit" }, unit) : null)),
      contrasts.map((contrast) => {
        const arm = armNamed(contrast.arm);
        const { estimate, bounds } = interval(contrast);
        return html("tr", { "data-arm": arm.index },
          html("th", { scope: "row" }, armLabel(arm), html("span", { class: "rule" }, `${contrast.rule}, ${count(contrast.pairs)} pairs`)),
          html("td", {}, html("b", {}, estimate), html("span", { class: "error" }, bounds)),
          html("td", { class: "forest-cell" }, forestRow(contrast, arm, scale)));
      }),
      html("tr", { class: "forest-axis" }, html("td", { colspan: 2 }), html("td", { class: "forest-cell" }, forestAxis(scale))));
  });
  return section("differences", "Paired differences",
    html("p", { class: "lead" }, `Every simulated person lives in every arm with the same chance; a difference is that person’s outcome minus the outcome under “${reference.name}”. Points to the right of the line mean more than there.`),
    html("table", { class: "differences" },
      html("thead", {}, html("tr", {}, ["Arm", "Difference (95 %)", "±1.96 standard errors"].map((h) => html("th", { scope: "col" }, h)))),
      groups),
    html("p", { class: "caption" }, "Mean paired difference with ±1.96 Monte Carlo standard errors. The interval shrinks with more members and holds none of the doubt about the model’s assumptions; which pairs count is said in each row."));
}

// ---------------------------------------------------------------- what it rests on

function evidenceSection() {
  const { evidence } = report;
  const total = evidence.cited + evidence.calibrated + evidence.assumed;
  const kinds = ["cited", "calibrated", "assumed"];
  return section("evidence", "What it rests on",
    shareBar("Parameters by source", kinds.map((kind) =>
      [kind, evidence[kind], `${evidence[kind]} (${percent(evidence[kind] / total)})`, `source-${kind}`])),
    html("p", { class: "caption" }, `Of ${total} parameters: cited from a publication, calibrated to a named target, or assumed.`),
    html("details", {}, html("summary", {}, "By module"),
      table("numbers", ["Module", "Cited", "Calibrated", "Assumed"],
        evidence.modules.map((m) => [m.name.replaceAll("_", " "), ...kinds.map((kind) => count(m[kind]))]))),
    html("details", {}, html("summary", {}, `References (${evidence.references.length})`),
      html("ul", { class: "references" }, evidence.references.map(({ key, text, doi }) =>
        html("li", {}, html("span", { class: "tag" }, key), ` ${text} `,
          doi ? html("a", { href: `https://doi.org/${doi}`, rel: "noreferrer" }, `doi:${doi}`) : null)))));
}

const warningsSection = () => section("warnings", "Warnings",
  html("ul", { class: "warnings" }, report.warnings.map((text) => html("li", {}, text))));

function footer() {
  const command = html("code", {}, report.command);
  const copy = html("button", { type: "button" }, "Copy");
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(report.command);
      copy.textContent = "Copied";
    } catch {
      // Without permission the reader can still copy by hand.
      getSelection().selectAllChildren(command);
      copy.textContent = "Selected";
    }
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  };
  return html("footer", {},
    html("h2", {}, "Provenance"),
    facts([
      ["healthspan", report.version],
      ["Seed", String(report.seed)],
      ["Members", count(report.members)],
      ["Failed lives", count(report.failed)],
      ["Horizon", horizon],
      ["Substeps per month", String(report.substeps_per_month)],
    ]),
    html("p", { class: "key-title" }, "This command gives the same report again:"),
    html("div", { class: "command" }, command, copy),
    html("p", { class: "badge" }, report.disclaimer));
}

// Panels of one kind fill their rows: four arms stand in one row or in two, never three and one.
const page = document.getElementById("report");
page.style.setProperty("--columns", arms.length <= 4 ? arms.length : 3);
page.style.setProperty("--half-columns", Math.min(2, arms.length));
page.replaceChildren(
  header(),
  patientSection(),
  armsSection(),
  armToggles(),
  quantitiesSection(),
  occupancySection(),
  portraitSection(),
  ...(report.stay_map ? [stayMapSection()] : []),
  ...(report.spiral ? [spiralClassSection()] : []),
  outcomesSection(),
  ...(report.contrasts.length > 0 ? [differencesSection()] : []),
  evidenceSection(),
  ...(report.warnings.length > 0 ? [warningsSection()] : []),
  footer(),
);
keepFiguresDrawn();
