"""``dropstep best``: the chosen configuration, and the lines that train it again to the bit."""

import json
from pathlib import Path

import pandas as pd
from small_study import STUDY


def test_the_lines_train_the_chosen_network_again_to_the_bit(dropstep, pages, folder_of_runs: Path, capsys) -> None:
    (folder_of_runs / "small.toml").write_text(STUDY)
    assert dropstep("run", "small.toml", "--workers", "1")[0] == 0
    code, out, _ = dropstep("best")
    assert code == 0
    exec(out[out.index("from nets") :], {})
    again = [float(word) for word in capsys.readouterr().out.split()]
    table = pd.read_parquet("runs/small/results.parquet")
    refits = table.query("stage == 'refit'")
    best = refits.trial[refits.groupby("trial")["valid_loss"].transform("mean").idxmin()]
    first = refits.query("trial == @best and replicate == 0").iloc[0]
    assert again == [first.valid_loss, first.test_loss]
    data = json.loads(dropstep("best", "--json")[1])
    assert (data["chosen"]["arm"], data["chosen"]["trial"]) == ("joint", best)
    assert "\n".join(data["python"]) in out


def test_a_run_that_trained_nothing_again_says_what_it_lacks(dropstep, pages, folder_of_runs: Path) -> None:
    (folder_of_runs / "small.toml").write_text(STUDY.replace("refit = { replicates = 2 }\n", ""))
    assert dropstep("run", "small.toml", "--workers", "1")[0] == 0
    code, _, err = dropstep("best")
    assert code == 1
    assert (
        err
        == "error: runs/small: no setting was trained again on fresh seeds yet: carry the study on to its end, or give it a [score] or a [refit]\n"
    )
