"""Every hyperparameter says its rule when it is broken."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets import Hyper, train
from nets.hyper import Interval


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"keep_prob": 0}, r"keep_prob lies in \(0, 1\], got 0"),
        ({"keep_prob": 1.5}, r"keep_prob lies in \(0, 1\], got 1.5"),
        ({"l2": float("nan")}, r"l2 lies in \[0, 1e30\], got nan"),
        ({"learning_rate": float("inf")}, r"learning_rate lies in \[1e-30, 1e30\], got inf"),
        ({"depth": 100_000}, r"depth lies in \[0, 1000\], got 100000"),
        ({"member": -1}, r"member lies in \[0, 1e9\], got -1"),
        ({"width": 2.5}, "width is a whole number, got 2.5"),
        ({"width": True}, "width is a whole number, got True"),
        ({"l2": "strong"}, "l2 is a number, got 'strong'"),
        ({"noise": "binary"}, r"noise lies in \{bernoulli, fixed_count, gaussian\}, got 'binary'"),
        (
            {"probes": "saturation+momnets"},
            r"probes lies in \{none, .*saturation.*\}, several joined by '\+', got 'momnets'",
        ),
        ({"probes": ""}, "got ''"),
        ({"probes": "saturation+saturation"}, "got 'saturation'"),
        ({"probes": "satration+momnets"}, "got 'satration'"),
        ({"noise": 3}, "noise is a word, got 3"),
        ({"epochs": 3}, "steps or epochs, the other 0, got steps=900 and epochs=3"),
        ({"weight_decay": 0.1}, "weight_decay belongs to optimiser='adamw', got weight_decay=0.1 with 'sgd'"),
        ({"steps": 0}, "steps or epochs, the other 0, got steps=0 and epochs=0"),
    ],
)
def test_refusal(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Hyper(seed=1, **values)


EXTREMES = [
    (declared.name, bound)
    for declared in fields(Hyper)
    for bound in getattr(declared.metadata["domain"], "bounds", ())
    if declared.type is float and bound in declared.metadata["domain"]
]


@pytest.mark.parametrize(("name", "bound"), EXTREMES)
def test_the_ends_of_a_domain_train_or_diverge_without_a_warning(data_of, name: str, bound: float) -> None:
    """Warnings are errors in every test."""
    optimiser = "adamw" if name == "weight_decay" else "sgd"
    settings = {"width": 4, "steps": 20, "batch_norm": "before", "keep_prob": 0.5, "optimiser": optimiser, name: bound}
    (outcome,) = train([Hyper(seed=1, **settings)], data_of())
    assert outcome.stopped in {"completed", "diverged"}


def test_every_field_has_role_and_meaning() -> None:
    for declared in fields(Hyper):
        assert declared.metadata["role"] in {"shape", "knob"}
        assert declared.metadata["meaning"]


def test_stack_key_holds_shapes_alone() -> None:
    assert Hyper(seed=1, keep_prob=0.5).stack_key == Hyper(seed=2, l2=0.1).stack_key
    assert Hyper(seed=1, width=3).stack_key != Hyper(seed=1, width=4).stack_key


@pytest.mark.parametrize(
    ("notation", "inside", "outside"), [("(0, 1]", 1, 0), ("[0, 1)", 0, 1), ("[2, inf)", 2, float("inf"))]
)
def test_interval(notation: str, inside: float, outside: float) -> None:
    assert inside in Interval(notation)
    assert outside not in Interval(notation)
    assert str(Interval(notation)) == notation


@given(seed=st.integers(0, 10**15), member=st.integers(0, 10**9))
def test_no_two_members_draw_alike(seed: int, member: int) -> None:
    assert Hyper(seed=seed).own_seed == seed
    assert divmod(Hyper(seed=seed, member=member).own_seed, 2**64) == (member, seed)
