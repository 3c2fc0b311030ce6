"""Law: a network ignores its company. Trained alone, in any stack, any position, next to anything: the same to the last bit."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypers import knobs, shapes
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from levels import examples
from threadpoolctl import threadpool_limits

from nets import Data, Hyper, train
from nets.kernels import installed
from nets.train import StackTraining

DataOf = Callable[..., Data]


BY_KERNELS = [
    "numpy",
    pytest.param("compiled", marks=pytest.mark.skipif(not installed(), reason="numba: pip install 'dropstep[fast]'")),
]


def known(kernels: str, settings: dict) -> dict:
    """Those that these kernels have: with any other a network trains in NumPy."""
    if kernels == "numpy":
        return settings
    from nets.compiled.training import FIELDS  # noqa: PLC0415  numba may be absent

    return {name: value for name, value in settings.items() if name in FIELDS}


@pytest.mark.parametrize("kernels", BY_KERNELS)
@settings(max_examples=examples(60), deadline=None)
@given(
    data=st.data(),
    shape=shapes(),
    alike=st.booleans(),
    place=st.integers(0, 6),
    rows=st.sampled_from([23, 150]),  # the last batch is of 1, 2, 6, 7, 12, 22 or as many rows as the others
    classes=st.sampled_from([2, 3, 17]),
)
def test_company(
    data_of: DataOf, kernels: str, data: st.DataObject, shape: dict, place: int, rows: int, classes: int, *, alike: bool
) -> None:
    """Next to networks of any knobs, or to replicates and other members, which differ in their random draws alone."""
    assume(shape["batch_norm"] == "none" or rows % shape["batch_size"] != 1)
    me = data.draw(knobs(shape["optimiser"]))
    others = data.draw(st.lists(knobs(shape["optimiser"]), min_size=1, max_size=6))
    if alike:
        others = [me | {"seed": other["seed"], "member": other["member"]} for other in others]
    if shape["output"] == "logit":
        classes = 2
    table = data_of(rows=rows, classes=classes, seeds=(0, 1, 2, 3), test=True)
    hyper, *company = (Hyper(**known(kernels, shape | each)) for each in (me, *others))
    place = min(place, len(company))
    with threadpool_limits(1):  # another thread count may split a product elsewhere
        alone = train([hyper], table, kernels=kernels)[0]
        together = train([*company[:place], hyper, *company[place:]], table, kernels=kernels)[place]
    assert together == alone


@pytest.mark.parametrize(("classes", "width", "precision"), [(3, 16, "float64"), (17, 3, "float32")])
def test_company_where_a_batch_has_one_row(data_of: DataOf, classes: int, width: int, precision: str) -> None:
    """BLAS sums a single column in another order where its numbers lie apart."""
    hypers = [
        Hyper(seed=0, member=member, width=width, batch_size=1, steps=20, precision=precision) for member in range(5)
    ]
    table = data_of(rows=23, classes=classes)
    with threadpool_limits(1):
        assert train(hypers, table) == [train([hyper], table)[0] for hyper in hypers]


def test_shapes_are_sorted_into_stacks(data_of: DataOf) -> None:
    hypers = [Hyper(seed=seed, width=width, steps=5, batch_size=8) for seed in (1, 2) for width in (3, 40, 3)]
    data = data_of()
    assert train(hypers, data) == [train([hyper], data)[0] for hyper in hypers]


def test_streams_are_separate(data_of: DataOf) -> None:
    """Noise of strength nothing leaves every other draw as it was."""
    hyper = Hyper(seed=3, width=6, steps=9, batch_size=8)
    weak = [replace(hyper, keep_prob=1 - 2.0**-40, noise=noise) for noise in ("bernoulli", "fixed_count")]
    assert train(weak, data_of()) == 2 * train([hyper], data_of())


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_noise_has_a_stream_for_each_hidden_layer_and_no_more(data_of: DataOf, depth: int) -> None:
    hyper = Hyper(seed=0, depth=depth, keep_prob=0.5, batch_norm="before", bn_noise=0.1)
    drawn = StackTraining([hyper], data_of()).stack.draws
    assert set(drawn) == {(purpose, layer) for purpose in ("noise", "jitter") for layer in range(depth)}


def test_members_of_an_ensemble_share_the_split_alone(data_of: DataOf) -> None:
    """Each is another network in all that is drawn, on the split of its seed."""
    hypers = [Hyper(seed=seed, member=member, width=6, keep_prob=0.5) for seed in (0, 1) for member in (0, 1)]
    trainers = [StackTraining([hyper], data_of(seeds=(0, 1))) for hyper in hypers]
    draws = {
        "weights": [trainer.stack.parameters.values.tobytes() for trainer in trainers],
        "order": [next(trainer.orders).tobytes() for trainer in trainers],
        "noise": [trainer.stack.draws["noise", 0].words(6, 8, np.uint16).words.tobytes() for trainer in trainers],
    }
    assert {name: len(set(drawn)) for name, drawn in draws.items()} == dict.fromkeys(draws, len(hypers))
    assert [int(trainer.rows["train"].start[0, 0] > 0) for trainer in trainers] == [0, 0, 1, 1]
