#!/usr/bin/env python3
"""Writes sample_data.json: made-up lives with plausible shapes, for looking at the report and checking it.

Nothing here is a result. The little model below only has the feedback that makes ensembles two-humped.
"""
import json
import math
import random
from pathlib import Path

MEMBERS, MONTHS, BINS = 1500, 120, 64
STAY_DAYS = 14
ARMS = [
    ("Stay, usual care", ["14-day hospital stay in month 2", "No programme afterwards"]),
    ("No stay", ["No hospital stay", "Everything else as in usual care"]),
    ("Stay, then exercise", ["14-day hospital stay in month 2", "Strength and walking, 3 × 45 min a week for 24 weeks from discharge", "Adherence 70 %"]),
    ("Stay, then diet", ["14-day hospital stay in month 2", "+400 kcal and +20 g protein a day for 24 weeks from discharge"]),
]
COLUMNS = [  # name, label, unit, low, high
    ("activity", "Activity", "× 5,000 steps/d", 0.0, 1.6),
    ("strength", "Strength", "× age 30", 0.2, 1.0),
    ("gait_speed", "Gait speed", "m/s", 0.3, 1.5),
    ("vo2_peak", "Aerobic capacity", "ml/kg/min", 8.0, 28.0),
    ("body_weight", "Body weight", "kg", 35.0, 75.0),
    ("inflammation", "Inflammation", "× healthy excess", 0.0, 6.0),
    ("deficit_burden", "Deficit burden", "", 0.05, 0.7),
]


def rounded(x):
    return None if x is None else float(f"{x:.4g}")


def person(rng):
    return {
        "will": rng.lognormvariate(0, 0.10), "deficits": min(0.45, rng.lognormvariate(math.log(0.19), 0.13)),
        "force": rng.lognormvariate(0, 0.08), "weight": rng.gauss(51, 3.5), "threshold": rng.expovariate(1),
        "recovery": rng.lognormvariate(0, 0.15),
    }


def live(p, arm, days=STAY_DAYS, months=MONTHS):
    """Monthly rows of the seven columns until death."""
    stay, exercise, diet = arm != 1, arm == 2, arm == 3
    deficits, strength, weight, inflammation = p["deficits"], 0.62 * p["force"], p["weight"], 0.6
    activity, hazard, rows = 0.93 * p["will"], 0.0, []
    for month in range(months + 1):
        age = 80 + month / 12
        gait = 0.35 + 0.95 * strength + 0.18 * min(activity, 1) - 0.35 * deficits
        vo2 = 12.5 + 6.5 * min(activity, 1.2) + 6 * (strength - 0.55) - 8 * (deficits - 0.2)
        rows.append((activity, strength, gait, vo2, weight, inflammation, deficits))
        if stay and month == 1:
            activity *= math.exp(-days / 9)
            strength *= 1 - 0.011 * days
            inflammation += 0.28 * days
        training = exercise and 2 <= month < 8
        feeding = diet and 2 <= month < 8
        capacity = strength * (1 - 0.9 * (deficits - 0.2)) * (1 - 0.03 * max(0.0, inflammation - 0.6))
        drive = 1 / (1 + (0.55 / max(capacity, 0.05)) ** 12)
        target = (0.12 + 0.95 * drive) * p["will"] * (1.12 if training else 1)
        activity += (1 - math.exp(-30 * p["recovery"] / 45)) * (target - activity)
        use = 0.40 + 0.245 * min(1.0, activity / 0.8) + (0.07 if training else 0) + (0.012 if feeding else 0)
        ageing = 1 - 0.009 * (age - 80) - 0.25 * (deficits - 0.19)
        strength += (1 - math.exp(-30 / 60)) * (use * p["force"] * ageing - strength)
        weight += 0.06 * (p["weight"] * (0.90 + 0.10 * min(1.0, activity / 0.7)) + (2.5 if feeding else 0) - weight)
        inflammation += 0.6 * (0.5 + 4 * (deficits - 0.15) + 0.4 * max(0.0, 0.4 - activity) - inflammation)
        deficits = min(0.7, deficits * (1 + 0.03 / 12 * (1.5 if activity < 0.4 else 1)))
        hazard += 0.055 / 12 * math.exp(0.1 * (age - 80)) * 1.25 ** ((deficits - 0.2) * 10) * (1.6 if activity < 0.3 else 1)
        if hazard > p["threshold"]:
            break
    return rows


