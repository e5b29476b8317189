"""The notebooks run, and what is stored in them is what they give."""
import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

from package import ROOT, ProgramTest, hs

NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))


def code_cells(document):
    return [cell for cell in document["cells"] if cell["cell_type"] == "code"]


def texts(document):
    """What each code cell has said, without its pictures."""
    return [[output.get("text") or output.get("data", {}).get("text/html") for output in cell["outputs"]
             if "image/png" not in output.get("data", {})] for cell in code_cells(document)]


def jupyter():
    """A Python that has nbconvert: that of `./dev python`, or this one; None where neither has."""
    environment = Path(hs.__file__).absolute().parents[2] / "venv" / "bin" / "python"
    if environment.exists():
        return str(environment)
    found = all(importlib.util.find_spec(module) for module in ("nbconvert", "ipykernel"))
    return sys.executable if found else None


class Notebooks(ProgramTest):
    @unittest.skipIf(jupyter(), "Jupyter runs them below")
    def test_their_cells_run_one_after_another(self):
        for file in NOTEBOOKS:
            before, names = os.getcwd(), {}
            os.chdir(self.folder)  # they need no file and leave none
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    for cell in code_cells(json.loads(file.read_text(encoding="utf-8"))):
                        exec(compile("".join(cell["source"]), file.name, "exec"), names)
            finally:
                os.chdir(before)
            self.assertEqual(self.listing(), [])

    def test_they_are_stored_with_pictures_and_say_what_they_are_not(self):
        self.assertTrue(NOTEBOOKS)
        for file in NOTEBOOKS:
            text = file.read_text(encoding="utf-8")
            self.assertIn("not a medical device", text)
            outputs = [output for cell in code_cells(json.loads(text)) for output in cell["outputs"]]
            self.assertTrue(any("image/png" in output.get("data", {}) for output in outputs))
            self.assertEqual([output for output in outputs if output["output_type"] in ("error", "stream")
                              and output.get("name") != "stdout"], [])

    @unittest.skipUnless(jupyter(), "no nbconvert here; ./dev python brings it")
    def test_running_them_anew_in_jupyter_gives_what_is_stored(self):
        for file in NOTEBOOKS:
            subprocess.run([jupyter(), "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", self.folder,
                            file], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=240)
            again = json.loads((self.folder / file.name).read_text(encoding="utf-8"))
            self.assertEqual(texts(json.loads(file.read_text(encoding="utf-8"))), texts(again),
                             f"{file.name}: run ./dev notebooks and read whether its words still hold")


if __name__ == "__main__":
    unittest.main()
