"""Arms that are all as good: how many claims come out decided wrongly? `make equal` writes reports/calibration/equal.csv.

Every design of the ledger whose claims compare losses and errors is filled with arms whose best is as good, in the middle of their
rates and strengths: spreads as ``reports.calibration`` has them, as many seeds as the preset has. Whatever is found beside "no
difference" is wrong.
"""

import numpy as np
import pandas as pd
from filled import PRESET, filled_table

from reports import CLAIMS
from reports.calibration.planted_contrasts import LEVEL, SETTINGS, SIDE
from reports.calibration.stored import EQUAL, write
from reports.evidence.checked import plain
from reports.evidence.contrasts import Contrast
from reports.evidence.quantities import Column
from reports.judging.claim import Claim, judge
from reports.judging.intervals import Numbers
from reports.judging.verdict import Finding, Verdict
from reports.tuning.contrasts import TunedContrast

SEED = 20170901
DRAWS = 200
LOSS = 0.5
NETWORK = SETTINGS["as measured"]
TUNED = ("learning_rate", "keep_prob", "l2")
STEP = 0.03  # nat: what one of an arm's values costs that is beside the best
POINTS = 0.5  # of error, as a share, for a nat
ERRORS = 0.13, {"level": 0.022, "side": 0.015, "network": 0.011}  # a share of rows


def compares_scores(claim: Claim) -> bool:
    """Losses and errors of networks, between two sides that may be as good."""
    compared = getattr(claim, "compared", ())
    both_ways = any(-np.inf < region.low < 0 < region.high < np.inf for region in claim.rule.regions)
    return bool(claim.design and compared and both_ways) and all(
        isinstance(each, TunedContrast) or (isinstance(each, Contrast) and isinstance(each.value, Column))
        for each in compared
    )


def designs() -> dict[str, list[Claim]]:
    """The claims of each design."""
    found: dict[str, list[Claim]] = {}
    for claim in filter(compares_scores, CLAIMS):
        found.setdefault(claim.networks, []).append(claim)
    return found


def equal(table: pd.DataFrame, cost: Numbers, generator: np.random.Generator) -> pd.DataFrame:
    """The design's networks, the best of each arm as good."""
    mean, spreads = ERRORS
    loss = LOSS + cost + _noise(table, LEVEL, SIDE, NETWORK, generator)
    error = mean + POINTS * cost + _noise(table, *spreads.values(), generator)
    return table.assign(valid_loss=loss, valid_error=error)


def costs(table: pd.DataFrame) -> Numbers:
    """Of each network's setting, beside the best of its arm: its values' places among those tried, squared; none where there is one."""
    found = np.zeros(len(table))
    for column in TUNED:
        place = table.groupby("variant")[column].rank(method="dense").to_numpy()
        most = pd.Series(place).groupby(table["variant"].to_numpy()).transform("max").to_numpy()
        found += STEP * np.floor(np.abs(place - (most + 1) / 2)) ** 2
    return found


def _noise(table: pd.DataFrame, level: float, side: float, network: float, generator: np.random.Generator) -> Numbers:
    seeds, arms = table["seed"].to_numpy(), pd.factorize(table["variant"])[0]
    count = seeds.max() + 1
    of_seed, of_arm = generator.normal(0, level, count), generator.normal(0, side, (arms.max() + 1, count))
    return np.asarray(of_seed[seeds] + of_arm[arms, seeds] + generator.normal(0, network, len(table)))


def is_wrong(finding: Finding) -> bool:
    """Decided, and not as nothing is."""
    nothing = next(region for region in finding.rule.regions if region.low < 0 < region.high)
    return finding.verdict is not Verdict.INCONCLUSIVE and finding.words != nothing.finding


def counted(draws: int) -> pd.DataFrame:
    """A row for each claim.

    Returns:
        Columns claim; draws; regimes; decided, the share of regimes and metrics that are; wrong, the share of draws in which any is wrong.
    """
    rows = []
    for name, claims in designs().items():
        generator = np.random.default_rng([SEED, *name.encode()])
        planned = PRESET["design"]
        table = plain(filled_table(claims[0], seeds=planned["seeds"].get(name, planned["replicates"])))
        cost = costs(table)
        found = [judge(claims, equal(table, cost, generator)) for _ in range(draws)]
        for place, claim in enumerate(claims):
            findings = [judgements[place].findings for judgements in found]
            decided = [finding.verdict is not Verdict.INCONCLUSIVE for each in findings for finding in each]
            wrong = [any(map(is_wrong, each)) for each in findings]
            regimes = len(findings[0])
            rows.append((claim.slug, draws, regimes, np.mean(decided), np.mean(wrong)))
    return pd.DataFrame(rows, columns=["claim", "draws", "regimes", "decided", "wrong"])


if __name__ == "__main__":
    write(counted(DRAWS), EQUAL)