def quantile(values, q):
    return values[min(len(values) - 1, int(q * len(values)))] if values else None


def state(row):
    activity, strength, gait, _, _, inflammation, deficits = row
    criteria = [activity < 0.45, strength < 0.47, gait < 0.86, deficits > 0.24, inflammation > 1.2]
    return "frail" if sum(criteria) >= 3 else "prefrail" if any(criteria) else "robust"


def incidence(name, label, months_of, lives):
    """Cumulative incidence with death competing: `months_of(rows)` is when it first happens, or None."""
    arms = []
    for arm, ensemble in enumerate(lives):
        first = [months_of(rows) for rows in ensemble]
        died = [len(rows) if len(rows) <= MONTHS else None for rows in ensemble]
        had = lambda m: sum(f is not None and f <= m for f in first)
        gone = lambda m: sum(f is None and d is not None and d <= m for f, d in zip(first, died))
        times = range(0, MONTHS + 1, 3)
        risk = [had(m) / MEMBERS for m in times]
        error = [math.sqrt(r * (1 - r) / MEMBERS) for r in risk]
        arms.append({"arm": ARMS[arm][0], "time_y": [m / 12 for m in times],
                     "cumulative": [rounded(r) for r in risk],
                     "error": [rounded(e) for e in error],
                     "at_risk": [MEMBERS - had(m) - gone(m) for m in times],
                     "died": [rounded(gone(m) / MEMBERS) for m in times]})
    return {"event": name, "label": label, "ends_life": name == "death", "arms": arms}


def effects(incidence):
    """Against the first arm, with the errors that independent arms would have."""
    for event in incidence:
        risks = [arm["cumulative"][-1] for arm in event["arms"]]
        for arm in range(1, len(ARMS)):
            here, there = risks[arm], risks[0]
            difference = here - there
            error = math.sqrt((here * (1 - here) + there * (1 - there)) / MEMBERS)
            low, high = difference - 1.96 * error, difference + 1.96 * error
            share = lambda a, b: {"paired": rounded(max(0.0, a - b) + 0.01), "independent": rounded(a * (1 - b)),
                                  "least": rounded(max(0.0, a - b)), "most": rounded(min(a, 1 - b))}
            shown = low * high > 0
            yield {"arm": ARMS[arm][0], "reference": ARMS[0][0], "event": event["event"], "label": event["label"], "risk": here,
                   "reference_risk": there, "difference": {"value": rounded(difference), "error": rounded(error), "low": rounded(low), "high": rounded(high)},
                   "relative_risk": {"value": rounded(here / there), "low": rounded(here / there * 0.9), "high": rounded(here / there * 1.1)},
                   "needed": {"to": ("benefit" if difference < 0 else "harm") if shown else "neither shown", "value": rounded(1 / abs(difference)) if shown else None,
                              "low": rounded(1 / max(abs(low), abs(high))), "high": rounded(1 / min(abs(low), abs(high))), "words": ""},
                   "helped": share(there, here), "harmed": share(here, there)}


def lifeline(rows, arm):
    end = len(rows) / 12 if len(rows) <= MONTHS else MONTHS / 12
    names = ["robust", "prefrail", "frail"]
    states = []
    for month, row in enumerate(rows):
        of = names.index(state(row))
        if not states or states[-1]["state"] != of:
            states.append({"since": rounded(month / 12), "state": of})
    stay = {"from": 0.1, "until": rounded(0.1 + STAY_DAYS / 365.25), "what": "hospital stay"}
    programme = {"from": 0.17, "until": rounded(min(end, 0.63)), "what": ["", "", "resistance training", "diet"][arm]}
    slow = next((m for m, row in enumerate(rows) if row[2] < 0.9), None)
    happenings = [{"time": y, "kind": "visit", "name": "check-up", "cause": "schedule", "quantity": "gait_speed", "unit": "m/s",
                   "value": rounded(rows[12 * y][2])} for y in range(1, 10) if 12 * y < len(rows)]
    if slow is not None:
        happenings.append({"time": rounded(slow / 12), "kind": "triggered", "name": "slow", "cause": "gait_speed < 0.9"})
    return {"states": states, "done": ([stay] if arm != 1 else []) + ([programme] if arm > 1 and end > 0.17 else []),
            "happenings": happenings, "end": rounded(end), "dies": len(rows) <= MONTHS}


