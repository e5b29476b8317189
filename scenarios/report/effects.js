// What an arm changes: risks of events, who may be helped, subgroups, and what a gained year costs.

const inPercent = (interval) => t("range", { low: percent(interval.low), high: percent(interval.high) });
const small = (...text) => html("span", { class: "rule" }, ...text);

// ---------------------------------------------------------------- differences on a common scale

/** Rows of a label, a difference and its place; `rows`: [label, { estimate, error }, arm]. */
function differenceRows(rows, scale) {
  return rows.map(([label, contrast, arm]) => {
    const { estimate, bounds } = interval(contrast);
    return html("tr", { "data-arm": arm.index },
      html("th", { scope: "row" }, label),
      html("td", {}, html("b", {}, estimate), html("span", { class: "error" }, bounds)),
      html("td", { class: "forest-cell" }, forestRow(contrast, arm, scale)));
  });
}

const differenceGroup = (heading, rows, scale = forestScale(rows.map(([, contrast]) => contrast))) => html("tbody", {},
  html("tr", { class: "group" }, html("th", { scope: "rowgroup", colspan: 3 }, heading)),
  differenceRows(rows, scale),
  html("tr", { class: "forest-axis" }, html("td", { colspan: 2 }), html("td", { class: "forest-cell" }, forestAxis(scale))));

const differenceTable = (first, groups) => html("table", { class: "differences" },
  html("thead", {}, html("tr", {}, [first, t("differences.difference"), t("differences.errors")].map((h) => html("th", { scope: "col" }, h)))),
  groups);

// ---------------------------------------------------------------- events

const inPoints = ({ value, error }) => ({ estimate: value == null ? null : 100 * value, error: error == null ? null : 100 * error });

function numberNeeded({ to, value, low, high }) {
  if (value != null) return t(to === "benefit" ? "needed.benefit" : "needed.harm", { n: number(value), low: number(low), high: number(high) });
  return low == null && high == null ? t("needed.none") : t("needed.neither", { low: number(low), high: number(high) });
}

/** A share that nobody can observe: its bounds first, what two suppositions make of it below them. */
const shareChanged = ({ paired, independent, least, most }) => html("span", {}, inPercent({ low: least, high: most }),
  small(t("helped.supposed", { paired: percent(paired), independent: percent(independent) })));

function effectsSection() {
  const events = [...new Set(report.effects.map((effect) => effect.event))].map((event) => report.effects.filter((effect) => effect.event === event));
  const heading = ([{ label }]) => [words(label), html("span", { class: "unit" }, t("effects.points"))];
  const label = (effect) => [armLabel(armNamed(effect.arm)), small(t("effects.risks", { risk: percent(effect.risk), reference: percent(effect.reference_risk) }))];
  return section("effects", t("effects.title"),
    html("p", { class: "lead" }, ...rich("effects.lead", { reference: written(reference.name) })),
    differenceTable(t("arm"), events.map((effects) =>
      differenceGroup(heading(effects), effects.map((effect) => [label(effect), inPoints(effect.difference), armNamed(effect.arm)])))),
    html("h3", {}, t("effects.table")),
    table("effects", [t("effects.event"), t("effects.ratio"), t("effects.needed"), t("effects.helped"), t("effects.harmed")],
      events.flat().map((effect) => [
        html("span", {}, words(effect.label), small(armLabel(armNamed(effect.arm)))),
        html("span", {}, reading(effect.relative_risk.value), effect.relative_risk.value == null ? null : small(range(effect.relative_risk.low, effect.relative_risk.high))),
        numberNeeded(effect.needed), shareChanged(effect.helped), shareChanged(effect.harmed)])),
    html("p", { class: "caption" }, words(report.about_the_helped)),
    figureCommand("contrasts.csv"));
}

// ---------------------------------------------------------------- subgroups

function subgroupsSection() {
  const { outcome, label, unit } = report.subgroups[0].outcomes[0];
  const others = arms.filter((arm) => arm !== reference);
  const of = (group, arm) => group.outcomes.find((o) => o.outcome === outcome).arms[arm.index].difference ?? { estimate: null, error: null };
  const all = (arm) => report.contrasts.find((c) => c.outcome === outcome && c.arm === arm.name);
  const rowsOf = (arm) => [
    ...report.subgroups.map((group) => [[written(group.name), small(html("span", { lang: "en" }, group.of), t("subgroups.members", { n: count(group.members) }))], of(group, arm), arm]),
    [t("subgroups.all"), all(arm), arm],
  ];
  const scale = forestScale(others.flatMap((arm) => rowsOf(arm).map(([, contrast]) => contrast)));
  const cell = ({ estimate, error, difference }) => html("span", {}, fixed(estimate, decimalsOf(error)),
    difference ? small(t("subgroups.difference", { estimate: interval(difference).estimate, bounds: interval(difference).bounds })) : null);
  return section("subgroups", t("subgroups.title"),
    html("p", { class: "lead" }, ...rich("subgroups.lead", { label: mention(label), unit: unit ? [" (", words(unit), ")"] : "" })),
    differenceTable(t("subgroups.group"), others.map((arm) => differenceGroup(armLabel(arm), rowsOf(arm), scale))),
    html("p", { class: "caption" }, t("subgroups.caption")),
    figureCommand("subgroups.csv"),
    valuesTable([t("subgroups.group"), t("outcome"), ...arms.map(armLabel)], () => report.subgroups.flatMap((group) =>
      group.outcomes.map((o) => [written(group.name), html("span", {}, words(o.label), unitLabel(o.unit)), ...o.arms.map(cell)]))));
}

// ---------------------------------------------------------------- cost

function costSection() {
  const difference = (estimate) => {
    const { estimate: value, bounds } = interval(estimate);
    return html("span", {}, value, small(bounds));
  };
  return section("cost", t("cost.title"),
    table("numbers", [t("arm"), t("cost.cost"), t("cost.qaly"), t("cost.ratio")], report.cost_effectiveness.map((effect) =>
      [armLabel(armNamed(effect.arm)), html("span", {}, difference(effect.cost), " ", effect.currency), difference(effect.qaly), words(effect.words)])),
    html("p", { class: "caption" }, ...rich("cost.caption", { reference: written(reference.name) })),
    figureCommand("cost_effectiveness.csv"));
}
