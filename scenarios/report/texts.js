"use strict";
// The language of the page: its own texts by their key, and what the program says in English.

const TEXTS = JSON.parse(document.getElementById("texts").textContent);
const LANGUAGE = document.documentElement.lang;

/** The page's text of this key, with `{name}` replaced. */
function t(key, values = {}) {
  if (!(key in TEXTS[LANGUAGE])) throw new Error(`there is no text "${key}" in ${LANGUAGE}`);
  return TEXTS[LANGUAGE][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** The same as a list of texts and elements, for values that are elements or lists of them. */
const rich = (key, values) =>
  t(key, Object.fromEntries(Object.keys(values).map((name) => [name, `{${name}}`])))
    .split(/(\{\w+\})/).flatMap((part) => values[part.slice(1, -1)] ?? part);

// ---------------------------------------------------------------- what the program says

const program = TEXTS.program[LANGUAGE];

const NUMBER = "([-+−]?[\\d.,]+(?:e[-+]?\\d+)?)";
const JOINTS = ", |: |; ";  // between the clauses of a sentence
const WORDS = `((?:(?!${JOINTS}).)+)`;  // within one clause

/** "{n} weeks" as an expression: {n} and {m} are numbers, any other name any words. */
function patternOf(template) {
  const names = [];
  const expression = template.split(/(\{\w+\})/).map((part) => {
    if (!/^\{\w+\}$/.test(part)) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    names.push(part.slice(1, -1));
    return part === "{n}" || part === "{m}" ? NUMBER : WORDS;
  });
  return { names, expression: new RegExp(`^${expression.join("")}$`) };
}

const patterns = Object.entries(program?.sentences ?? {}).map(([english, own]) => ({ ...patternOf(english), own }));

/** What the program writes in labels otherwise than with a capital and spaces. */
const WRITTEN = { bmi: "BMI", glucose_2h: "Glucose after 2 h", hba1c: "HbA1c", homa_b: "HOMA-B", homa_ir: "HOMA-IR" };

/** "gait_speed" as the program writes it in labels. */
const labelled = (name) => WRITTEN[name] ?? (name[0].toUpperCase() + name.slice(1)).replaceAll("_", " ");

/** "gait_speed < 1.0 m/s or grip_strength < 28 kg": comparisons joined by "and" and "or"; null where there is more to it. */
function conditionInWords(english) {
  const own = english.split(/ (and|or) /).map((part, i) => {
    if (i % 2 === 1) return program.words[part];
    const [, opened, name, rest] = /^(\(*)(\w+(?: \w+)*)( (?:[<>]=?|==?) \S+(?: \S+)?)$/.exec(part) ?? [];
    const quantity = name && translated(name);
    return quantity && `${opened}${quantity}${rest}`;
  });
  return own.every(Boolean) ? own.join(" ") : null;
}

/** Numbers stay as they are, and so do names of events that the scenario's author gave. */
const valueOf = (name, text) => {
  if (/^[-+−\d.]+$/.test(text)) return text;
  if (name === "condition") return conditionInWords(text);
  return translated(text) ?? (name === "event" ? text : null);
};

/** In the page's language, or null where the resource file does not know it. */
function translated(english) {
  if (!program || english === "") return english;
  if (english in program.words) return program.words[english];
  if (/^\w+$/.test(english) && labelled(english) in program.words) return program.words[labelled(english)];
  for (const { names, expression, own } of patterns) {
    const match = expression.exec(english);
    if (!match) continue;
    const values = Object.fromEntries(names.map((name, i) => [name, valueOf(name, match[1 + i])]));
    if (!Object.values(values).includes(null)) return own.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
  return translatedClauses(english) ?? conditionInWords(english);
}

/** Sentences that are put together of clauses, "a, b: c; d": known only if each clause is. */
function translatedClauses(english) {
  const parts = english.split(new RegExp(`(${JOINTS})`));
  if (parts.length < 3) return null;
  const own = parts.map((part, i) => (i % 2 === 1 ? program.joints[part] : translated(part)));
  return own.includes(null) ? null : own.join("");
}

const said = (english) => translated(english) ?? english;

// ---------------------------------------------------------------- texts in another language than the page's

/** What a text has to be marked with inside this page: Japanese letters are taken for Japanese, all others for English. */
function languageOf(text) {
  const language = /[\u3040-\u30ff\u3400-\u9fff]/.test(text) ? "ja" : "en";
  return language === LANGUAGE || !/\p{L}{2}/u.test(text) ? null : language;
}
