"""Law: a network ignores its company. Trained alone, in any stack, any position, next to anything: the same to the last bit."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from nets import Data, Hyper, train
from nets.layers.activations import ACTIVATIONS
from nets.layers.batch_norm import BATCH_NORMS
from nets.layers.noise import NOISES
from nets.optimisers import OPTIMISERS
from nets.train import StackTraining

DataOf = Callable[..., Data]

SHAPES = st.fixed_dictionaries(
    {
        "width": st.sampled_from([1, 3, 12, 33, 130]),
        "depth": st.integers(0, 2),
        "batch_size": st.sampled_from([2, 3, 8, 23, 64]),
        "activation": st.sampled_from(sorted(ACTIVATIONS)),
        "batch_norm": st.sampled_from(["none", "before", "after"]),
        "bn_statistics": st.sampled_from(["running", "population", "batch"]),
        "bn_gradient": st.sampled_from(sorted(BATCH_NORMS)),
        "noise": st.sampled_from(sorted(NOISES)),
        "noise_redraw": st.sampled_from(["example", "batch", "run"]),
        "optimiser": st.sampled_from(sorted(OPTIMISERS)),
        "schedule": st.sampled_from(["constant", "cosine"]),
        "precision": st.sampled_from(["float32", "float64"]),
        "steps": st.just(11),
    }
)
KNOBS = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 3),
        "member": st.integers(0, 2),
        "keep_prob": st.sampled_from([0.3, 0.8, 1.0]),
        "input_keep_prob": st.sampled_from([0.7, 1.0]),
        "init_gain": st.sampled_from([1.0, 5.0]),
        "l2": st.sampled_from([0.0, 0.01, 10.0]),
        "bn_momentum": st.sampled_from([0.1, 1.0]),
        "bn_start": st.sampled_from(["identity", "random"]),
        "bn_noise": st.sampled_from([0.0, 1.0]),
        "weights": st.sampled_from(["last", "best"]),
        "learning_rate": st.sampled_from([0.001, 0.3, 1e30]),  # the last one diverges
        "momentum": st.sampled_from([0.0, 0.9]),
    }
)


@settings(max_examples=120)
@given(
    shape=SHAPES,
    me=KNOBS,
    others=st.lists(KNOBS, min_size=1, max_size=6),
    alike=st.booleans(),
    place=st.integers(0, 6),
    rows=st.sampled_from([23, 150]),  # the last batch is of 1, 2, 6, 7, 12, 22 or as many rows as the others
    classes=st.sampled_from([2, 3, 17]),
)
def test_company(
    data_of: DataOf,
    shape: dict,
    me: dict,
    others: list[dict],
    place: int,
    rows: int,
    classes: int,
    *,
    alike: bool,
) -> None:
    """Next to networks of any knobs, or to replicates and other members, which differ in their random draws alone."""
    assume(shape["batch_norm"] == "none" or rows % shape["batch_size"] != 1)
    if alike:
        others = [me | {"seed": other["seed"], "member": other["member"]} for other in others]
    data = data_of(rows=rows, classes=classes, seeds=(0, 1, 2, 3), test=True)
    hyper = Hyper(**shape, **me)
    company = [Hyper(**shape, **other) for other in others]
    place = min(place, len(company))
    with threadpool_limits(1):  # another thread count may split a product elsewhere
        alone = train([hyper], data)[0]
        together = train([*company[:place], hyper, *company[place:]], data)[place]
    assert together == alone


def test_shapes_are_sorted_into_stacks(data_of: DataOf) -> None:
    hypers = [Hyper(seed=seed, width=width, steps=5, batch_size=8) for seed in (1, 2) for width in (3, 40, 3)]
    data = data_of()
    assert train(hypers, data) == [train([hyper], data)[0] for hyper in hypers]


def test_streams_are_separate(data_of: DataOf) -> None:
    """Noise of strength nothing leaves every other draw as it was."""
    hyper = Hyper(seed=3, width=6, steps=9, batch_size=8)
    weak = [replace(hyper, keep_prob=1 - 2.0**-40, noise=noise) for noise in ("bernoulli", "fixed_count")]
    assert train(weak, data_of()) == 2 * train([hyper], data_of())


def test_members_of_an_ensemble_share_the_split_alone(data_of: DataOf) -> None:
    """Each is another network in all that is drawn, on the split of its seed."""
    hypers = [Hyper(seed=seed, member=member, width=6, keep_prob=0.5) for seed in (0, 1) for member in (0, 1)]
    trainers = [StackTraining([hyper], data_of(seeds=(0, 1))) for hyper in hypers]
    draws = {
        "weights": [trainer.stack.parameters.values.tobytes() for trainer in trainers],
        "order": [next(trainer.orders).tobytes() for trainer in trainers],
        "noise": [trainer.stack.draws[0].words(6, 8, np.uint16).tobytes() for trainer in trainers],
    }
    assert {name: len(set(drawn)) for name, drawn in draws.items()} == dict.fromkeys(draws, len(hypers))
    assert [int(trainer.rows["train"].start[0, 0] > 0) for trainer in trainers] == [0, 0, 1, 1]
