"""What leaves together: networks that are alike, no more than a stack carries, each once, the oldest first."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from small_study import carry_out, small_study, without_seconds

from nets import Hyper
from study.data.splits import Task
from study.records import Key, Network
from study.trained import submissions
from study.trained.stacks import Waiting, kind_of, size_of

TASK = Task(data="iris", train_rows=60, valid_rows=40, label_noise=0.0, scaling="centred")
PARCELS = some.lists(
    some.tuples(
        some.sampled_from(["design", "search", "refit"]),
        some.sampled_from([256, 512]),  # 8 and 4 in a stack
        some.integers(1, 4),
        some.sampled_from([(), (1.0,)]),
    ),
    max_size=20,
)


def parcel(number: int, stage: str, width: int, size: int):
    return {Key(stage, "arm", 0, number, seed): Network(TASK, Hyper(width=width, seed=seed)) for seed in range(size)}


@given(PARCELS, some.integers(1, 6))
def test_all_leave_once_in_stacks_of_their_kind(parcels, places: int) -> None:
    waiting, added = Waiting(), []
    for number, (stage, width, size, thresholds) in enumerate(parcels):
        added.append(parcel(number, stage, width, size))
        waiting.add(added[-1], thresholds)
    left, oldest = [], []
    while waiting:
        taken = waiting.take(places)
        trials = {key.trial for key in taken.networks}
        assert len({kind_of(*each) for each in taken.networks.items()}) == 1
        assert len(taken.networks) <= size_of(taken.networks)
        assert {parcels[trial][3] for trial in trials} == {taken.thresholds}
        assert not taken.thresholds or len(trials) == 1
        oldest.append(min(trials))
        left += taken.networks.items()
    assert oldest == sorted(oldest)
    assert sorted(left, key=lambda each: each[0]) == sorted(
        (each for networks in added for each in networks.items()), key=lambda each: each[0]
    )


@given(PARCELS)
def test_every_place_has_work_before_stacks_grow(parcels) -> None:
    waiting = Waiting()
    for number, (stage, width, size, thresholds) in enumerate(parcels):
        waiting.add(parcel(number, stage, width, size), thresholds)
    sent = 0
    for places in range(len(parcels), 0, -1):
        if waiting:
            waiting.take(places)
            sent += 1
    assert not waiting or sent == len(parcels)


@pytest.mark.usefixtures("quick_networks")
def test_searches_train_together_and_come_out_the_same(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One stack for the open trials of all searches where one worker trains, a stack for each where many do."""
    arm = {"width": 6, "keep_prob": {"low": 0.2, "high": 1.0}}
    config = small_study(search__arms=dict.fromkeys(("one", "two", "three"), arm))
    sizes: list[int] = []
    train_stack = submissions.train_stack

    def counted(hypers, *args, **options):
        sizes.append(len(hypers))
        return train_stack(hypers, *args, **options)

    monkeypatch.setattr(submissions, "train_stack", counted)
    apart = without_seconds(carry_out(tmp_path / "apart.db", config, capacity=100))
    stacks_apart, largest_apart = len(sizes), max(sizes)
    sizes.clear()
    assert without_seconds(carry_out(tmp_path / "together.db", config, capacity=1)) == apart
    assert len(sizes) < stacks_apart / 2
    assert largest_apart == 2 * 3  # the design's, of one width
    assert max(sizes) >= 2 * 3 * 3  # every open trial
