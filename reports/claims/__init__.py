"""The ledger of claims: every module of this folder declares one ``CLAIM``."""

from importlib import import_module
from pkgutil import iter_modules

from reports.judging.claim import Claim

CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (import_module(f"{__name__}.{module.name}").CLAIM for module in iter_modules(__path__)),
        key=lambda claim: claim.place,
    )
)