def paired(a, b):
    differences = [y - x for x, y in zip(a, b)]
    mean = sum(differences) / len(differences)
    variance = sum((d - mean) ** 2 for d in differences) / (len(differences) - 1)
    return mean, math.sqrt(variance / len(differences)), len(differences)


def main():
    rng = random.Random(20)
    people = [person(rng) for _ in range(MEMBERS)]
    lives = [[live(p, arm) for p in people] for arm in range(len(ARMS))]
    strip_months = range(0, MONTHS + 1, 12)

    columns = []
    for c, (name, label, unit, low, high) in enumerate(COLUMNS):
        arms = []
        for ensemble in lives:
            band = {key: [] for key in ("median", "q05", "q25", "q75", "q95", "alive")}
            strips = []
            for month in range(MONTHS + 1):
                values = sorted(rows[month][c] for rows in ensemble if len(rows) > month)
                for key, q in (("median", 0.5), ("q05", 0.05), ("q25", 0.25), ("q75", 0.75), ("q95", 0.95)):
                    band[key].append(rounded(quantile(values, q)))
                band["alive"].append(len(values))
                if month in strip_months:
                    counts = [0] * BINS
                    for v in values:
                        counts[min(BINS - 1, max(0, int((v - low) / (high - low) * BINS)))] += 1
                    strips.append({"time_years": month / 12, "counts": counts})
            arms.append({**band, "strips": strips})
        columns.append({"name": name, "label": label, "unit": unit, "edges": {"low": low, "high": high, "bins": 256}, "arms": arms})

    occupancy, frail_years, alive_years, last_activity = [], [], [], []
    for ensemble in lives:
        states = [[state(row) for row in rows] for rows in ensemble]
        share = lambda what, m: sum(len(s) > m and s[m] == what for s in states) / MEMBERS
        dead = [sum(len(s) <= m for s in states) / MEMBERS for m in range(MONTHS + 1)]
        occupancy.append({**{k: [rounded(share(k, m)) for m in range(MONTHS + 1)] for k in ("robust", "prefrail", "frail")},
                          "dead": [rounded(d) for d in dead]})
        frail_years.append([sum(x != "frail" for x in s) / 12 for s in states])
        alive_years.append([len(s) / 12 for s in states])
        last_activity.append([rows[MONTHS][0] if len(rows) > MONTHS else None for rows in ensemble])

    median_member = {"will": 1.0, "deficits": 0.19, "force": 1.0, "weight": 51, "threshold": math.inf, "recovery": 1.0}
    paths = [live(median_member, arm) for arm in range(len(ARMS))]
    portrait = {
        "x": "activity", "y": "strength",
        "arms": [{"x": [rounded(r[0]) for r in rows], "y": [rounded(r[1]) for r in rows],
                  "time_years": [rounded(m / 12) for m in range(MONTHS + 1)]} for rows in paths],
        "equilibria": [{"x": 0.93, "y": 0.645, "stable": True}, {"x": 0.42, "y": 0.515, "stable": False}, {"x": 0.15, "y": 0.44, "stable": True}],
        "note": "Equilibria with age and deficit burden frozen at the start.",
    }

    lengths, deficit_rows = list(range(0, 29, 2)), [rounded(0.14 + 0.01 * k) for k in range(12)]
    after = lambda d, days: live({**median_member, "deficits": d}, 0, days, 20)[-1][0]
    activity = [[after(d, days) for days in lengths] for d in deficit_rows]
    critical = []
    for d in deficit_rows:
        fine = [days / 10 for days in range(0, 281) if after(d, days / 10) < 0.4]
        critical.append(rounded(fine[0]) if fine and fine[0] > 0 else None)

    def outcome(name, label, unit, samples, scale=1.0):
        arms = []
        for values in samples:
            known = [scale * v for v in values if v is not None]
            mean = sum(known) / len(known)
            error = math.sqrt(sum((v - mean) ** 2 for v in known) / (len(known) - 1) / len(known))
            arms.append({"estimate": rounded(mean), "error": rounded(error)})
        return {"name": name, "label": label, "unit": unit, "arms": arms}

    def contrasts(name, label, unit, samples, rule, scale=1.0):
        rows = []
        for arm in range(1, len(ARMS)):
            pairs = [(scale * a, scale * b) for a, b in zip(samples[0], samples[arm]) if a is not None and b is not None]
            mean, error, n = paired(*zip(*pairs))
            rows.append({"arm": ARMS[arm][0], "outcome": name, "label": label, "unit": unit,
                         "estimate": rounded(mean), "error": rounded(error), "pairs": n, "rule": rule})
        return rows

    frail_end = [[float(len(rows) > MONTHS and state(rows[MONTHS]) == "frail") for rows in ensemble] for ensemble in lives]
    ranked = [[0.0 if a is None else a for a in values] for values in last_activity]
    def subgroup(name, of, members, samples):
        arms = []
        for values in samples:
            own, base = [values[k] for k in members], [samples[0][k] for k in members]
            mean, error, n = paired([0.0] * len(own), own)
            arms.append({"arm": ARMS[len(arms)][0], "estimate": rounded(mean), "error": rounded(error), "members": n})
            if len(arms) > 1:
                mean, error, n = paired(base, own)
                arms[-1]["difference"] = {"estimate": rounded(mean), "error": rounded(error), "members": n}
        return {"name": name, "of": of, "members": len(members), "outcomes": [
            {"outcome": "frailty_free_years", "label": "Years lived without frailty", "unit": "years", "rule": "all members", "arms": arms}]}

    events = [
        incidence("frail", "Frail", lambda rows: next((m for m, row in enumerate(rows) if state(row) == "frail"), None), lives),
        incidence("death", "Death", lambda rows: len(rows) if len(rows) <= MONTHS else None, lives),
    ]
    sample = {
        "title": "Two weeks in hospital at eighty",
        "question": "After a 14-day hospital stay, what do exercise or extra food for half a year change over ten years, and for whom is the stay the turning point?",
        "disclaimer": "Research software, not a medical device.",
        "version": "0.1.0", "command": "healthspan run scenarios/stay_at_eighty.json --members 1500 --seed 20 --out stay_at_eighty",
        "seed": 20, "members": MEMBERS, "failed": 2, "horizon_years": 10, "substeps_per_month": 4,
        "patient": [
            {"label": "Sex", "value": "woman", "unit": ""}, {"label": "Age", "value": "80", "unit": "years"},
            {"label": "Height", "value": "150", "unit": "cm"}, {"label": "Body weight", "value": "51.0", "unit": "kg"},
            {"label": "Grip strength", "value": "17.2", "unit": "kg"}, {"label": "Gait speed", "value": "0.96", "unit": "m/s"},
            {"label": "Daily steps", "value": "4,650", "unit": ""}, {"label": "Deficit burden", "value": "0.19", "unit": ""},
        ],
        "arms": [{"name": name, "words": words} for name, words in ARMS],
        "times_years": [rounded(m / 12) for m in range(MONTHS + 1)],
        "columns": columns, "occupancy": occupancy, "portrait": portrait,
        "stay_map": {"lengths_days": lengths, "deficits": deficit_rows,
                     "activity": [[rounded(a) for a in row] for row in activity], "critical_days": critical,
                     "patient_deficit": 0.19, "patient_length_days": 14, "months": 18, "threshold": 0.4},
        "spiral": {"members": MEMBERS, "class_share": {"monostable": 0.46, "near_fold": 0.35, "bistable": 0.19},
                   "median_member": {"class": "near_fold", "gap": 0.019, "loop_mode_days": 60, "recovery_days": 582},
                   "note": "Steepness 12/8 and floor 0.12 are drawn for each member, so the class of a patient is a probability."},
        "outcomes": [
            outcome("frailty_free_years", "Years lived without frailty", "years", frail_years),
            outcome("life_years", "Years lived", "years", alive_years),
            outcome("frail_share", "Frail at the end", "share of the living", frail_end),
            outcome("activity", "Activity at the end", "× 5,000 steps/d", last_activity),
        ],
        "contrasts": contrasts("frailty_free_years", "Years lived without frailty", "years", frail_years, "all members")
        + contrasts("life_years", "Years lived", "years", alive_years, "all members")
        + contrasts("activity", "Activity", "× 5,000 steps/d", last_activity, "pairs alive in both")
        + contrasts("activity", "Activity at the end", "share higher minus share lower", ranked, "death ranked worst"),
        "evidence": {
            "cited": 61, "calibrated": 17, "assumed": 24,
            "modules": [
                {"name": "energy_balance", "cited": 22, "calibrated": 1, "assumed": 0}, {"name": "muscle", "cited": 14, "calibrated": 5, "assumed": 4},
                {"name": "activity", "cited": 3, "calibrated": 4, "assumed": 11}, {"name": "inflammation", "cited": 6, "calibrated": 2, "assumed": 5},
                {"name": "deficits", "cited": 7, "calibrated": 2, "assumed": 3}, {"name": "mortality", "cited": 9, "calibrated": 3, "assumed": 1},
            ],
            "assumptions": [
                {"module": "activity", "name": "activity_steepness", "men": 12, "women": 12, "unit": "", "log_sd": 0.2, "why": "No cohort measures it; see the explanation of the spiral."},
                {"module": "muscle", "name": "muscle_strength_per_kg", "men": 2.1, "women": 1.9, "unit": "kg/kg", "log_sd": 0, "why": "Taken from the <middle> of what is reported."},
            ],
            "references": [
                {"key": "Fried2001", "text": "Fried LP et al. Frailty in older adults: evidence for a phenotype. J Gerontol A 56:M146 (2001).", "doi": "10.1093/gerona/56.3.M146"},
                {"key": "Hall2011", "text": "Hall KD et al. Quantification of the effect of energy imbalance on bodyweight. Lancet 378:826 (2011).", "doi": "10.1016/S0140-6736(11)60812-X"},
                {"key": "Kojima2018", "text": "Kojima G et al. Frailty index as a predictor of mortality: a systematic review and meta-analysis. Age Ageing 47:193 (2018).", "doi": "10.1093/ageing/afx162"},
            ],
        },
        "lifelines": [{"member": k, "arms": [lifeline(lives[a][k], a) for a in range(len(ARMS))]} for k in range(6)],
        "scenario": {"title": "Two weeks in hospital at eighty", "members": MEMBERS, "seed": 20},
        "incidence": events, "effects": list(effects(events)),
        "about_the_helped": "Nobody lives twice: which share of people is helped or harmed cannot be observed. \"Paired\" supposes the same luck in both "
                            "arms, \"independent\" unrelated luck; without a supposition only the bounds are known.",
        "subgroups": [subgroup("weak", "strength < 0.6", [k for k in range(MEMBERS) if lives[0][k][0][1] < 0.62], frail_years),
                      subgroup("strong", "not strength < 0.6", [k for k in range(MEMBERS) if lives[0][k][0][1] >= 0.62], frail_years)],
        "cost_effectiveness": [{"arm": ARMS[2][0], "reference": ARMS[0][0], "currency": "USD",
                                "cost": {"estimate": -293.7, "error": 89.1, "members": MEMBERS}, "qaly": {"estimate": 0.163, "error": 0.0056, "members": MEMBERS},
                                "correlation": -0.85, "cost_per_qaly": {"value": -1798, "low": -2717, "high": -773}, "words": "costs less and gains QALYs"}],
        "warnings": [
            "2 lives failed and are left out of every summary; run one again with --member 311.",
            "Deficit burden passes 0.34 in 4 % of lives, beyond the range in which the activity law was checked.",
        ],
    }
    path = Path(__file__).with_name("sample_data.json")
    path.write_text(json.dumps(sample, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
