"""The package gives the bytes of the command line."""
import json
import unittest

from package import EXAMPLES, MAN, TRAINING, ProgramTest, changed, eventful, hs, scenario


class Bytes(ProgramTest):
    def same_files(self, study, *arguments, **saved):
        """Every file of the study equals that of the program, but for the wall times."""
        self.good("run", *arguments, "-o", "typed", "--quiet", "--force")
        study.save(self.folder / "saved", replace=True, **saved)
        names = sorted(file.name for file in (self.folder / "typed").iterdir())
        self.assertEqual(names, sorted(file.name for file in (self.folder / "saved").iterdir()))
        for name in set(names) - {"timing.json"}:
            self.assertTrue((self.folder / "typed" / name).read_bytes() == (self.folder / "saved" / name).read_bytes(),
                            f"{name} differs")

    def test_a_dict_gives_the_bytes_of_its_file(self):
        for document in (scenario(), eventful()):
            self.same_files(hs.run(document), self.write(document))

    def test_a_path_gives_the_bytes_of_the_program_for_every_example(self):
        for example in EXAMPLES:
            self.same_files(hs.run(example, members=200), example, "--members", "200")

    def test_threads_and_progress_change_nothing_and_the_seed_does_what_it_does_there(self):
        study = hs.run(scenario(), threads=1, seed=99, progress=lambda done, total: None)
        self.same_files(study, self.write(scenario()), "--seed", "99", "--threads", "2")

    def test_the_report_is_that_of_the_program_in_japanese_too(self):
        self.same_files(hs.run(scenario()), self.write(scenario()), "--lang", "ja", lang="ja")

    def test_one_member_gives_his_life(self):
        self.same_files(hs.run(changed(scenario(), members=1)), self.write(changed(scenario(), members=1)))

    def test_compare_writes_the_scenario_that_one_would_write(self):
        study = hs.compare(hs.Patient(**MAN), years=2, arms={"nothing": [], "training": TRAINING}, members=50, seed=3)
        by_hand = {"title": "nothing or training", "patient": MAN, "horizon": "2 years", "members": 50, "seed": 3,
                   "arms": [{"name": "nothing"}, {"name": "training", "interventions": TRAINING}]}
        self.same_files(study, self.write(by_hand))

    def test_the_resolved_scenario_gives_the_same_study(self):
        study = hs.run(scenario())
        self.write(json.dumps(study.scenario), "resolved.json")
        again = hs.run(study.scenario)
        self.assertTrue(again.bands.equals(study.bands))
        self.assertTrue(again.outcomes.equals(study.outcomes))


if __name__ == "__main__":
    unittest.main()
