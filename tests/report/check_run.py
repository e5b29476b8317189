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
EXAMPLE = HERE.parent.parent / "examples" / "two-fates.json"


def main():
    program = Path(os.environ["HEALTHSPAN"]).resolve()
    with tempfile.TemporaryDirectory(prefix="healthspan-run-") as folder:
        subprocess.run([program, "run", EXAMPLE, "--members", "200", "--quiet", "-o", "results"], cwd=folder, check=True)
        report = Path(folder) / "results" / "report.html"
        return subprocess.run([sys.executable, HERE / "check.py", "--report", report]).returncode


if __name__ == "__main__":
    sys.exit(main())
