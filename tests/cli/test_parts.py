#!/usr/bin/env python3
"""Parts of a run, made one by one, are put together to the bytes of the whole."""
import random
import shutil
import unittest

from program import RunTest, closed, eventful, opened, read_json, rows, scenario, sealed

SHARD = "shard.healthspan"


class PartsTest(RunTest):
    def setUp(self):
        super().setUp()
        self.document = self.settled(eventful())

    def part(self, first, end, *options, folder=None, source="scenario.json"):
        folder = folder or f"part{first}-{end}"
        self.results("--members", f"{first}:{end}", *options, source=source, folder=folder)
        return folder

    def merged(self, *parts, folder="merged"):
        self.good("merge", *parts, "-o", folder, "--quiet")
        return self.folder / folder

    def not_merged(self, parts, *words, status=2):
        """Refused in one line with the words, and no folder is left."""
        return self.refused(["merge", *parts, "-o", "merged"], status, *words)


class Whole(PartsTest):
    def test_any_parts_in_any_order_give_the_bytes_of_the_whole_run(self):
        whole = self.results("--events")
        for number, cuts in enumerate(((), (12,), (1,), (23,), (7, 8, 20), tuple(range(3, 24, 3)))):
            ends = [0, *cuts, 24]
            parts = [self.part(first, end, "--events", "--threads", 1 + number % 2, folder=f"{number}-{first}")
                     for first, end in zip(ends, ends[1:])]
            random.Random(number).shuffle(parts)
            with self.subTest(cuts=cuts):
                self.same(whole, self.merged(*parts, folder=f"merged{number}"))

    def test_parts_of_other_scenarios_too(self):
        for name, document in {"no events": scenario(members=24), "weighed": eventful(deaths="weighed"),
                               "one life": eventful(members=1), "solver": eventful(solver={"method": "reference"}),
                               "one arm": eventful(arms=[{"name": "the only"}])}.items():
            with self.subTest(name=name):
                file = self.write(document, f"{name}.json")
                whole = self.results(source=file, folder=name)
                ends = [0, 9, 24] if document["members"] == 24 else [0, 1]
                parts = [self.part(first, end, source=file, folder=f"{name} {first}")
                         for first, end in zip(ends, ends[1:])]
                self.same(whole, self.merged(*parts, folder=f"{name} merged"))

    def test_a_part_given_twice_counts_once(self):
        whole = self.results("--events")
        parts = [self.part(first, first + 12, "--events") for first in (0, 12)]
        self.same(whole, self.merged(parts[1], parts[0], parts[1], parts[0]))
        shutil.copytree(self.folder / parts[0], self.folder / "copy")
        self.same(whole, self.merged("copy", *parts, folder="with a copy"))

    def test_a_part_holds_its_members_alone(self):
        folder = self.folder / self.part(3, 9, "--events")
        run = read_json(folder / "run.json")
        self.assertEqual((run["first_member"], run["members"]), (3, 6))
        self.assertEqual(read_json(folder / "scenario.json")["members"], 24)
        self.assertLessEqual({int(row["member"]) for row in rows(folder / "events.csv")}, set(range(3, 9)))
        alive = [row for row in rows(folder / "outcomes.csv") if row["outcome"] == "alive"]
        self.assertEqual({row["members"] for row in alive}, {"6"})

    def test_the_merged_events_are_those_of_the_whole_run(self):
        whole = rows(self.results("--events") / "events.csv")
        parts = [self.part(first, first + 8, "--events") for first in (16, 0, 8)]
        merged = rows(self.merged(*parts) / "events.csv")
        self.assertEqual(merged, whole)
        self.assertEqual([int(row["member"]) for row in merged], sorted(int(row["member"]) for row in merged))

    def test_events_that_some_parts_lack_are_not_dropped_in_silence(self):
        parts = [self.part(0, 12, "--events"), self.part(12, 24)]
        done = self.run_program("merge", *parts, "-o", "merged", "--quiet")
        self.assertIn("events.csv", done.stdout + done.stderr)

    def test_a_part_named_by_its_file_is_the_same_part(self):
        parts = [self.part(first, first + 12, "--events") for first in (0, 12)]
        self.same(self.merged(*parts), self.merged(*(f"{part}/{SHARD}" for part in parts), folder="by file"))

    def test_putting_parts_together_claims_no_speed_of_simulation(self):
        timing = read_json(self.merged(self.part(0, 12), self.part(12, 24)) / "timing.json")
        self.assertNotIn("patient_years_per_second", timing)

    def test_a_part_needs_no_pilot_of_its_own_nor_the_scenario(self):
        whole = self.results()
        parts = [self.part(0, 12), self.part(12, 24)]
        (self.folder / "scenario.json").unlink()
        self.same(whole, self.merged(*parts))

    def test_the_table_is_that_of_the_whole_run(self):
        whole = self.good("run", "scenario.json", "-o", "results").stdout
        done = self.good("merge", self.part(0, 5), self.part(5, 24), "-o", "merged")
        self.assertEqual(done.stdout.replace("merged", "results"), whole)
        self.assertEqual(done.stderr, "")


