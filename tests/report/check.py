#!/usr/bin/env python3
"""Opens the report in headless Chromium and checks that it draws itself, obeys pointer and keyboard, can be read without
seeing it, and asks the network for nothing.

    check.py --uplot node_modules/uplot        assembles the template and checks it with the sample data and its odd cases
    check.py --report out/report.html          checks a report that healthspan has written

Exits with 1 and a sentence at the first failure, with 77 (skipped) where there is no Chromium.
"""
import argparse
import copy
import html
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from browser import Browser, Page, find_chromium

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent / "scenarios" / "report"
SCRIPTS = ["texts.js", "format.js", "charts.js", "drawings.js", "parts.js", "events.js", "effects.js", "report.js"]
SOURCES = [*SCRIPTS, "report.css", "texts.en.json", "texts.ja.json", "program.ja.json"]
PLACEHOLDERS = {b"{{LANGUAGE}}", b"{{TITLE}}", b"{{DATA}}"}

# What was drawn, and what keeps readers out.
LOOKS = r"""
const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const inked = (canvas) => {
  scratch.canvas.width = 200;  // clears it
  scratch.drawImage(canvas, 0, 0, 200, scratch.canvas.height);
  const { data } = scratch.getImageData(0, 0, 200, scratch.canvas.height);
  return data.some((byte, i) => i % 4 === 3 && byte > 0);
};
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (selector) => all(selector).filter((e) => e.clientWidth > 0 || e.getBoundingClientRect().width > 0);
const nameOf = (e) => `${e.tagName}.${e.getAttribute("class") ?? ""}`;
window.look = () => {
  const canvases = shown("canvas");
  return {
    canvases: canvases.length,
    blank: canvases.filter((c) => !inked(c)).length,
    strips: shown(".strips svg[role=img]").length,
    unnamed: shown(".chart").filter((c) => !c.hasAttribute("aria-label") && !c.querySelector("svg[aria-label]")).length,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    beyond: shown("#report *").filter((e) => !e.closest(".toggles, .scroll, .uplot, .unseen, .skip, pre, svg")
      && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(nameOf).slice(0, 5),
  };
};

// Contrast by WCAG 2.1, over the first opaque background.
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
const backgroundOf = (e) => {
  for (; e; e = e.parentElement) {
    const colour = channels(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
window.poorContrast = () => [...new Set(shown("#report *").filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .map((e) => {
    const style = getComputedStyle(e);
    const colour = channels(e instanceof SVGElement ? style.fill : style.color);
    return [nameOf(e), ratio(colour, backgroundOf(e))];
  }).filter(([, r]) => r < 4.5).map(([name, r]) => `${name} ${r.toFixed(2)}`))];
window.poorLines = () => [0, 1, 2, 3, 4, 5, 6].map((arm) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(--arm-${arm})`;
  const r = ratio(channels(getComputedStyle(probe).color), backgroundOf(document.body));
  probe.remove();
  return [arm, r];
}).filter(([, r]) => r < 3).map(([arm, r]) => `arm ${arm} ${r.toFixed(2)}`);

window.outline = () => all("h1, h2, h3, h4").map((h) => Number(h.tagName[1]));
window.nameless = () => all("button, a, summary, svg[role=img], [tabindex='0']")
  .filter((e) => !(e.textContent.trim() || e.getAttribute("aria-label"))).map(nameOf);

// English in a page of another language has to be marked; so has a key without its text.
window.unmarked = () => {
  const texts = document.createTreeWalker(document.getElementById("report"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const { data, parentElement: parent } = texts.currentNode;
    if (!parent.closest("[lang=en], code, pre, svg") && /[A-Za-z]{3,}( +[A-Za-z]{2,}){2,}/.test(data)) found.push(data.trim());
  }
  return found;
};
"""


class Failure(Exception):
    pass


def expect(condition, sentence):
    if not condition:
        raise Failure(sentence)


def assemble(uplot, folder):
    """The template, checked to hold every source byte for byte: CMake's string commands are easy to get wrong."""
    output = folder / "template.html"
    subprocess.run(["cmake", f"-DUPLOT_DIR={uplot}", f"-DSOURCE_DIR={SOURCE}", f"-DOUTPUT={output}",
                    "-P", str(SOURCE / "assemble.cmake")], check=True)
    page = output.read_bytes()
    parts = [SOURCE / name for name in SOURCES]
    parts += [uplot / "dist" / "uPlot.min.css", uplot / "dist" / "uPlot.iife.min.js", uplot / "LICENSE"]
    for part in parts:
        expect(part.read_bytes() in page, f"The assembled template does not hold {part.name} byte for byte.")
    for placeholder in PLACEHOLDERS:
        expect(page.count(placeholder) == 1, f"The template must hold {placeholder.decode()} exactly once.")
    left = set(re.findall(rb"\{\{[A-Z_]+\}\}", page)) - PLACEHOLDERS
    expect(not left, f"The template still holds {left}.")
    return page.decode("utf-8")


