"""The ledger as a whole: which claims are tested, and how many have which verdict."""

from collections.abc import Sequence

from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.verdict import Verdict

WORDS = {
    Verdict.SUPPORTED: "supported",
    Verdict.CONTRADICTED: "contradicted",
    Verdict.CONDITIONAL: "conditional",
    Verdict.NO_DIFFERENCE: "without a difference",
    Verdict.INCONCLUSIVE: "open",
}


def all_tested(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Less those that the run does not test."""
    return [judgement for judgement in judgements if judgement.verdict is not Verdict.UNTESTED]


def decided(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Those of which at least one regime has a verdict that its interval had to earn."""
    return [
        each
        for each in judgements
        if any(found.verdict is not Verdict.INCONCLUSIVE and not found.estimate.exact for found in each.findings)
    ]


def besides(judgements: Sequence[Judgement], asked: Sequence[str]) -> list[Judgement]:
    """Those of claims that are not ``asked`` for by slug, and are tested because they share the design of one that is."""
    designs = {each.claim.networks for each in judgements if each.claim.slug in asked}
    tested = all_tested(judgements)
    return [each for each in tested if each.claim.slug not in asked and each.claim.networks in designs]


def counted(judgements: Sequence[Judgement]) -> list[str]:
    """Such as 3 supported, 1 open."""
    return [f"{len(slugs)} {word}" for word, slugs in _by_verdict(judgements).items()]


def named(judgements: Sequence[Judgement]) -> str:
    """A sentence for each verdict, with the claims that have it in the order of the ledger."""
    said = _by_verdict(sorted(judgements, key=lambda judgement: judgement.claim.place)).items()
    return " ".join(f"{text.sentence(word)}: {text.listed(slugs)}." for word, slugs in said)


def _by_verdict(judgements: Sequence[Judgement]) -> dict[str, list[str]]:
    slugs = {
        word: [each.claim.slug for each in judgements if each.verdict is verdict] for verdict, word in WORDS.items()
    }
    return {word: found for word, found in slugs.items() if found}
