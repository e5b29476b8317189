#!/usr/bin/env python3
"""Runs an example with the program that the environment variable HEALTHSPAN names, and checks its report with check.py.

Exits like check.py: 1 at the first failure, 77 (skipped) where there is no Chromium.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent.parent / "examples" / "admissions.json"


def main():
    program = Path(os.environ["HEALTHSPAN"]).resolve()
    with tempfile.TemporaryDirectory(prefix="healthspan-run-") as folder:
        reports = []
        for language in ("en", "ja"):
            subprocess.run([program, "run", EXAMPLE, "--members", "200", "--quiet", "--lang", language, "-o", language], cwd=folder, check=True)
            reports.append(Path(folder) / language / "report.html")
        return subprocess.run([sys.executable, HERE / "check.py", "--report", *reports]).returncode


if __name__ == "__main__":
    sys.exit(main())