def filled(template, data, language):
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return template.replace("{{LANGUAGE}}", language).replace("{{TITLE}}", html.escape(data["title"])).replace("{{DATA}}", text)


DATA = re.compile(r'(?<=<script type="application/json" id="data">).*?(?=</script>)', re.S)


def steps_of(page, data):
    """Uses the page as a reader would and yields what there is to see after each step."""
    arms = len(data["arms"])
    yield "start", page.value("look()"), arms

    page.value('document.querySelector(".chip").focus()')
    page.press("Space")
    page.settle()
    expect(page.value('document.querySelector(".chip").getAttribute("aria-pressed")') == "false", "The space bar does not switch an arm off.")
    yield "one arm off", page.value("look()"), arms - 1
    page.value('document.querySelectorAll(".chip").forEach((chip, i) => { if (i > 0) chip.click(); })')
    page.settle()
    yield "all arms off", page.value("look()"), 0
    page.value('document.querySelectorAll(".chip").forEach((chip, i) => { if (i > 0) chip.click(); })')
    page.value('document.querySelector(".chip").focus()')
    page.press("Enter")
    page.settle()
    yield "all arms on", page.value("look()"), arms

    page.media("print")
    page.value('dispatchEvent(new Event("beforeprint"))')
    page.settle()
    expect(page.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "The printed page is not white.")
    expect(page.value('document.querySelectorAll("details:not([open], .screen-only)").length') == 0, "Printing leaves details closed.")
    yield "print", page.value("look()"), arms
    page.value('dispatchEvent(new Event("afterprint"))')

    page.media(scheme="dark")
    page.resize(375, 800)
    page.settle()
    page.settle()
    yield "phone in the dark", page.value("look()"), arms
    page.resize(1280, 900)
    page.media()
    page.settle()
    page.settle()
    yield "end", page.value("look()"), arms


def check_reading(page):
    """Whoever cannot see, or has no mouse."""
    levels = page.value("outline()")
    expect(levels[0] == 1 and levels.count(1) == 1, f"The headings begin with {levels[:3]}.")
    expect(all(b <= a + 1 for a, b in zip(levels, levels[1:])), f"The headings leave out a level: {levels}.")
    for landmark in ("header", "nav", "main", "footer"):
        expect(page.value(f'document.querySelectorAll("#report > {landmark}").length') == 1, f"There is not one {landmark}.")
    expect(page.value("nameless()") == [], f"These have no name: {page.value('nameless()')}.")
    for scheme in ("dark", "light"):
        page.media(scheme=scheme)
        page.settle()
        for kind in ("poorContrast()", "poorLines()"):
            expect(page.value(kind) == [], f"Too little contrast ({scheme}): {page.value(kind)[:6]}.")


def check_values(page):
    """Hover and arrow keys show the values of the data."""
    chart, rows = "#quantities .chart", '#quantities .readout tbody tr td'
    told = lambda: page.value(f'document.querySelector("{rows}").textContent')
    page.point(f"{chart} .u-over", across=0.5)
    page.settle()
    middle = page.value("reading(report.columns[0].arms[0].median[nearestIndex(times, times.at(-1) / 2)])")
    expect(told() == middle, f"Pointing at the middle of a chart shows {told()}, expected {middle}.")
    page.value(f'document.querySelector("{chart}").focus()')
    page.press("Home")
    page.settle()
    start = page.value("reading(report.columns[0].arms[0].median[0])")
    expect(told() == start, f"The Home key shows {told()}, expected {start}.")
    when = page.value('document.querySelector("#quantities .readout th").textContent')
    page.press("ArrowRight")
    page.settle()
    expect(page.value('document.querySelector("#quantities .readout th").textContent') != when, "An arrow key does not move the cursor.")
    page.click("#quantities .values summary")
    page.settle()
    expect(page.value('document.querySelectorAll("#quantities .values td").length') > 0, "A figure's table of values is empty.")


def check_incidence(page, data):
    """Numbers at risk stand below their years."""
    events = data.get("incidence", [])
    for k, event in enumerate(events):
        first = page.value(f"""[...document.querySelectorAll(".incidence")[{k}].querySelectorAll(".at-risk-row")]
            .map((row) => row.querySelector("[role=cell]").textContent)""")
        expected = [f"{arm['at_risk'][0]:,}" for arm in event["arms"]]
        expect(first == expected, f"At risk of {event['event']} at the start: {first}, expected {expected}.")


