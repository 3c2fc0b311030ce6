"""The tuned effect: what an arm gains over another, each at its own best learning rate and strength. One place computes it.

Settings are chosen on the seeds of a design and scored on fresh ones, which chose nothing (stage score): the interval is
Student's t over these, widened where the choice was not clear. Where a run has no score, each seed is scored at the setting that is best on the others, and the
interval is the delete-one jackknife of that whole procedure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reports.evidence.once import once
from reports.judging.intervals import Estimate, Numbers, bounded, jackknife, mean, nothing
from reports.judging.text import count
from reports.tuning.others import best_of_others
from reports.tuning.tuned_arms import TunedArm, at_home, on_shared_seeds, tuned_arms

ENOUGH = 0.9  # of the fresh seeds: where more were lost, what is left is no fair sample
ROUNDING = 1e-9  # nat or points: what varies by less does not vary


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What ``arm`` gains over ``reference`` in the metric of both: positive where the arm is better.

    ``gain`` takes each at its best, an arm with a dose at its best dose above none.
    """

    arm: TunedArm
    reference: TunedArm
    gain: Estimate

    @property
    def none_chosen(self) -> bool:
        """Whether the arm's best dose, none included, is none: it then gains nothing, and cannot lose."""
        against_none = bool(self.arm.doses) and self.reference.kind == "none"
        same = self.arm.batch_norm == self.reference.batch_norm
        return against_none and same and not self.gain.void and self.arm.means.min() >= self.reference.means.min()

    @property
    def smallest_dose(self) -> Estimate:
        """What the smallest dose that was tried gains, on the tuning seeds."""
        return nested_gain(self.arm.gentlest, self.reference)


@once
def effect(arm: TunedArm, reference: TunedArm) -> Effect:
    """Of two arms that share place and metric: claims, cards and advice ask for the same."""
    return Effect(arm=arm, reference=reference, gain=_bounded(_gain(arm, reference), arm, reference))


def effects(
    arms: Sequence[TunedArm], kind: str, reference: str, *, batch_norm: bool = False, beside: bool = False
) -> list[Effect]:
    """Of a kind over another wherever both were tuned; ``batch_norm`` and ``beside`` say which of the two are with it."""
    found = {(each.where, each.metric, each.kind, each.batch_norm): each for each in arms}
    pairs = [
        (each, found.get((each.where, each.metric, reference, beside)))
        for each in arms
        if (each.kind, each.batch_norm) == (kind, batch_norm)
    ]
    return [effect(each, other) for each, other in pairs if other]


@once
def at_home_in(results: pd.DataFrame) -> list[TunedArm]:
    """The arms of the study's own designs, in each metric; of two of one kind at one place the one that tried more settings."""
    found: dict[tuple[object, ...], TunedArm] = {}
    for each in tuned_arms(at_home(results)):
        known = found.setdefault((each.where, each.metric, each.kind, each.batch_norm), each)
        if len(each.settings) > len(known.settings):
            found[each.where, each.metric, each.kind, each.batch_norm] = each
    return list(found.values())


def _gain(arm: TunedArm, reference: TunedArm) -> Estimate:
    for each in (arm, reference):
        if not each.means.size:
            return nothing(f"{each.name} has no setting at which no network was lost: {each.lost}")
    values = np.concatenate([arm.tuning.ravel(), reference.tuning.ravel()])
    if np.ptp(values) < ROUNDING:
        return nothing("nothing varies")
    if arm.scores.empty or reference.scores.empty:
        return nested_gain(arm, reference)
    return scored_gain(arm, reference)


def scored_gain(arm: TunedArm, reference: TunedArm) -> Estimate:
    """Over fresh seeds. A seed that either arm lost is left out, and told."""
    paired = (reference.scores - arm.scores).dropna()
    seeds = len(arm.scores.index.union(reference.scores.index))
    lost = tuple(f"{each.name}: {each.lost_scores} on fresh seeds" for each in (arm, reference) if each.lost_scores)
    if len(paired) < ENOUGH * seeds:
        left = f"{len(paired)} of {count(seeds, 'fresh seed')} are left"
        return nothing("; ".join([left, *lost]), seeds=len(paired))
    found = mean(paired.to_numpy(float))
    return replace(widened(found, choice_error(arm, reference)), notes=lost)


def choice_error(arm: TunedArm, reference: TunedArm) -> float:
    """Standard error that the choice adds to that of the fresh seeds: an arm's best may be better than what was chosen.

    The optimism of a choice among noisy means is what it cost and as much again that the lowest mean is too low, so the cost
    lies between nothing and half of it, and its root mean square is √12 times less than the optimism. Without
    it intervals held 90 to 92 % of planted gains in error where the response is shallow; it is nothing where all seeds choose alike.
    """
    return float(np.linalg.norm([_optimism(each.tuning) for each in (arm, reference)]) / np.sqrt(12))


def widened(found: Estimate, by: float) -> Estimate:
    """With a standard error ``by`` beside its own."""
    if not found.error > 0:
        return found
    error = float(np.hypot(found.error, by))
    reach = (found.high - found.value) * error / found.error
    return replace(found, error=error, low=found.value - reach, high=found.value + reach)


def _optimism(values: Numbers) -> float:
    """How far the lowest mean of settings × seeds lies below what each seed scores at the setting that is best on the others."""
    return max(best_of_others(values) - float(values.mean(axis=1).min()), 0.0) if values.shape[1] > 1 else 0.0


def nested_gain(arm: TunedArm, reference: TunedArm) -> Estimate:
    """On the tuning seeds of both: each seed scored at the setting that is best on the others, jackknifed as a whole."""
    values, others = on_shared_seeds(arm, reference)
    seeds = values.shape[1]
    if not min(len(values), len(others)):
        return nothing("no setting at which no network was lost", seeds=seeds)
    if seeds < 3:
        return nothing("fewer than three seeds leave none to choose the setting on", seeds=seeds)
    whole, lacking = zip(*(left_out_scores(each) for each in (others, values)), strict=True)
    return jackknife(float(whole[0] - whole[1]), lacking[0] - lacking[1])


def left_out_scores(values: Numbers) -> tuple[float, Numbers]:
    """The mean over seeds of the value at the setting that is best on the other seeds, of all S seeds and of all but each, (S,)."""
    seeds = values.shape[1]
    every = np.arange(seeds)
    others = values.sum(axis=1)[:, None] - values
    whole = values[others.argmin(axis=0), every].mean()
    chosen = [(others - values[:, [without]]).argmin(axis=0) for without in every]
    scored = values[np.stack(chosen), every][~np.eye(seeds, dtype=bool)]  # without × seed, but for the same
    return float(whole), np.asarray(scored.reshape(seeds, seeds - 1).mean(axis=1), float)


def _bounded(gain: Estimate, arm: TunedArm, reference: TunedArm) -> Estimate:
    """A bound where the best of an arm lies at the end of what was tried: beyond it the arm may be better still."""
    if gain.void:
        return gain
    ends = [
        f"the best {' and '.join(each.edges)} of {each.name} lies at the end of those tried"
        for each in (arm, reference)
        if each.edges
    ]
    ends_of = bounded(bounded(gain, 1 if arm.edges else 0), -1 if reference.edges else 0)
    return replace(
        ends_of,
        notes=(f"{arm.name} at {arm.chosen}", f"{reference.name} at {reference.chosen}", *ends, *gain.notes),
    )
