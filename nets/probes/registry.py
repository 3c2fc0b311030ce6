"""The probes by name, as ``Hyper.probes`` names them."""

from nets.probes import (
    averaging,
    correlation,
    coupling,
    curvature,
    curves,
    deletion,
    identities,
    losses,
    masks,
    moments,
    saturation,
    shift,
    sparsity,
    variance,
    weights,
)
from nets.probes.probe import Probe

PROBES: dict[str, Probe] = {
    "curves": curves.PROBE,
    "saturation": saturation.PROBE,
    "moments": moments.PROBE,
    "weights": weights.PROBE,
    "deletion": deletion.PROBE,
    "correlation": correlation.PROBE,
    "sparsity": sparsity.PROBE,
    "averaging": averaging.PROBE,
    "masks": masks.PROBE,
    "shift": shift.PROBE,
    "variance": variance.PROBE,
    "curvature": curvature.PROBE,
    "identities": identities.PROBE,
    "losses": losses.PROBE,
    "coupling": coupling.PROBE,
}
