// What the sections are put together from: labels, tables, read-outs, captions and the commands to copy.

const report = JSON.parse(document.getElementById("data").textContent);
const arms = report.arms.map((arm, index) => ({ ...arm, index, on: true }));
const reference = arms[0];
const times = report.times_years;
const horizon = years(report.horizon_years);

const armNamed = (name) => arms.find((arm) => arm.name === name);
const columnNamed = (name) => report.columns.find((column) => column.name === name);

/** A text of the program, marked as English where the page has no translation of it. */
const words = (english) => {
  const own = translated(english);
  return own == null ? html("span", { lang: languageOf(english) }, english) : own;
};

/** A label inside a sentence. */
const mention = (label) => (translated(label) == null ? words(label) : inSentence(said(label)));

/** A text of the scenario's author. */
const written = (text) => html("span", { lang: languageOf(text) }, text);

const armLabel = (arm) => html("span", { class: "arm-label" }, swatch(arm), written(arm.name));

const unitLabel = (unit) => (unit && unit !== "1" ? html("span", { class: "unit" }, words(unit)) : null);

const section = (id, title, ...content) =>
  html("section", { id, "aria-labelledby": `${id}-title` }, html("h2", { id: `${id}-title` }, title), ...content);

const caption = (...text) => html("figcaption", {}, ...text);

const facts = (pairs) => html("dl", { class: "facts" }, pairs.map(([term, value]) => html("div", {}, html("dt", {}, term), html("dd", {}, value))));

/** Wide tables scroll in a box of their own, which then has to be reachable by keyboard. */
function table(className, head, rows) {
  return html("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": t("table.scroll") },
    html("table", { class: className },
      html("thead", {}, html("tr", {}, head.map((cell) => html("th", { scope: "col" }, cell)))),
      html("tbody", {}, rows.map(([first, ...cells]) =>
        html("tr", {}, html("th", { scope: "row" }, first), cells.map((cell) => html("td", {}, cell)))))));
}

/** The figure's values as a table, written when it is opened: for those who cannot see the figure. */
function valuesTable(head, rowsOf, className = "numbers") {
  const details = html("details", { class: "values screen-only" }, html("summary", {}, t("values.summary")));
  details.addEventListener("toggle", () => details.append(table(className, head, rowsOf())), { once: true });
  return details;
}

/** The years at which tables of values give a row. */
const wholeYears = () => times.map((time, i) => [time, i]).filter(([time, i]) => Math.abs(time - Math.round(time)) < 1e-3 || i === times.length - 1);

/** A chart with one row of values per arm below it: legend, read-out under the cursor and, on paper, the final values. */
function readout(headings, cellsOf) {
  const body = html("tbody");
  const when = html("th", { scope: "col" });
  const element = html("table", { class: "readout" },
    html("thead", {}, html("tr", {}, when, headings.map((h) => html("th", { scope: "col" }, h)))), body);
  const show = (time, key) => {
    when.textContent = atTime(time);
    body.replaceChildren(...arms.filter((arm) => arm.on).map((arm) =>
      html("tr", {}, html("th", { scope: "row" }, armLabel(arm)), cellsOf(arm, key).map((cell) => html("td", {}, cell)))));
  };
  return { element, show };
}

/** A chart that arrow keys walk through; `values` is read out while it has the focus. */
function walkable(label, values) {
  const host = html("div", { class: "chart", tabindex: 0, role: "group", "aria-label": `${label} ${t("chart.keys")}` });
  host.addEventListener("focus", () => values.setAttribute("aria-live", "polite"));
  host.addEventListener("blur", () => values.removeAttribute("aria-live"));
  return host;
}

/** A bar of shares that add up to one, with its legend. `parts`: [label, share, text, css class]. */
function shareBar(label, parts) {
  return html("div", { class: "share-bar" },
    html("div", { class: "bar", role: "img", "aria-label": `${label}: ${parts.map(([name, , text]) => `${name} ${text}`).join(", ")}` },
      parts.filter(([, share]) => share > 0).map(([, share, , style]) => html("span", { class: style, style: `flex-grow:${share}` }))),
    html("ul", { class: "key" }, parts.map(([name, , text, style]) =>
      html("li", {}, html("span", { class: `dot ${style}` }), `${name} `, html("b", {}, text)))));
}

// ---------------------------------------------------------------- commands

const inLanguage = (command) => (LANGUAGE === "en" ? command : `${command} --lang ${LANGUAGE}`);

/** Copies `text`, which `element` shows; false where the browser lets nobody but the reader copy. */
async function copied(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not every browser gives a page from a file its clipboard; what is selected can still be copied.
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}

/** A command with its button. `writes`: the file in which the numbers will be. */
function command(text, writes) {
  const code = html("code", {}, text);
  const status = html("span", { class: "status", role: "status" });
  const button = html("button", { type: "button" }, t("copy.button"));
  let timer;
  button.onclick = async () => {
    status.textContent = t((await copied(text, code)) ? "copy.done" : "copy.selected");
    clearTimeout(timer);
    timer = setTimeout(() => (status.textContent = ""), 4000);
  };
  const target = writes ? html("span", { class: "writes" }, "→ ", writes) : null;
  return html("div", { class: "command" }, button, html("span", { class: "line" }, code, target), status);
}

const figureCommand = (writes) => command(report.command, writes);
