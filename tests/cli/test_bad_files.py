#!/usr/bin/env python3
"""A folder of malformed scenarios, each with the sentence that it is refused with; and what is too large to be one."""
import json
import os
import subprocess
import time
import unittest
from pathlib import Path

from program import SCENARIO, ProgramTest, find_program, read_json

BAD = Path(__file__).resolve().parent / "bad"


class BadScenarioFiles(ProgramTest):
    MANIFEST = read_json(BAD / "manifest.json")

    def test_every_file_is_expected_and_there_are_enough(self):
        files = {path.name for path in BAD.glob("*.json")} - {"manifest.json"}
        self.assertEqual(files, set(self.MANIFEST))
        self.assertGreaterEqual(len(files), 60)

    def test_every_file_is_refused_with_its_sentence(self):
        for name, expected in self.MANIFEST.items():
            with self.subTest(file=name):
                done = self.run_program("check", name, cwd=BAD, seconds=20)
                self.assertEqual((done.returncode, done.stdout), (expected["exit"], ""))
                self.assertTrue(done.stderr.startswith(f"healthspan: {name}: {expected['message']}"),
                                f"{done.stderr!r} does not begin with {expected['message']!r}")
                self.assertEqual(done.stderr.count("\n"), 1)

    def test_run_refuses_them_too_and_leaves_nothing(self):
        for name in list(self.MANIFEST)[::7]:
            with self.subTest(file=name):
                done = self.run_program("run", BAD / name, seconds=20)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertEqual(self.listing(), [])


class Oversized(ProgramTest):
    """Generated here: too large, too deep, or no text."""

    def refused_soon(self, arguments, *words, **options):
        begin = time.monotonic()
        done = self.run_program(*arguments, seconds=60, **options)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return time.monotonic() - begin

    def test_a_file_of_100_MB_is_refused_before_it_is_read(self):
        head = json.dumps(SCENARIO).encode()[:-1] + b', "question2": "'
        with open(self.folder / "large.json", "wb") as file:
            file.write(head)
            file.truncate(100 * 2 ** 20)
        for command in ("check", "run"):
            seconds = self.refused_soon([command, "large.json"], "large.json: is larger than 64 MB")
            self.assertLess(seconds, 5)  # it takes a start of the program; a loaded machine is slow at that
        self.assertEqual(self.listing(), ["large.json"])

    def test_a_pipe_that_does_not_end_is_refused(self):
        with subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE) as endless:
            done = subprocess.run([find_program(), "check", "-"], stdin=endless.stdout, capture_output=True,
                                  encoding="utf-8", timeout=60, check=False)
            endless.kill()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("standard input: is larger than 64 MB", done.stderr)

    @unittest.skipUnless(os.path.exists("/dev/zero"), "needs /dev/zero")
    def test_a_device_that_does_not_end_is_refused(self):
        self.refused_soon(["check", "/dev/zero"], "/dev/zero: is larger than 64 MB")

    def test_a_list_of_many_entries_is_refused_soon(self):
        self.write('{"title": "x", "outputs": [' + ",".join(["1"] * 2000000) + "]}", "long.json")
        self.assertLess(self.refused_soon(["check", "long.json"], "/outputs/", "fit in one place"), 20)

    def test_deep_nesting_is_refused(self):
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            self.write('{"title": ' + 500000 * opening + "1" + 500000 * closing + "}", "deep.json")
            self.refused_soon(["check", "deep.json"], "deep.json: is nested more than 32 levels deep")

    def test_text_that_is_not_utf_8_is_refused_in_clean_text(self):
        for wrong in (b"\xff", b"\xc3(", b"\xe2\x82", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf"):
            for at in (b'{"title": "A', b'{"A'):
                with self.subTest(wrong=wrong, at=at):
                    self.write(at + wrong + b'"', "bytes.json")
                    self.refused_soon(["check", "bytes.json"], "bytes.json: is not well-formed JSON")


if __name__ == "__main__":
    unittest.main()
