"""The score stage: a function of the recorded design, on seeds that chose nothing."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from small_study import carry_out, small_study, stand_in, without_seconds
from test_resume import Jittery, Killed, killed_before

import nets
from nets import Hyper, Outcome
from study.asked.config import Config
from study.asked.networks import FRESH
from study.asked.scores import chosen, groups
from study.errors import UsageError
from study.records import Key, Network, Record

pytestmark = pytest.mark.usefixtures("quick_networks")

RATES = [0.03, 0.1, 10.0]  # at the last of them every network diverges
ARMS = {
    "none": {"width": [3, 40], "learning_rate": RATES},
    "dropout": {"width": [3, 40], "learning_rate": RATES, "keep_prob": [0.5, 0.8, 1.0]},
    "curve": {"width": [3], "keep_prob": [0.25, 0.5]},
}
SCORED = {"design": {"replicates": 3, "arms": ARMS}, "score": {"replicates": 5}}


CARRIED_OUT: list[pd.DataFrame] = []  # once, by the stand-in that every test here has


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    if not CARRIED_OUT:
        CARRIED_OUT.append(carry_out(tmp_path / "study.db", small_study(**SCORED)))
    return CARRIED_OUT[0].copy()


def scores(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["stage"] == "score"]


def test_the_best_setting_of_each_arm_width_and_metric_is_scored(table: pd.DataFrame) -> None:
    """Recomputed from the table of the design: the lowest mean among settings without a loss, dropout’s above none."""
    design = table.query("stage == 'design' and arm != 'curve'")
    candidates = design[(design["arm"] == "none") | (design["keep_prob"] < 1)]
    for metric in ("valid_loss", "valid_error"):
        whole = candidates.groupby(["arm", "width", "trial"])[metric].agg(["mean", "count"]).query("count == 3")
        best = whole["mean"].groupby(["arm", "width"]).idxmin()
        found = scores(table)[scores(table)["chosen_by"].str.contains(metric)].groupby(["arm", "width"])["trial"]
        assert (found.min() == found.max()).all()
        assert [(*key, trial) for key, trial in found.first().items()] == best.tolist()


def test_it_is_scored_on_seeds_of_its_own_and_once_on_the_test_part(table: pd.DataFrame) -> None:
    assert set(scores(table)["seed"]) == {3000 + FRESH + place for place in range(5)}
    assert not set(scores(table)["seed"]) & set(table.query("stage in ('design', 'search')")["seed"])
    completed = scores(table)["stopped"] == "completed"
    assert (scores(table)["test_loss"].notna() == completed).all()
    assert table.query("stage == 'design'")["test_loss"].isna().all()
    assert (table.loc[table["stage"] != "score", "chosen_by"] == "").all()


def test_by_default_the_designs_that_vary_the_learning_rate_are_scored(table: pd.DataFrame) -> None:
    assert set(scores(table)["arm"]) == {"none", "dropout"}


def test_what_is_held_fixed_is_chosen_within(tmp_path: Path) -> None:
    config = small_study(**{**SCORED, "score": {"replicates": 1, "arms": ["dropout"], "held": ["keep_prob"]}})
    found = scores(carry_out(tmp_path / "study.db", config))
    by_loss = found[found["chosen_by"].str.contains("valid_loss")]
    assert by_loss["keep_prob"].tolist() == [0.5, 0.8]
    assert (by_loss["width"] == 3).all()


def test_a_setting_that_lost_a_network_or_lacks_a_seed_is_not_chosen() -> None:
    """Two seeds at four learning rates: the lowest pair is half, or has no value; each metric then chooses for itself."""
    config = small_study(
        design={"replicates": 2, "arms": {"none": {"learning_rate": [0.1, 0.2, 0.3, 0.4]}}}, score={"replicates": 2}
    )
    (design,) = config.designs
    told = {0: [(0.1, 0.1), (None, None)], 1: [(0.2, 0.6), (0.2, 0.4)], 2: [(0.3, 0.1), (0.5, 0.3)], 3: [(0.1, 0.1)]}
    records = [
        Record(
            Key("design", "none", 0, number, seed),
            Network(config.data.task, Hyper(seed=seed)),
            Outcome(stopped="completed", epochs_run=1, valid_loss=loss, valid_error=error),
            0.5,
        )
        for number, pairs in told.items()
        for seed, (loss, error) in enumerate(pairs)
    ]
    assert chosen(design, ["width"], records) == {1: ("valid_loss",), 2: ("valid_error",)}


def records_of(config: Config, losses: Sequence[float]) -> list[Record]:
    """Of a design with one seed, a loss for each of its points."""
    return [
        Record(
            Key("design", "one", 0, number, 0),
            Network(config.data.task, Hyper(seed=0)),
            Outcome(stopped="completed", epochs_run=1, valid_loss=loss, valid_error=0.5),
            0.5,
        )
        for number, loss in enumerate(losses)
    ]


@pytest.mark.parametrize(("lower", "first"), [(2e-13, True), (2e-12, False), (1e-6, False)])
def test_means_that_agree_to_twelve_digits_are_equal(lower: float, *, first: bool) -> None:
    """Another machine's last bits choose no other setting."""
    config = small_study(
        design={"replicates": 1, "arms": {"one": {"learning_rate": [0.1, 0.2]}}}, score={"replicates": 2}
    )
    (design,) = config.designs
    best = {
        number
        for number, by in chosen(design, [], records_of(config, [0.5, 0.5 - lower])).items()
        if "valid_loss" in by
    }
    assert best == ({0} if first else {1})


