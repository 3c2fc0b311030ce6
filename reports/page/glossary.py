"""The words of the page: each explained once, and linked where it is first used."""

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from reports.judging.counting import EITHER


@dataclass(frozen=True)
class Term:
    """``pattern`` finds it in a text; ``meaning`` is one or two plain sentences."""

    slug: str
    name: str
    pattern: str
    meaning: str


TERMS = (
    Term(
        "dropout",
        "dropout",
        r"[Dd]ropout",
        "While a network is trained, each hidden unit is left out of each step by the toss of a coin, so that no unit relies on "
        "another. When the network is used, all units are there.",
    ),
    Term(
        "keep-prob",
        "keep-prob, keep probability, p",
        r"keep[-_ ]prob(?:abilit(?:y|ies)|s)?",
        "The share of hidden units that dropout keeps, on average: 1 leaves out none, 0.5 half of them. A smaller one is more dropout.",
    ),
    Term(
        "l2",
        "L2, λ",
        r"\bL2\b|λ",
        "A penalty on large weights: half of λ times the sum of their squares is added to the loss. A larger λ is more of it.",
    ),
    Term(
        "steps",
        "steps, staircase",
        r"staircases?|\bin steps\b",
        "What one would see if only whole numbers of units counted: the loss stays level while the keep-prob grows by less than one "
        "unit’s share, then jumps.",
    ),
    Term(
        "width",
        "width, n",
        r"\b[Ww]idths?\b|\bunits\b|\b[1k]/n\b",
        "The number of units in the hidden layer. Here the letter n stands for it: k/n is k units of n.",
    ),
    Term(
        "learning-rate",
        "learning rate",
        r"learning rates?",
        "How far the weights move at each step of training. “Tuned” says that each arm has the one that is best for it.",
    ),
    Term(
        "loss",
        "loss, log-loss, nat",
        r"(?:log-)?loss(?:es)?\b|\bnats?\b",
        "How surprised the network is by the true class, on average: minus the natural logarithm of the probability that it gave to "
        "it. Its unit is the nat. Lower is better; guessing among ten classes costs 2.3 nat.",
    ),
    Term(
        "error",
        "error, accuracy, points",
        r"\berrors?\b|\baccuracy\b|\bpoints\b",
        "The share of rows whose class is predicted wrongly; accuracy is the rest. Differences are in percentage points.",
    ),
    Term(
        "seed",
        "seed, paired seeds, fresh seeds",
        r"(?:paired |fresh )*seeds?\b",
        "What a network’s chance is drawn from: its split of the rows, its first weights, its order of rows. Networks of one seed "
        "share these, so they are compared pair by pair; fresh seeds are those on which nothing was chosen.",
    ),
    Term(
        "interval",
        "95% interval",
        r"95% (?:t )?intervals?|\bintervals?\b",
        "The numbers in square brackets: where the true value lies in 95 of 100 such studies, over seeds, on this table of data. An "
        "end at ±∞ is open: the value is a bound.",
    ),
    Term(
        "sesoi",
        "what counts, of interest (SESOI)",
        r"\bof interest\b|\bSESOI\b|what counts|not count\b",
        f"A gain counts where its whole interval lies above the smallest effect of interest, set before results were seen: {EITHER} "
        "of error. What is above zero alone is said to be so.",
    ),
    Term(
        "verdict",
        "verdict",
        r"\b[Vv]erdicts?\b",
        "What an interval earns by a rule: supported, contradicted, no difference (shown to be too small to matter), inconclusive "
        "(too wide to tell), conditional (it differs between cases, which are named).",
    ),
    Term(
        "case",
        "case, regime",
        r"\b[Rr]egimes?\b|\b[Cc]ases?\b",
        "The setting in which something was measured, such as a width or a learning rate. Cases are never averaged.",
    ),
    Term(
        "q",
        "Q",
        r"\bQ\b",
        "How stepped a response is: 0 for a smooth one, 1 for a staircase whose steps are one unit wide.",
    ),
    Term(
        "u",
        "U",
        r"\bU\b",
        "How whole the units of a layer count: 1 where the loss moves only from one whole number of kept units to the next, 0 where "
        "it moves between them as well.",
    ),
    Term(
        "control",
        "control, fixed count",
        r"\bcontrols?\b|[Ff]ixed count",
        "Dropout that keeps exactly k of n units, built to move in steps: it shows that steps would be seen if there were any.",
    ),
    Term(
        "log-odds",
        "log-odds",
        r"[Ll]og-odds",
        "ln(p/(1 − p)): an axis on which 0.9, 0.99 and 0.999 lie as far apart as they act, where the linear axis squeezes them.",
    ),
    Term(
        "linear-axis",
        "linear axis",
        r"[Ll]inear axis",
        "Keep-probs tried evenly: as many between 0.2 and 0.3 as between 0.8 and 0.9.",
    ),
    Term(
        "regret",
        "regret",
        r"\b[Rr]egrets?\b",
        "How much worse a search ends than the best that could have been found, in nat.",
    ),
    Term(
        "search",
        "search, trial",
        r"\b[Ss]earch(?:es)?\b|\btrials?\b|\btries\b",
        "Looking for good settings: a trial is one setting tried, trained on several seeds.",
    ),
    Term(
        "arm",
        "arm, design",
        r"\barms?\b|\bdesigns?\b",
        "An arm is one kind of network, such as “with L2”; a design trains it at every point of a grid, on the same seeds.",
    ),
    Term(
        "batch-norm",
        "batch norm (BN), BN momentum",
        r"[Bb]atch norm(?:alization|alisation)?|\bBN\b",
        "Each unit’s values are shifted and scaled to mean 0 and variance 1 within a batch; the momentum says how fast the averages "
        "follow that stand in for them later.",
    ),
    Term(
        "early-stopping",
        "early stopping",
        r"[Ee]arly stopping",
        "Of all checkpoints of the training the one with the lowest validation loss is kept.",
    ),
    Term(
        "validation",
        "validation rows, test part",
        r"[Vv]alidation|[Tt]est part",
        "Rows that were not trained on: settings are chosen by the validation rows; the test part chose nothing and was split off first.",
    ),
    Term(
        "random-labels",
        "random labels",
        r"random labels",
        "So large a share of the training labels was replaced by classes drawn evenly at random. Some are right by chance, of ten "
        "classes one in ten; validation and test rows keep their true labels.",
    ),
    Term(
        "holm",
        "Holm’s correction",
        r"Holm’s(?: correction)?",
        "Who asks many questions is fooled by chance more often; it demands more of each interval the more cases a claim has.",
    ),
)

LINK = Markup('<a class="term" href="#term-{}" title="{}">{}</a>')


class Explained:
    """Links each term at its first use; one for each page, since it remembers what was linked."""

    def __init__(self) -> None:
        self._left = {term.slug: term for term in TERMS}

    def __call__(self, words: object) -> Markup:
        found, place = Markup(), 0
        whole = str(words)
        for start, end, term in self._first_uses(whole):
            found += escape(whole[place:start])
            found += LINK.format(term.slug, term.meaning, whole[start:end])
            place = end
        return found + escape(whole[place:])

    def _first_uses(self, whole: str) -> list[tuple[int, int, Term]]:
        """Where terms that were not linked before stand, in their order; of two that overlap the first."""
        hits = [
            (hit.start(), hit.end(), term) for term in self._left.values() if (hit := re.search(term.pattern, whole))
        ]
        apart: list[tuple[int, int, Term]] = []
        for start, end, term in sorted(hits, key=lambda each: each[:2]):
            if not apart or start >= apart[-1][1]:
                apart.append((start, end, term))
                del self._left[term.slug]
        return apart
