#!/usr/bin/env python3
"""Runs examples with the program that the environment variable HEALTHSPAN names, and checks their reports with check.py.

Exits like check.py: 1 at the first failure, 77 (skipped) where there is no Chromium.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "examples"


def main():
    program = Path(os.environ["HEALTHSPAN"]).resolve()
    with tempfile.TemporaryDirectory(prefix="healthspan-run-") as folder:
        reports = []
        for example, language in (("admissions", "en"), ("admissions", "ja"), ("policy", "ja")):
            results = Path(folder) / f"{example}-{language}"
            subprocess.run([program, "run", EXAMPLES / f"{example}.json", "--members", "200", "--quiet", "--lang", language, "-o", results], check=True)
            reports.append(results / "report.html")
        return subprocess.run([sys.executable, HERE / "check.py", "--report", *reports]).returncode


if __name__ == "__main__":
    sys.exit(main())
