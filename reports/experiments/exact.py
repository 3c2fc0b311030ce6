"""Identities of batch normalisation, in float64, on a small network that was trained a little: what M1–M9 say holds or does not."""

from dataclasses import dataclass
from typing import Any

from reports.evidence.contrasts import Level, Side
from reports.evidence.quantities import Probed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import exact

NAME = "exact"
SETTING = "Two hidden layers of 12 units of tanh with normalisation before the activation, after 100 steps on digits, in float64."
DESIGN: dict[str, dict[str, Any]] = {
    "before": {
        "width": 12,
        "depth": 2,
        "activation": "tanh",
        "batch_norm": "before",
        "steps": 100,
        "checkpoints": 1,
        "precision": "float64",
        "probes": "identities",
    }
}


@dataclass(frozen=True)
class Identity:
    """That the measure ``identities.quantity`` is zero."""

    slug: str
    statement: str
    quote: Quote
    quantity: str
    what: str
    issue: str
    supported: str
    contradicted: str

    def claim(self) -> SeededClaim:
        side = Side("normalisation", "before", tuned=())
        return SeededClaim(
            slug=self.slug,
            statement=self.statement,
            quote=self.quote,
            rule=exact(
                f"{self.what} {SETTING}", issue=self.issue, supported=self.supported, contradicted=self.contradicted
            ),
            compared=[Level(side=side, value=Probed(f"identities.{self.quantity}"), regimes={"precision": "{}"})],
            design=DESIGN,
            shared=NAME,
            caption="The largest deviation of each seed.",
        )