class WrongParts(PartsTest):
    def test_what_is_missing_is_told(self):
        parts = [self.part(first, first + 6) for first in (0, 6, 12, 18)]
        self.not_merged(parts[1:], "no shard has the members 0:6")
        self.not_merged(parts[:-1], "no shard has the members 18:24")
        self.not_merged([parts[0], parts[3]], "no shard has the members 6:18")

    def test_parts_that_overlap_are_told(self):
        parts = [self.part(0, 12), self.part(11, 24), self.part(12, 24), self.part(3, 5)]
        self.not_merged(parts[:2], "0:12", "11:24", "overlap")
        self.not_merged([parts[0], parts[2], parts[3]], "0:12", "3:5", "overlap")
        self.not_merged([self.part(0, 24), parts[2]], "0:24", "12:24", "overlap")

    def test_parts_of_another_scenario_are_refused(self):
        first = self.part(0, 12)
        others = {"other seed": ("--seed", "6")}
        for name, options in others.items():
            self.not_merged([first, self.part(12, 24, *options, folder=name)], "different scenarios")
        for name, change in {"horizon": {"horizon": "1 year"}, "members": {"members": 25},
                             "title": {"title": "Other"}, "arms": {"arms": self.document["arms"][:1]}}.items():
            with self.subTest(name=name):
                file = self.write({**self.document, **change}, f"{name}.json")
                self.not_merged([first, self.part(12, 24, source=file, folder=name)], "different scenarios")

    def test_a_part_given_twice_with_another_seed_is_refused(self):
        parts = [self.part(0, 12), self.part(12, 24), self.part(12, 24, "--seed", "6", folder="other")]
        self.not_merged(parts, "12:24", "different")

    def test_the_folder_of_a_part_of_another_scenario_is_named(self):
        parts = [self.part(0, 12), self.part(12, 24), self.part(12, 24, "--seed", "6", folder="strange")]
        self.not_merged(parts, "strange")

    def test_a_part_given_twice_with_different_sums_is_refused(self):
        parts = [self.part(0, 12), self.part(12, 24), self.part(12, 24, folder="changed")]
        file = self.folder / "changed" / SHARD
        line, header, words = opened(file)
        other = [*words]
        other[-1] ^= 1
        file.write_bytes(closed(line, header, other))
        self.not_merged(parts, "12:24", "twice with different results")

    def test_something_that_is_no_part_is_refused(self):
        part = self.part(0, 24)
        self.results(folder="whole")
        self.not_merged([part, "whole"], "whole/" + SHARD, "there is no such file", status=4)
        self.not_merged([part, "nowhere"], "nowhere", "there is no such file", status=4)
        self.not_merged(["scenario.json"], "scenario.json: is not a shard of this version")

    def test_a_wrong_output_is_refused(self):
        part = self.part(0, 24)
        (self.folder / "thesis").mkdir()
        (self.folder / "thesis" / "chapter.txt").write_text("years of work")
        self.refused(["merge", part, "-o", part], 4, f"{part}: exists already", "--force")
        self.refused(["merge", part, "-o", "thesis"], 4, "thesis: exists already", "--force")
        self.refused(["merge", part, "-o", "thesis", "--force"], 4, "not the folder of an earlier run")
        self.refused(["merge", part, "-o", "missing/merged"], 4, "missing")
        self.refused(["merge", part], 2, "--output")
        self.refused(["merge", "-o", "merged"], 2)
        whole = self.results()
        self.good("merge", part, "-o", "merged", "--quiet")
        self.good("merge", part, "-o", "merged", "--quiet", "--force")
        self.same(whole, self.folder / "merged")

    def test_members_that_are_no_range_are_refused(self):
        for text, words in {"5:5": "found 5, expected 6 to 24", "5:3": "found 3, expected 6 to 24",
                            "0:25": "found 25", "24:25": "found 24", "-1:3": "found -1", ":3": "whole number",
                            "3:": "whole number", ":": "whole number", "a:b": "whole number",
                            "1:2:3": "whole number", "1.5:3": "whole number"}.items():
            with self.subTest(text=text):
                self.refused(["run", "scenario.json", "--members", text], 2, "--members", words)
        self.refused(["run", "scenario.json", "--members", "0:4", "--member", "2"], 2, "--member", "exclude")


