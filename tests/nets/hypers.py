"""Hyperparameters to try, of every field: words are its domain's own, numbers stand here. A field without any fails."""

from dataclasses import fields

from hypothesis import strategies as st

from nets import Hyper
from nets.hyper import INSTRUMENTS, Interval, OneOf

NUMBERS: dict[str, list[float]] = {
    "seed": [0, 1, 2, 3],
    "member": [0, 1, 2],
    "width": [1, 3, 12, 33, 130],
    "depth": [0, 1, 2],
    "batch_size": [2, 3, 8, 23, 64],
    "steps": [11],
    "epochs": [0],  # or 2, without steps
    "checkpoints": [1, 3],
    "keep_prob": [1e-5, 0.3, 0.8, 1.0],
    "input_keep_prob": [0.7, 1.0],
    "init_gain": [1.0, 5.0],
    "l1": [0.0, 0.01],
    "l2": [0.0, 0.01, 10.0],
    "weight_decay": [0.0, 0.1],
    "max_norm": [0.0, 0.5],
    "bn_momentum": [0.1, 1.0],
    "bn_noise": [0.0, 1.0],
    "ghost_rows": [0, 3],
    "learning_rate": [0.001, 0.3, 1e30],  # the last one diverges
    "warmup": [0, 4],
    "momentum": [0.0, 0.9],
}


def values(name: str) -> st.SearchStrategy[object]:
    """Of one field. Raises ``KeyError`` for a number that has none here."""
    domain = Hyper.__dataclass_fields__[name].metadata["domain"]
    if isinstance(domain, OneOf):
        return st.sampled_from(sorted(domain.words))
    if isinstance(domain, Interval):
        return st.sampled_from(NUMBERS[name])
    return st.sampled_from([*4 * ["none"], *INSTRUMENTS])


def fixed(role: str) -> st.SearchStrategy[dict[str, object]]:
    """Values of all fields of a role."""
    return st.fixed_dictionaries(
        {each.name: values(each.name) for each in fields(Hyper) if each.metadata["role"] == role}
    )


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, object]:
    """The fields that a stack shares, its length in steps or in epochs."""
    length = draw(st.sampled_from([{}, {"steps": 0, "epochs": 2}]))
    return draw(fixed("shape")) | length


@st.composite
def knobs(draw: st.DrawFn, optimiser: object) -> dict[str, object]:
    """The fields that are free to differ in a stack with this optimiser: decay belongs to one alone."""
    drawn = draw(fixed("knob"))
    return drawn if optimiser == "adamw" else drawn | {"weight_decay": 0.0}
