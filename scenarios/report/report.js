// The page: sections from top to bottom, then the wiring of arm toggles to figures.

// ---------------------------------------------------------------- header

function resultSentence() {
  const [first] = report.contrasts;
  if (!first) return [t("result.none")];
  const primary = report.contrasts.filter((c) => c.outcome === first.outcome && c.rule === first.rule);
  const differences = primary.map((contrast) => {
    const { low, high, estimate, bounds } = interval(contrast);
    const arm = written(contrast.arm);
    if (low == null) return html("span", {}, ...rich("result.undefined", { arm }));
    const text = html("span", {}, ...rich("result.difference", { estimate: html("b", {}, withUnit(estimate, first.unit)), bounds, arm }));
    if (low <= 0 && high >= 0) text.append(t("result.noise"));
    return text;
  });
  const listed = differences.flatMap((d, i) => (i === 0 ? [d] : [i === differences.length - 1 ? t("list.last") : t("list.comma"), d]));
  return rich("result.sentence", { horizon, reference: written(reference.name), label: mention(first.label), differences: listed, rule: said(first.rule) });
}

const header = () => html("header", {},
  html("div", { class: "masthead" },
    html("span", { class: "wordmark" }, "healthspan"),
    html("span", { class: "badge" }, words(report.disclaimer))),
  html("h1", { lang: languageOf(report.title) }, report.title),
  report.question ? html("p", { class: "question", lang: languageOf(report.question) }, report.question) : null,
  html("div", { class: "result" },
    html("h2", {}, t("result.title")),
    html("p", {}, ...resultSentence()),
    html("p", { class: "small" }, t("result.brackets"))),
  html("p", { class: "meta" },
    t("meta.lives", { n: count(report.members), horizon }),
    report.failed > 0 ? t("meta.failed", { n: count(report.failed) }) : "",
    report.warnings.length > 0 ? html("span", {}, " · ", html("a", { href: "#warnings" },
      t(report.warnings.length === 1 ? "meta.warning" : "meta.warnings", { n: report.warnings.length }))) : ""));

const contents = (sections) => html("nav", { "aria-label": t("contents") },
  html("ul", {}, sections.map(({ id, firstChild }) => html("li", {}, html("a", { href: `#${id}` }, firstChild.textContent)))));

// ---------------------------------------------------------------- who and what

function patientSection() {
  const inWords = ({ label, value, unit }) => {
    if (label === "Age") return t("patient.age", { n: value });
    return unit ? withUnit(value, unit) : words(value);
  };
  return section("patient", t("patient.title"), facts(report.patient.map((row) => [words(row.label), inWords(row)])));
}

function cohortSection() {
  const { cohort } = report;
  const cells = ["mean", "sd", "p5", "p50", "p95"];
  return section("patient", t("cohort.title"),
    facts([
      cohort.population ? [t("cohort.population"), words(cohort.population)] : [t("cohort.people"), written(cohort.people)],
      ...(cohort.eligibility ? [[t("cohort.eligibility"), written(cohort.eligibility)]] : []),
      ...(cohort.eligibility_at_start ? [[t("cohort.eligibility_at_start"), written(cohort.eligibility_at_start)]] : []),
      [t("cohort.candidates"), count(cohort.candidates)],
      [t("cohort.eligible"), `${count(cohort.eligible)} (${percent(cohort.acceptance_rate)})`],
      [t("cohort.women"), `${count(cohort.women)} (${percent(cohort.women / cohort.described)})`],
    ]),
    table("numbers cohort", [t("cohort.variable"), ...cells.map((key) => t(`cohort.${key}`))],
      cohort.table.map((row) => [html("span", {}, words(row.label), unitLabel(row.unit)), ...cells.map((key) => reading(row[key]))])),
    html("p", { class: "caption" }, t("cohort.caption", { n: count(cohort.described) })),
    figureCommand("run.json"));
}

