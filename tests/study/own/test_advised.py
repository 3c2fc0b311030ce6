"""What a run advises holds: trained again on seeds that it never saw, the loss lies where it was promised."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from own_tables import people
from scipy import special
from test_model import blank

import reports
from nets import train
from reports.choice.candidates import choose
from study.command_line import main
from study.data.splits import load
from study.kept.runs import Run
from study.opened import open_ledger
from study.records import Key
from study.reported import table_of

STUDY = """
data = { name = "people.csv", target = "churned" }
hyper = { steps = 60, width = 6 }
refit = { replicates = 8 }

[search]
trials = 3
replicates = 2
arms.none = { learning_rate = { low = 0.01, high = 0.2, log = true } }
arms.l2 = { learning_rate = { low = 0.01, high = 0.2, log = true }, l2 = { low = 1e-3, high = 0.3, log = true } }
"""
SEEDS = tuple(range(9000, 9016))


@pytest.mark.whole
def test_the_promised_loss_is_that_of_fresh_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("study.commands.pages.render", blank)
    frame = people(300)
    frame["churned"] = np.where(frame.age + np.random.default_rng(1).normal(0, 15, 300) > 50, "yes", "no")
    frame.to_csv("people.csv", index=False)
    Path("small.toml").write_text(STUDY)
    monkeypatch.setattr(sys, "argv", ["dropstep", "run", "small.toml", "--workers", "1"])
    assert main() == 0
    ledger = open_ledger(Run("small"))
    results = table_of(ledger)
    ledger.close()
    best = choose(results).best
    assert any(line.startswith("use ") and best.name in line for line in reports.spoken(results))
    network = next(each.network for each in ledger.records if each.key == Key(*best.key, replicate=0))
    hypers = [type(network.hyper)(**{**vars(network.hyper), "seed": seed}) for seed in SEEDS]
    found = [each.test_loss for each in train(hypers, load(network.task, SEEDS, with_test=True))]
    promised = best.scores["test_loss"]
    # of two means over so many seeds each: Student's t, at one in a thousand
    reach = float(special.stdtrit(promised.seeds - 1, 0.9995)) * promised.spread
    assert abs(np.mean(found) - promised.value) < reach * math.sqrt(1 / promised.seeds + 1 / len(SEEDS))
