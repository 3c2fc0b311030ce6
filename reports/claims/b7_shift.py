"""B7: batch normalisation makes what a layer receives move less."""

from reports.evidence.contrasts import Contrast, Side
from reports.evidence.quantities import Logarithm, Probed
from reports.experiments import deep
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.text import TIMES

RULE = effect(
    Measured(
        what="How far the gradient of a layer changes when the layers below it are updated and its own weights are not, as Santurkar et al. measure shift: length of the "
        "change by the gradient’s own, by one step of gradient descent on all training rows at the network’s learning rate, mean over layers; without normalisation over with it before the "
        "activation, each at the learning rate whose validation loss is best; at the start, before any step, and after it, mean over 6 checkpoints of 300 steps. (How far means and variances "
        "of pre-activations move says nothing: normalisation fixes them by construction.) Digits, 600 clean training rows, 4 hidden layers of 50 units. "
        f"{also(DEEP)}",
        quantity="change of gradients without ÷ with normalisation",
        reading="above 1 normalisation loosens a layer from those below",
        unit=TIMES,
        issue="batch normalisation reduces covariate shift",
        depends="the activation and the moment",
        metric="change of gradients",
        says="gradients depend less on the layers below with {less} than with {more}",
    ),
    margin=1.25,
    supported="gradients depend less on the layers below with normalisation before the activation than with no normalisation",
    contradicted="gradients depend less on the layers below with no normalisation than with normalisation before the activation",
    alike="gradients depend as much on the layers below with batch normalisation as without",
)
ARM = {
    **deep.NETWORK,
    "activation": ["tanh", "relu"],
    "learning_rate": [0.016, 0.04, 0.1, 0.25],
    "steps": 300,
    "checkpoints": 6,
    "probes": "coupling",
}


CONTRASTS = [
    Contrast(
        high=Side("no normalisation", "none"),
        low=Side("normalisation before the activation", "before"),
        value=Logarithm(Probed(f"coupling.change_{when}")),
        regimes={"activation": "{}"},
        condition=told,
    )
    for when, told in (("at_start", "at the start"), ("later", "after the start"))
]
CLAIM = SeededClaim(
    slug="B7",
    statement="Batch normalisation reduces how far the hidden units’ values shift around",
    quote=Quote("002", "BN reduces the amount by what the hidden unit values shift around (covariance shift)."),
    design={"none": ARM, "before": {**ARM, "batch_norm": "before"}},
    tables=DEEP,
    literature="Santurkar et al. 2018 found no less shift with batch normalisation, and a smoother landscape.",
    revised="It was judged by how far the means of pre-activations move, which normalisation fixes by construction.",
    rule=RULE,
    compared=CONTRASTS,
    caption="Change of a layer’s gradient by an update of the layers below, without normalisation over with it, on a logarithmic axis.",
)
