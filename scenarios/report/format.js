// Numbers, words and elements: what every other part of the report is written with.

const NARROW_SPACE = "\u202f";
const NO_BREAK_SPACE = "\u00a0";

const withTrueMinus = (text) => text.replace(/-/g, "−");

/** At most three significant digits; a missing value is a dash. */
function number(x, digits = 3) {
  if (x == null) return "–";
  if (x !== 0 && Math.abs(x) < 1e-3) return withTrueMinus(x.toExponential(1));
  return withTrueMinus(x.toLocaleString("en-GB", { maximumSignificantDigits: digits }));
}

/** Exactly three significant digits, so that values below each other compare. */
function reading(x) {
  if (x == null || Math.abs(x) >= 1000 || (x !== 0 && Math.abs(x) < 1e-3)) return number(x);
  return withTrueMinus(x.toPrecision(3));
}

const count = (n) => (n == null ? "–" : n.toLocaleString("en-GB"));

const percent = (share) => (share == null ? "–" : number(100 * share, share < 0.1 ? 2 : 3) + NARROW_SPACE + "%");

const range = (low, high) => (low == null || high == null ? "–" : t("range", { low: reading(low), high: reading(high) }));

const withUnit = (text, unit) => (unit && unit !== "1" ? text + NO_BREAK_SPACE + said(unit) : text);

/** Decimals an estimate may claim: down to its error's first digit, one more where that digit is a 1 or 2. */
function decimalsOf(error) {
  if (!(error > 0)) return 2;
  const exponent = Math.floor(Math.log10(error));
  const leading = error / 10 ** exponent;
  return Math.min(6, Math.max(0, (leading < 3 ? 1 : 0) - exponent));
}

function fixed(x, decimals, signed = false) {
  if (x == null) return "–";
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return withTrueMinus((signed && x > 0 ? "+" : "") + x.toLocaleString("en-GB", options));
}

/** An estimate of a paired difference with its 95 % interval from the Monte Carlo error. */
function interval({ estimate, error }) {
  if (estimate == null) return { estimate: "–", bounds: t("interval.none") };
  const half = 1.96 * (error ?? 0);
  const decimals = decimalsOf(error);
  return {
    low: estimate - half,
    high: estimate + half,
    estimate: fixed(estimate, decimals, true),
    bounds: t("range", { low: fixed(estimate - half, decimals, true), high: fixed(estimate + half, decimals, true) }),
  };
}

const years = (time) => t(time === 1 ? "years.one" : "years.many", { n: number(time) });

/** "At the start", "At 3 years". */
const atTime = (time) => (time === 0 ? t("when.start") : t("when.at", { time: years(time) }));

/** "Share frail" reads "share frail" inside a sentence, "VO2peak" and "HbA1c" stay as they are. */
const inSentence = (label) => (/^[A-Z][a-z]+(?![A-Za-z0-9])/.test(label) ? label[0].toLowerCase() + label.slice(1) : label);

function joined(parts) {
  return parts.length < 2 ? parts.join("") : parts.slice(0, -1).join(t("list.comma")) + t("list.and") + parts.at(-1);
}

/** Round values that cover [min, max] in about `target` steps. */
function ticks(min, max, target) {
  const raw = (max - min) / Math.max(1, target);
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * magnitude).find((s) => s >= raw * 0.999);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Labels of one axis share their number of decimals. */
function tickLabels(values) {
  const decimals = Math.max(0, ...values.map((v) => (String(Number(v.toPrecision(10))).split(".")[1] ?? "").length));
  return values.map((v) => fixed(v, decimals));
}

const linear = ([d0, d1], [r0, r1]) => (x) => r0 + ((x - d0) / (d1 - d0 || 1)) * (r1 - r0);

function nearestIndex(sorted, value) {
  let best = 0;
  sorted.forEach((x, i) => {
    if (Math.abs(x - value) < Math.abs(sorted[best] - value)) best = i;
  });
  return best;
}

function fillElement(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value != null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

const html = (tag, attributes, ...children) => fillElement(document.createElement(tag), attributes, children);

const svg = (tag, attributes, ...children) =>
  fillElement(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