def check_copying(page):
    button, status = "#quantities .command button", 'document.querySelector("#quantities .command .status").textContent'
    for without in (False, True):
        if without:
            page.value('Object.defineProperty(navigator, "clipboard", { value: undefined })')
        page.click(button)
        page.settle()
        expect(page.value(status) != "", "The button for the command says nothing.")
        page.value('document.querySelector("#quantities .command .status").textContent = ""')
    selected = page.value("getSelection().toString()")
    expect(selected == page.value("report.command"), f"Without a clipboard {selected!r} is selected, not the command.")


def check(browser, page_text, folder, thorough=True, invented=False):
    data = json.loads(DATA.search(page_text).group(0))
    without_data = DATA.sub("", page_text)
    for pattern in (r"<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*\b(?:src|data)\s*=", r"<link\b[^>]*href=(?![\"']?data:)",
                    r"@import", r"url\(\s*[\"']?https?:"):
        found = re.search(pattern, without_data, re.I)
        expect(not found, f"The page is not self-contained: {found and found.group(0)!r}.")

    file = folder / "page.html"
    file.write_text(page_text, encoding="utf-8")
    page = Page(browser, file)
    expect(not page.complaints, f"The browser console says: {' | '.join(page.complaints[:3])}")
    page.press("Tab")
    expect(page.value("document.activeElement.className") == "skip", "The first stop of the Tab key is not the skip link.")
    page.press("Enter")
    page.settle()
    expect(page.value("document.activeElement.id") == "main", "The skip link does not lead to the results.")
    page.value(LOOKS)
    broken = page.value(r"(document.body.innerText.match(/NaN|undefined|Infinity|\[object|\{\w+\}/g) ?? [])")
    expect(broken == [], f"The text holds {broken}.")

    incidence = data.get("incidence", [])
    sections = ["patient", "arms", "quantities", "occupancy"]
    sections += ["incidence"] if incidence else []
    sections += ["outcomes"] + (["differences"] if data["contrasts"] else [])
    sections += [name for name, key in (("effects", "effects"), ("subgroups", "subgroups"), ("cost", "cost_effectiveness")) if data.get(key)]
    sections += ["lives"] if data["lifelines"] else []
    sections += ["spiral"] if data["portrait"] else []
    sections += ["stay"] if data["stay_map"] else []
    sections += ["classes"] if data["spiral"] else []
    sections += ["evidence", "warnings"]
    found = page.value('[...document.querySelectorAll("section")].map((s) => s.id)')
    expect(found == sections, f"The sections are {found}, expected {sections}.")

    columns = len(data["columns"])
    for moment, look, visible in steps_of(page, data):
        charts = columns + len(incidence) + visible
        expect(look["canvases"] == charts, f"At {moment} there are {look['canvases']} canvases, expected {charts}.")
        expect(look["strips"] == columns * visible, f"At {moment} there are {look['strips']} strip panels, expected {columns * visible}.")
        expect(look["blank"] == 0, f"At {moment} {look['blank']} canvases are blank.")
        expect(look["unnamed"] == 0, f"At {moment} {look['unnamed']} charts have no aria-label.")
        expect(look["overflow"] <= 0, f"At {moment} the page is {look['overflow']} px wider than the window.")
        expect(look["beyond"] == [], f"At {moment} these reach beyond the window: {look['beyond']}.")
    check_incidence(page, data)
    if thorough:
        check_reading(page)
        check_values(page)
        check_copying(page)
    if page.value("LANGUAGE") != "en":
        left = page.value('all("#arms li li [lang=en]").map((e) => e.textContent)')
        expect(invented or left == [], f"The page knows no other words for: {left[:3]}.")
        expect(page.value("unmarked()") == [], f"English that is not marked as such: {page.value('unmarked()')[:3]}.")
    expect(page.requests == [], f"The page asked for {page.requests}.")
    expect(page.complaints == [], f"The browser console says: {' | '.join(page.complaints[:3])}")
    page.close()