const armsSection = () => section("arms", t("arms.title"),
  html("ol", { class: "arm-cards" }, arms.map((arm) =>
    html("li", { style: `--arm:${armColour(arm)}` },
      html("h3", {}, armLabel(arm), arm === reference ? html("span", { class: "tag" }, t("arms.reference")) : null),
      arm.words.length > 0 ? html("ul", {}, arm.words.map((sentence) => html("li", {}, words(sentence)))) : html("p", { class: "small" }, t("arms.nothing"))))));

function armToggles() {
  const group = html("div", { class: "toggles", role: "group", "aria-label": t("toggles.label") },
    html("span", { class: "toggles-label", "aria-hidden": "true" }, t("toggles.show")));
  for (const arm of arms) {
    const button = html("button", { type: "button", class: "chip", "aria-pressed": "true", style: `--arm:${armColour(arm)}` },
      svg("svg", { class: "tick-mark", viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, svg("path", { d: "M1.5,6.5L4.5,9.5L10.5,2.5" })),
      swatch(arm), written(arm.name));
    button.onclick = () => {
      arm.on = !arm.on;
      button.setAttribute("aria-pressed", String(arm.on));
      applyArmSelection();
    };
    group.append(button);
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
  const headings = [t("bands.median"), "25–75 %", "5–95 %", t("bands.living")];
  const cellsOf = (arm, i) => {
    const band = column.arms[arm.index];
    return [reading(band.median[i]), range(band.q25[i], band.q75[i]), range(band.q05[i], band.q95[i]), count(band.alive[i])];
  };
  const values = readout(headings, cellsOf);
  const last = times.length - 1;
  const finals = arms.map((arm) => `${arm.name} ${number(column.arms[arm.index].median[last])}`);
  const chart = walkable(t("bands.label", { quantity: said(column.label), horizon, finals: finals.join(", ") }), values.element);
  figure(chart, (width) => drawBands(chart, width, column, times, arms, yRange, (i) => values.show(times[i], i)));

  const strips = arms.map((arm) => {
    const host = html("div", { class: "chart" });
    figure(host, (width) => drawStrips(host, width, column, arm, times, yRange, arms.filter((other) => other.on).length <= 2));
    return html("div", { "data-arm": arm.index }, html("h4", {}, armLabel(arm)), host);
  });

  return html("figure", { class: "quantity" },
    html("h3", {}, words(column.label), unitLabel(column.unit)),
    html("div", { class: "split" },
      html("div", { class: "with-readout" }, chart, values.element),
      html("div", { class: "strips" }, strips)),
    caption(t("bands.caption", { n: column.arms[0].strips.length })),
    figureCommand("bands.csv"),
    valuesTable([t("arm"), t("years"), ...headings], () =>
      arms.flatMap((arm) => wholeYears().map(([time, i]) => [armLabel(arm), number(time), ...cellsOf(arm, i)]))));
}

const quantitiesSection = () => section("quantities", t("quantities.title"),
  html("p", { class: "lead" }, t("quantities.lead")), report.columns.map(columnFigure));

// ---------------------------------------------------------------- occupancy

const sharesInWords = (shares, i) => STATES.map((state) => `${t(`state.${state}`)} ${percent(shares[state][i])}`);

function occupancyPanel(arm) {
  const shares = report.occupancy[arm.index];
  const key = html("p", { class: "panel-key" });
  const show = (i) => key.replaceChildren(t("occupancy.when", { when: atTime(times[i]) }),
    ...STATES.map((state) => html("span", {}, html("span", { class: `dot state-${state}` }), `${t(`state.${state}`)} ${percent(shares[state][i])}`)));
  const chart = walkable(t("occupancy.label", { arm: arm.name, shares: sharesInWords(shares, times.length - 1).join(", ") }), key);
  figure(chart, (width) => drawOccupancy(chart, width, shares, times, show));
  return html("div", { "data-arm": arm.index }, html("h3", {}, armLabel(arm)), chart, key);
}

const occupancySection = () => section("occupancy", t("occupancy.title"),
  html("figure", {},
    html("div", { class: "panels" }, arms.map(occupancyPanel)),
    caption(t("occupancy.caption")),
    figureCommand("bands.csv"),
    valuesTable([t("arm"), t("years"), ...STATES.map((state) => t(`state.${state}`))], () =>
      arms.flatMap((arm) => wholeYears().map(([time, i]) =>
        [armLabel(arm), number(time), ...STATES.map((state) => percent(report.occupancy[arm.index][state][i]))])))));

// ---------------------------------------------------------------- events

function incidenceFigure(event, top) {
  // Of death itself nothing else is left to die of.
  const headings = [t("incidence.cumulative"), t("incidence.at_risk"), ...(event.ends_life ? [] : [t("incidence.died")])];
  const cellsOf = (arm, i) => {
    const { cumulative, low, high, at_risk: atRisk, died } = event.arms[arm.index];
    const bounds = html("span", { class: "interval" }, inPercent({ low: low[i], high: high[i] }));
    return [html("span", {}, percent(cumulative[i]), bounds), count(Math.round(atRisk[i])), percent(died[i])].slice(0, headings.length);
  };
  const values = readout(headings, cellsOf);
  const last = event.time_y.length - 1;
  const finals = arms.map((arm) => `${arm.name} ${percent(event.arms[arm.index].cumulative[last])}`);
  const chart = walkable(t("incidence.label", { event: said(event.label), horizon, finals: finals.join(", ") }), values.element);
  const risk = html("div");
  figure(chart, (width) => {
    const gutter = drawIncidence(chart, width, event, top, (i) => values.show(event.time_y[i], i));
    risk.replaceChildren(riskTable(event, chart.chart, gutter));
  });
  return html("figure", { class: "quantity incidence" },
    html("h3", {}, words(event.label)),
    html("div", { class: "split" }, html("div", {}, chart, risk), html("div", { class: "with-readout" }, values.element)),
    figureCommand("incidence.csv"),
    valuesTable([t("arm"), t("years"), ...headings], () => {
      const rows = wholeYears().map(([time]) => [time, nearestIndex(event.time_y, time)]);
      return arms.flatMap((arm) => rows.map(([time, i]) => [armLabel(arm), number(time), ...cellsOf(arm, i)]));
    }));
}

function incidenceSection() {
  return section("incidence", t("incidence.title"),
    html("p", { class: "lead" }, t("incidence.lead")),
    incidence.map((event) => {
      const most = Math.max(...event.arms.flatMap((arm) => arm.high));
      return incidenceFigure(event, Math.min(1, 1.05 * Math.max(most, 0.01)));
    }));
}

function livesSection() {
  const members = report.lifelines;
  const [marked, done] = [markedNames(members), namesDone(members)];
  const visits = members.some((m) => m.arms.some((line) => line.happenings.some((h) => h.kind === "visit")));
  const host = html("div", { class: "chart" });
  figure(host, (width) => drawLives(host, width, members, marked, done));
  return section("lives", t("lives.title"),
    html("p", { class: "lead" }, t(members.length === 1 ? "lives.lead_one" : "lives.lead", { n: members.length })),
    html("figure", {}, livesKey(marked, done, visits), host,
      caption(t("lives.caption")),
      command(`healthspan why scenario.json --member ${members[0].member}`),
      valuesTable([t("lives.who"), t("arm"), t("years"), t("lives.what")], () => livesRows(members), "told")));
}

// ---------------------------------------------------------------- the spiral

function portraitSection() {
  const known = (path) => path.x.map((x, i) => i).filter((i) => path.x[i] != null && path.y[i] != null);
  const portrait = { ...report.portrait, arms: report.portrait.arms.map((path) =>
    Object.fromEntries(["x", "y", "time_years"].map((key) => [key, known(path).map((i) => path[key][i])]))) };
  const shortLabel = (name) => said(columnNamed(name)?.label ?? labelled(name));
  const labelOf = (name) => shortLabel(name) + (columnNamed(name)?.unit ? ` (${said(columnNamed(name).unit)})` : "");
  const labels = { x: labelOf(portrait.x), y: labelOf(portrait.y) };
  const headings = [shortLabel(portrait.x), shortLabel(portrait.y)];
  const cellsOf = (arm, time) => {
    const path = portrait.arms[arm.index];
    const i = nearestIndex(path.time_years, time);
    return [reading(path.x[i]), reading(path.y[i])];
  };
  const values = readout(headings, cellsOf);
  const host = walkable(t("portrait.keys", labels), values.element);
  figure(host, (width) => drawPortrait(host, width, portrait, arms, labels, (time) => values.show(time, time)));
  const mark = (className, text) => html("li", {}, html("span", { class: `mark ${className}` }), text);
  return section("spiral", t("portrait.title"),
    html("figure", {},
      html("div", { class: "split portrait" },
        host,
        html("div", { class: "with-readout" },
          html("ul", { class: "marks" },
            mark("start", t("portrait.start")), mark("year", t("portrait.year")),
            mark("stable", t("portrait.stable_mark")), mark("unstable", t("portrait.unstable_mark"))),
          values.element,
          html("p", { class: "note" }, words(portrait.note)))),
      caption(t("portrait.caption")),
      figureCommand("report.html"),
      valuesTable([t("arm"), t("years"), ...headings], () =>
        arms.flatMap((arm) => wholeYears().filter(([time]) => time <= portrait.arms[arm.index].time_years.at(-1) + 0.05)
          .map(([time]) => [armLabel(arm), number(time), ...cellsOf(arm, time)])))));
}

// ---------------------------------------------------------------- same stay, two fates

/** The neighbouring deficit burdens between which the patient's own stay changes its outcome. */
function twoFates(map) {
  const l = nearestIndex(map.lengths_days, map.patient_length_days);
  const k = map.deficits.findIndex((_, i) =>
    i > 0 && map.activity[i - 1][l] >= map.threshold && map.activity[i][l] < map.threshold);
  if (k < 0) return null;
  return t("stay.fates", { days: number(map.lengths_days[l]), months: map.months, less: number(map.deficits[k - 1]), more: number(map.deficits[k]),
    active: number(map.activity[k - 1][l]), inactive: number(map.activity[k][l]) });
}

function stayMapSection() {
  const map = report.stay_map;
  const value = html("p", { class: "cell-value" });
  const unit = columnNamed("activity")?.unit;
  const show = (k, l) => {
    if (k == null) {
      value.textContent = t("stay.point");
      return;
    }
    const activity = map.activity[k][l];
    value.textContent = t("stay.cell", { days: number(map.lengths_days[l]), deficits: number(map.deficits[k]),
      activity: activity == null ? t("stay.unknown") : t(activity >= map.threshold ? "stay.above" : "stay.below", { activity: withUnit(number(activity), unit) }) });
  };
  show(null);
  const host = walkable(t("stay.keys", { months: map.months }), value);
  figure(host, (width) => drawStayMap(host, width, map, show));
  const fates = twoFates(map);
  return section("stay", t("stay.title"),
    html("figure", {},
      html("div", { class: "split" },
        host,
        html("div", {},
          fates ? html("p", { class: "lead" }, fates) : null,
          html("p", { class: "key-title" }, t("stay.scale", { months: map.months }) + (unit ? ` (${said(unit)})` : "")),
          stayMapKey(map),
          value,
          html("p", { class: "note" }, t("stay.note", { threshold: number(map.threshold), months: map.months })))),
      caption(t("stay.caption")),
      figureCommand("report.html"),
      valuesTable([t("stay.deficits"), t("stay.critical")], () =>
        map.deficits.map((deficits, k) => [number(deficits), number(map.critical_days[k])]))));
}

// ---------------------------------------------------------------- class of the spiral

function spiralClassSection() {
  const { members, class_share: share, median_member: median, note } = report.spiral;
  const classes = Object.keys(share);
  const days = (n) => t("days", { n: number(n) });
  return section("classes", t("classes.title"),
    shareBar(t("classes.label"), classes.map((key) => [t(`class.${key}`), share[key], percent(share[key]), `class-${key}`])),
    facts([
      [t("classes.median"), t(`class.${median.class}`)],
      [t("classes.gap"), number(median.gap)],
      [t("classes.mode"), days(median.loop_mode_days)],
      [t("classes.recovery"), median.recovery_days == null ? t("classes.not_reached") : days(median.recovery_days)],
    ]),
    html("p", { class: "note" }, words(note), " ", t("classes.members", { n: count(members) })),
    html("p", { class: "caption" }, t("classes.caption")),
    figureCommand("report.html"));
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
  return section("outcomes", t("outcomes.title", { horizon }),
    table("numbers outcomes", [t("outcome"), ...arms.map(armLabel)], report.outcomes.map(({ label, unit, arms: values }) =>
      [html("span", {}, words(label), unitLabel(unit)), ...values.map(cell)])),
    html("p", { class: "caption" }, t("outcomes.caption")),
    figureCommand("outcomes.csv"));
}

function differencesSection() {
  // Of one outcome, differences in its unit and shares of pairs have a scale each.
  const keyOf = (c) => `${c.outcome} ${c.unit}`;
  const groups = [...new Set(report.contrasts.map(keyOf))].map((key) => report.contrasts.filter((c) => keyOf(c) === key));
  const atEnd = (group) => columnNamed(group[0].outcome) != null;
  const label = (c) => [armLabel(armNamed(c.arm)), small(t("differences.pairs", { rule: said(c.rule), n: count(c.pairs) }))];
  const forest = (some) => differenceTable(t("arm"), some.map((group) =>
    differenceGroup([words(group[0].label), unitLabel(group[0].unit)], group.map((c) => [label(c), c, armNamed(c.arm)]))));
  const further = groups.filter(atEnd);
  return section("differences", t("differences.title"),
    html("p", { class: "lead" }, ...rich("differences.lead", { reference: written(reference.name) })),
    forest(groups.filter((group) => !atEnd(group))),
    html("p", { class: "caption" }, t("differences.caption")),
    figureCommand("outcomes.csv"),
    further.length > 0 ? html("details", { class: "screen-only" }, html("summary", {}, t("differences.further")), forest(further)) : null);
}

// ---------------------------------------------------------------- what it rests on

const SOURCES = ["cited", "calibrated", "assumed"];

function evidenceSection() {
  const { evidence } = report;
  const total = SOURCES.reduce((sum, kind) => sum + evidence[kind], 0);
  return section("evidence", t("evidence.title"),
    shareBar(t("evidence.label"), SOURCES.map((kind) =>
      [t(`source.${kind}`), evidence[kind], `${evidence[kind]} (${percent(evidence[kind] / total)})`, `source-${kind}`])),
    html("p", { class: "caption" }, t("evidence.caption", { n: total })),
    html("details", {}, html("summary", {}, t("evidence.modules")),
      table("numbers", [t("evidence.module"), ...SOURCES.map((kind) => t(`source.${kind}`))],
        evidence.modules.map((m) => [words(labelled(m.name)), ...SOURCES.map((kind) => count(m[kind]))]))),
    html("details", {}, html("summary", {}, t("evidence.references", { n: evidence.references.length })),
      html("ul", { class: "references" }, evidence.references.map(({ key, text, doi }) =>
        html("li", { lang: languageOf(text) }, html("span", { class: "tag" }, key), ` ${text} `,
          doi ? html("a", { href: `https://doi.org/${doi}`, rel: "noreferrer" }, `doi:${doi}`) : null)))));
}

function warningsSection() {
  const { assumptions } = report.evidence;
  const value = (a) => (a.men === a.women ? number(a.men) : t("assumed.both", { men: number(a.men), women: number(a.women) }));
  return section("warnings", t("warnings.title"),
    report.warnings.length > 0
      ? html("ul", { class: "warnings" }, report.warnings.map((text) => html("li", {}, words(text))))
      : html("p", {}, t("warnings.none")),
    html("h3", {}, t("assumptions.title")),
    html("ul", { class: "assumptions" },
      ["assumptions.bistable", "assumptions.errors", "assumptions.chance", "assumptions.range"].map((key) => html("li", {}, t(key)))),
    assumptions.length > 0 ? html("details", { class: "screen-only" }, html("summary", {}, t("assumed.title", { n: assumptions.length })),
      table("assumed", [t("assumed.parameter"), t("assumed.value"), t("assumed.spread"), t("assumed.why")],
        assumptions.map((a) => [html("span", {}, words(labelled(a.name)), html("span", { class: "rule" }, words(labelled(a.module)))),
          withUnit(value(a), a.unit), a.log_sd > 0 ? number(a.log_sd) : "–", words(a.why)]))) : null);
}

function footer() {
  const scenario = JSON.stringify(report.scenario, null, 2);
  return html("footer", {},
    html("h2", {}, t("provenance.title")),
    facts([
      ["healthspan", report.version],
      [t("provenance.seed"), String(report.seed)],
      [t("provenance.members"), count(report.members)],
      [t("provenance.failed"), count(report.failed)],
      [t("provenance.horizon"), horizon],
      [t("provenance.substeps"), String(report.substeps_per_month)],
    ]),
    html("p", { class: "key-title" }, t("provenance.again")),
    command(inLanguage(report.command)),
    html("details", { class: "screen-only" }, html("summary", {}, t("provenance.scenario")),
      html("p", { class: "small" }, t("provenance.save")),
      html("pre", { tabindex: 0, "aria-label": t("provenance.scenario") }, scenario)),
    html("p", { class: "badge" }, words(report.disclaimer)));
}

// ---------------------------------------------------------------- the page

/** Events with their 95 % bands; all arms share their times. */
const incidence = (report.incidence ?? []).map((event) => ({ ...event, time_y: event.arms[0].time_y, arms: event.arms.map((arm) => ({
  ...arm,
  low: arm.cumulative.map((share, i) => Math.max(0, share - 1.96 * arm.error[i])),
  high: arm.cumulative.map((share, i) => Math.min(1, share + 1.96 * arm.error[i])),
})) }));

// Panels of one kind fill their rows: four arms stand in one row or in two, never three and one.
const page = document.getElementById("report");
page.style.setProperty("--columns", arms.length <= 4 ? arms.length : 3);
page.style.setProperty("--half-columns", Math.min(2, arms.length));
const when = (present, make) => (present ? [make()] : []);
const sections = [
  report.cohort ? cohortSection() : patientSection(),
  armsSection(),
  quantitiesSection(),
  ...when(report.occupancy, occupancySection),
  ...when(incidence.length > 0, incidenceSection),
  outcomesSection(),
  ...when(report.contrasts.length > 0, differencesSection),
  ...when(report.effects?.length > 0, effectsSection),
  ...when(report.subgroups?.length > 0, subgroupsSection),
  ...when(report.cost_effectiveness?.length > 0, costSection),
  ...when(report.lifelines.length > 0, livesSection),
  ...when(report.portrait, portraitSection),
  ...when(report.stay_map, stayMapSection),
  ...when(report.spiral, spiralClassSection),
  evidenceSection(),
  warningsSection(),
];
page.replaceChildren(
  html("a", { class: "skip", href: "#main" }, t("skip")),
  header(),
  contents(sections),
  html("main", { id: "main", tabindex: -1 }, sections.slice(0, 2), armToggles(), sections.slice(2)),
  footer(),
);
keepFiguresDrawn();
