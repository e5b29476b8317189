#!/usr/bin/env python3
"""Opens the report in headless Chromium and checks that it draws itself, obeys its toggles and asks the network for nothing.

    check.py --uplot node_modules/uplot        assembles the template and checks it with the sample data and its odd cases
    check.py --report out/report.html          checks a report that healthspan has written

Exits with 1 and a sentence at the first failure, with 77 (skipped) where there is no Chromium.
"""
import argparse
import copy
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent / "scenarios" / "report"

# Runs after the report, in its page: looks at what was drawn, then uses the page as a reader would.
PROBE = """
<script>
{
  const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const inked = (canvas) => {
    scratch.canvas.width = 200;  // clears it
    scratch.drawImage(canvas, 0, 0, 200, scratch.canvas.height);
    const { data } = scratch.getImageData(0, 0, 200, scratch.canvas.height);
    return data.some((byte, i) => i % 4 === 3 && byte > 0);
  };
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.clientWidth > 0 || e.getBoundingClientRect().width > 0);
  const look = () => {
    const canvases = shown("canvas");
    return {
      canvases: canvases.length,
      blank: canvases.filter((c) => !inked(c)).length,
      strips: shown(".strips svg[role=img]").length,
      paths: shown("polyline.path").length,
      unnamed: shown(".chart").filter((c) => !c.hasAttribute("aria-label") && !c.querySelector("svg[aria-label]")).length,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  };
  const settle = () => new Promise((done) => setTimeout(done, 100));
  const toggle = (box) => box.click();
  (async () => {
    const found = { sections: [...document.querySelectorAll("section")].map((s) => s.id) };
    await settle();
    found.start = look();
    found.broken = (document.body.innerText.match(/NaN|undefined|Infinity|\\[object/g) ?? []).length;
    found.resources = performance.getEntriesByType("resource").map((r) => r.name);

    const chart = document.querySelector(".chart[tabindex]");
    const readout = chart.parentElement.querySelector(".readout");
    const atEnd = readout.textContent;
    for (let i = 0; i < 3; ++i) chart.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
    await settle();
    found.keysMoveReadout = readout.textContent !== atEnd;

    const boxes = [...document.querySelectorAll(".toggles input")];
    toggle(boxes[0]);
    await settle();
    found.oneOff = look();
    boxes.slice(1).forEach(toggle);
    await settle();
    found.allOff = look();
    boxes.forEach(toggle);
    dispatchEvent(new Event("beforeprint"));
    await settle();
    found.printed = { ...look(), paper: getComputedStyle(document.body).backgroundColor,
      closed: document.querySelectorAll("details:not([open])").length };
    dispatchEvent(new Event("afterprint"));
    await settle();
    found.end = look();

    // Headless windows are never narrower than 500 px; the layout follows the width of the report, so that is narrowed instead.
    document.body.style.width = "375px";
    const beyond = () => [...document.querySelectorAll("main *")]
      .filter((e) => !e.closest(".toggles, .scroll, .uplot") && e.getBoundingClientRect().right > 376)
      .map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""}`);
    // Figures are drawn anew when their observers hear of the width, which is when a headless browser cares to lay out.
    for (let patience = 40; patience > 0 && beyond().length > 0; --patience) await settle();
    found.phone = look();
    found.beyondPhone = beyond();
    document.body.dataset.probe = JSON.stringify(found);
  })();
}
</script>
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
    parts = [SOURCE / name for name in ("report.css", "format.js", "charts.js", "drawings.js", "report.js")]
    parts += [uplot / "dist" / "uPlot.min.css", uplot / "dist" / "uPlot.iife.min.js", uplot / "LICENSE"]
    for part in parts:
        expect(part.read_bytes() in page, f"The assembled template does not hold {part.name} byte for byte.")
    for placeholder in (b"{{TITLE}}", b"{{DATA}}"):
        expect(page.count(placeholder) == 1, f"The template must hold {placeholder.decode()} exactly once.")
    left = set(re.findall(rb"\{\{[A-Z_]+\}\}", page)) - {b"{{TITLE}}", b"{{DATA}}"}
    expect(not left, f"The template still holds {left}.")
    return page.decode("utf-8")


def filled(template, data):
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return template.replace("{{TITLE}}", html.escape(data["title"])).replace("{{DATA}}", text)


def dump(chromium, page, folder):
    """The page's DOM after the probe, and what the browser logged."""
    file = folder / "page.html"
    file.write_text(page.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="healthspan-report-") as profile:
        run = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             f"--user-data-dir={profile}", "--enable-logging=stderr", "--virtual-time-budget=8000",
             "--window-size=1280,900", "--dump-dom", file.as_uri()],
            capture_output=True, text=True, timeout=120)
    return run.stdout, run.stderr