def cases(sample):
    """The sample and what real runs will sooner or later hand over."""
    yield "sample", sample, "en"
    yield "sample in Japanese", sample, "ja"

    bare = copy.deepcopy(sample)
    bare.update(stay_map=None, spiral=None, portrait=None, lifelines=[], warnings=[], incidence=[], effects=[], subgroups=[], cost_effectiveness=[])
    yield "no stay map, no spiral, no portrait, no lives, no events, no warnings", bare, "en"

    alone = copy.deepcopy(sample)
    alone["arms"], alone["occupancy"] = alone["arms"][:1], alone["occupancy"][:1]
    alone["portrait"]["arms"], alone["contrasts"] = alone["portrait"]["arms"][:1], []
    alone.update(effects=[], subgroups=[], cost_effectiveness=[])
    for group in alone["columns"] + alone["outcomes"]:
        group["arms"] = group["arms"][:1]
    for group in alone["incidence"] + alone["lifelines"]:
        group["arms"] = group["arms"][:1]
    yield "one arm", alone, "en"

    extinct = copy.deepcopy(sample)
    for column in extinct["columns"]:
        arm = column["arms"][1]
        for key in ("median", "q05", "q25", "q75", "q95"):
            arm[key][60:] = [None] * len(arm[key][60:])
        arm["alive"][60:] = [0] * len(arm["alive"][60:])
        for strip in arm["strips"][5:]:
            strip["counts"] = [0] * len(strip["counts"])
    extinct["portrait"]["arms"][1]["x"][60:] = [None] * 61
    extinct["portrait"]["arms"][2]["x"] = [None] * 121
    extinct["stay_map"]["activity"][0][0] = None
    extinct["stay_map"]["critical_days"] = [None] * len(extinct["stay_map"]["deficits"])
    extinct["spiral"]["median_member"]["recovery_days"] = None
    extinct["contrasts"][0].update(estimate=None, error=None, pairs=0)
    extinct["outcomes"][0]["arms"][1].update(estimate=None, error=None)
    extinct["title"] = 'A title with <b>, & and "quotes" </script>'
    yield "an arm that dies out", extinct, "en"


def check_texts():
    """Both languages have the same keys with the same blanks, each is used, and the program still says what is translated."""
    texts = {language: json.loads((SOURCE / f"texts.{language}.json").read_text(encoding="utf-8")) for language in ("en", "ja")}
    apart = set(texts["en"]) ^ set(texts["ja"])
    expect(not apart, f"Only one language has {sorted(apart)}.")
    blanks = lambda text: set(re.findall(r"\{\w+\}", text))
    for key in texts["en"]:
        expect(blanks(texts["en"][key]) == blanks(texts["ja"][key]), f"The blanks of {key} differ between the languages.")

    script = "".join((SOURCE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    named = set(re.findall(r'"([a-z_]+(?:\.[a-z_0-9]+)*)"', script))
    begun = tuple(re.findall(r"\bt\(`([a-z_]+\.)\$\{", script))
    unused = [key for key in texts["en"] if key not in named and not key.startswith(begun)]
    expect(not unused, f"The page does not use {unused}.")
    missing = set(re.findall(r'\b(?:t|rich)\("([^"]+)"', script)) - set(texts["en"])
    expect(not missing, f"There are no texts for {sorted(missing)}.")

    program = json.loads((SOURCE / "program.ja.json").read_text(encoding="utf-8"))
    code = "".join(file.read_text(encoding="utf-8") for file in sorted(SOURCE.parent.rglob("*.cpp")))
    code = re.sub(r'"\s*\n\s*"', "", code).replace('\\"', '"')
    for sentence in filter(lambda sentence: sentence.endswith("."), program["sentences"]):
        for piece in re.split(r"\{\w+\}", sentence):
            expect(piece.strip() in code or len(piece) < 6, f"The program no longer says {piece!r} (program.ja.json).")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uplot", type=Path, default=SOURCE / "node_modules" / "uplot", help="folder of the npm package")
    parser.add_argument("--report", type=Path, nargs="+", help="check these finished reports instead")
    parser.add_argument("--chromium", default=find_chromium())
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="healthspan-report-") as name:
        folder = Path(name)
        try:
            if not options.report:
                check_texts()
            if not options.chromium:
                print("Skipped: no Chromium found.")
                return 77
            if options.report:
                pages = [(str(file), file.read_text(encoding="utf-8"), True) for file in options.report]
            else:
                template = assemble(options.uplot, folder)
                sample = json.loads((HERE / "sample_data.json").read_text(encoding="utf-8"))
                pages = [(case, filled(template, data, language), case.startswith("sample")) for case, data, language in cases(sample)]
            with Browser(options.chromium) as browser:
                for case, page, thorough in pages:
                    try:
                        check(browser, page, folder, thorough, invented=not options.report)
                    except Failure as failure:
                        raise Failure(f"{case}: {failure}") from None
                    print(f"ok  {case}")
        except Failure as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