@pytest.mark.parametrize(
    ("field", "values", "none"),
    [
        ("keep_prob", [0.5, 1.0], 1.0),
        ("l2", [0.0, 0.1, 1.0], 0.0),
        ("weight_decay", [0.1, 0.0], 0.0),
        ("momentum", [0.0, 0.5, 0.9], None),
    ],
)
def test_a_strength_that_is_varied_is_chosen_above_none(field: str, values: list[float], none: float | None) -> None:
    """On each source by itself, and for each value of what is held; a strength that does nothing is an arm of its own."""
    arm = {"learning_rate": [0.1, 0.2], field: values, **({"optimiser": "adamw"} if field == "weight_decay" else {})}
    data = [{"train": 60}, {"train": 70}]
    config = small_study(design={"replicates": 1, "arms": {"one": arm}, "data": data}, score={"replicates": 2})
    (design,) = config.designs
    settings = design.settings()
    above = [number for number, each in enumerate(settings) if each[field] != none]
    assert len(above) == 2 * (len(values) - (none is not None))
    assert groups(design, []) == {(0, ()): above, (1, ()): [len(settings) + number for number in above]}
    assert groups(design, ["learning_rate"], among=above[::-1]) == {
        (0, (rate,)): [number for number in above if settings[number]["learning_rate"] == rate] for rate in (0.1, 0.2)
    }


def test_an_arm_without_a_whole_setting_has_no_score(tmp_path: Path) -> None:
    arms = {"none": {"learning_rate": [5.0, 10.0]}, "curve": ARMS["curve"]}
    config = small_study(design={"replicates": 2, "arms": arms}, score={"replicates": 2})
    table = carry_out(tmp_path / "study.db", config)
    assert (table.query("stage == 'design' and arm == 'none'")["stopped"] == "diverged").all()
    assert scores(table).empty


@pytest.mark.parametrize(
    "stride", [15, pytest.param(4, marks=pytest.mark.whole), pytest.param(1, marks=pytest.mark.slow)]
)
def test_a_study_killed_at_any_commit_and_carried_on_by_many_workers_scores_the_same(
    tmp_path: Path, table, stride: int
) -> None:
    for number in range(0, 100, stride):
        path, killed = tmp_path / f"{number}.db", False
        try:
            with killed_before(number):
                carry_out(path, small_study(**SCORED), capacity=1)
        except Killed:
            killed = True
        assert without_seconds(carry_out(path, small_study(**SCORED), Jittery(1 + number % 3))) == without_seconds(
            table
        )
        if not killed:
            return
    pytest.fail("a study has fewer commits")


def test_what_trials_or_other_designs_there_are_changes_no_score(tmp_path: Path, table) -> None:
    fewer = {**SCORED["design"], "arms": {name: ARMS[name] for name in ("none", "dropout")}}
    other = carry_out(tmp_path / "fewer.db", small_study(design=fewer, score=SCORED["score"], search__trials=3))
    assert without_seconds(scores(other)) == without_seconds(scores(table))


@pytest.mark.parametrize(
    ("score", "told"),
    [
        ({"replicates": 2, "arms": ["dropuot"]}, "dropuot is no design, there are dropout.*did you mean dropout"),
        ({"replicates": 2, "held": ["widht"]}, "widht is no hyperparameter.*did you mean width"),
        ({"replicates": 0}, "score.replicates"),
    ],
)
def test_what_is_scored_is_checked(score, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        small_study(score=score)


def test_equal_means_choose_the_first(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(nets, "train", lambda hypers, data, **more: [_alike(each) for each in stand_in(hypers, data)])
    found = scores(carry_out(tmp_path / "study.db", small_study(**SCORED)))
    assert set(found.loc[found["arm"] == "none", "learning_rate"]) == {RATES[0]}


def _alike(outcome: nets.Outcome) -> nets.Outcome:
    return outcome if outcome.diverged else type(outcome)(**{**vars(outcome), "valid_loss": 0.1 + 0.2})