DATA = re.compile(r'(?<=<script type="application/json" id="data">).*?(?=</script>)', re.S)


def check(chromium, page, folder):
    data = json.loads(DATA.search(page).group(0))
    without_data = DATA.sub("", page)
    for pattern in (r"<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*\b(?:src|data)\s*=", r"<link\b[^>]*href=(?![\"']?data:)",
                    r"@import", r"url\(\s*[\"']?https?:"):
        found = re.search(pattern, without_data, re.I)
        expect(not found, f"The page is not self-contained: {found and found.group(0)!r}.")

    dom, log = dump(chromium, page, folder)
    console = [line for line in log.splitlines() if "CONSOLE" in line]
    expect(not console, f"The browser console says: {' | '.join(console[:3])}")
    probe = re.search(r'data-probe="([^"]*)"', dom)
    expect(probe, "The page did not finish drawing itself.")
    found = json.loads(html.unescape(probe.group(1)))

    sections = ["patient", "arms", "quantities", "occupancy", "spiral"]
    sections += ["stay"] if data["stay_map"] else []
    sections += ["classes"] if data["spiral"] else []
    sections += ["outcomes"] + (["differences"] if data["contrasts"] else []) + ["evidence"] + (["warnings"] if data["warnings"] else [])
    expect(found["sections"] == sections, f"The sections are {found['sections']}, expected {sections}.")

    columns, arms = len(data["columns"]), len(data["arms"])
    for moment, visible in (("start", arms), ("oneOff", arms - 1), ("allOff", 0), ("printed", arms), ("end", arms), ("phone", arms)):
        look = found[moment]
        expect(look["canvases"] == columns + visible, f"At {moment} there are {look['canvases']} canvases, expected {columns + visible}.")
        expect(look["strips"] == columns * visible, f"At {moment} there are {look['strips']} strip panels, expected {columns * visible}.")
        expect(look["blank"] == 0, f"At {moment} {look['blank']} canvases are blank.")
        expect(look["unnamed"] == 0, f"At {moment} {look['unnamed']} charts have no aria-label.")
        expect(look["overflow"] <= 0, f"At {moment} the page is {look['overflow']} px wider than the window.")
    expect(found["beyondPhone"] == [], f"On a phone these reach beyond the screen: {found['beyondPhone'][:5]}.")
    expect(found["broken"] == 0, f"The text holds {found['broken']} broken values (NaN, undefined, ...).")
    expect(found["resources"] == [], f"The page asked for {found['resources']}.")
    expect(found["keysMoveReadout"], "Arrow keys do not move the read-out of a chart.")
    expect(found["printed"]["paper"] == "rgb(255, 255, 255)", "The printed page is not white.")
    expect(found["printed"]["closed"] == 0, "Printing leaves details closed.")


def cases(sample):
    """The sample and what real runs will sooner or later hand over."""
    yield "sample", sample

    bare = copy.deepcopy(sample)
    bare.update(stay_map=None, spiral=None, warnings=[])
    yield "no stay map, no spiral, no warnings", bare

    alone = copy.deepcopy(sample)
    alone["arms"], alone["occupancy"] = alone["arms"][:1], alone["occupancy"][:1]
    alone["portrait"]["arms"], alone["contrasts"] = alone["portrait"]["arms"][:1], []
    for group in alone["columns"] + alone["outcomes"]:
        group["arms"] = group["arms"][:1]
    yield "one arm", alone

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
    yield "an arm that dies out", extinct


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uplot", type=Path, default=SOURCE / "node_modules" / "uplot", help="folder of the npm package")
    parser.add_argument("--report", type=Path, help="check this finished report instead")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"))
    options = parser.parse_args()
    if not options.chromium:
        print("Skipped: no Chromium found.")
        return 77

    with tempfile.TemporaryDirectory(prefix="healthspan-report-") as name:
        folder = Path(name)
        try:
            if options.report:
                check(options.chromium, options.report.read_text(encoding="utf-8"), folder)
            else:
                template = assemble(options.uplot, folder)
                sample = json.loads((HERE / "sample_data.json").read_text(encoding="utf-8"))
                for case, data in cases(sample):
                    try:
                        check(options.chromium, filled(template, data), folder)
                    except Failure as failure:
                        raise Failure(f"{case}: {failure}") from None
                    print(f"ok  {case}")
        except Failure as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
