"""The ledger of claims: every module of this folder declares one ``CLAIM``, or ``CLAIMS``."""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from reports.judging.claim import Claim


def _declared(module: str) -> Sequence[Claim]:
    found = vars(import_module(f"{__name__}.{module}"))
    claims: Sequence[Claim] = found["CLAIMS"] if "CLAIMS" in found else (found["CLAIM"],)
    return claims


CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (claim for module in iter_modules(__path__) for claim in _declared(module.name)), key=lambda claim: claim.place
    )
)