class DamagedParts(PartsTest):
    def setUp(self):
        super().setUp()
        self.document = {**self.document, "horizon": "1 year", "members": 4, "outputs": ["activity"],
                         "arms": self.document["arms"][:1]}
        ranges = {"activity": self.document["numerics"]["ranges"]["activity"]}
        self.document["numerics"] = {"substeps_per_month": 2, "ranges": ranges}
        self.write(self.document)
        self.good_part, self.bad_part = self.part(0, 2), self.part(2, 4)
        self.file = self.folder / self.bad_part / SHARD
        self.content = self.file.read_bytes()

    def damaged(self, content, *words):
        self.file.write_bytes(content)
        self.not_merged([self.good_part, self.bad_part], f"healthspan: {self.bad_part}/{SHARD}: ", *words)

    def test_a_flipped_bit_is_found_wherever_it_is(self):
        chance = random.Random(1)
        begin, size = self.content.index(b"\n") + 1, len(self.content)
        for place in [begin, begin + 8, size - 1, *chance.sample(range(begin + 8, size), 20)]:
            with self.subTest(place=place):
                content = bytearray(self.content)
                content[place] ^= 1 << chance.randrange(8)
                self.damaged(bytes(content))
        content = bytearray(self.content)
        content[len(content) // 2] ^= 1
        self.damaged(bytes(content), "its checksum does not fit")

    def test_a_file_that_is_cut_off_or_goes_on_is_refused(self):
        size = len(self.content)
        for end in (0, 1, 10, 18, 25, 26, 33, 500, size // 2, size - 9, size - 8, size - 1):
            with self.subTest(end=end):
                self.damaged(self.content[:end])
        self.damaged(self.content[:size // 2], "is cut off")
        self.damaged(self.content + b"x", "longer")
        self.damaged(self.content + self.content)

    def test_another_version_or_kind_is_refused(self):
        line = b"healthspan shard 2\n"
        self.assertTrue(self.content.startswith(line))
        for other in ("healthspan shard 1\n", "healthspan shard 20\n", "healthspan snapshot 2\n", "shard 1\n", ""):
            self.damaged(other.encode() + self.content[len(line):], 'its first line should be "healthspan shard 2"')

    def test_sums_that_cannot_be_are_refused_where_the_checksum_fits(self):
        line, header, words = opened(self.file)
        self.assertEqual(closed(line, header, words)[-8:], sealed(closed(line, header, words)[:-8])[-8:])
        self.damaged(closed(line, header, words[:-1]))
        self.damaged(closed(line, header, words + [0]))
        self.damaged(closed(line, header, []))
        for key, value in (("members", -1), ("members", "two"), ("members", 2 ** 60), ("first_member", 1.5),
                           ("scenario", "{}"), ("scenario", 3), ("scenario", "no JSON")):
            with self.subTest(key=key, value=value):
                self.damaged(closed(line, {**header, key: value}, words))
        for key in ("members", "first_member", "scenario"):
            self.damaged(closed(line, {name: value for name, value in header.items() if name != key}, words), key)
        self.damaged(closed(line, [], words), "header")

    def test_no_change_of_the_sums_brings_the_program_down(self):
        chance = random.Random(2)
        line, header, words = opened(self.file)
        for number in range(30):
            other = [*words]
            for _ in range(chance.randint(1, 3)):
                # Counts and sums come first; what follows is histograms.
                other[chance.randrange(len(words) if number % 2 else 60)] = chance.choice(
                    [0, 1, 2 ** 32, 2 ** 63, 2 ** 64 - 1, chance.getrandbits(64)])
            self.file.write_bytes(closed(line, header, other))
            done = self.run_program("merge", self.good_part, self.bad_part, "-o", "merged", "--quiet", "--force")
            with self.subTest(number=number, message=done.stderr):
                self.assertIn(done.returncode, (0, 2, 3))


if __name__ == "__main__":
    unittest.main()
