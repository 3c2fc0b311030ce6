"""The variance that noise adds while training and that evaluation lacks (claim B12)."""

from nets.probes.probe import Measure, Probe, Reading, Subject, by_layer
from nets.probes.specimen import loaded, specimen, trace


def take(subject: Subject) -> Reading:
    """On the validation rows; Li et al. 2019 call the ratio the variance shift."""
    noisy, quiet = (
        trace(loaded(specimen(subject.stack, noise=noise), subject.valid)[0], training=training)
        for noise, training in (("variance", True), (None, False))
    )
    ratios = [
        one.var(axis=2).sum(axis=1) / other.var(axis=2).sum(axis=1)
        for one, other in zip(noisy.dense, quiet.dense, strict=True)
    ]
    return {"ratio": by_layer(ratios, len(subject.stack.hypers))}


PROBE = Probe(
    {
        "ratio": Measure(
            "all layers",
            "ratio",
            "variance of the pre-activations (the logits last), summed over units, in training by that in evaluation",
        )
    },
    take,
)
