"""B6: networks that did not train start to train with batch normalisation."""

from reports.experiments import speed
from reports.experiments.further_tables import DEEP, also
from reports.experiments.seeded import SeededClaim
from reports.experiments.stuck import DESIGN, SEEDS, Started
from reports.judging.claim import Quote
from reports.judging.rules import Measured, at_most

TABLES = {name: sizes for name, sizes in DEEP.items() if name in ("breast_cancer", "mnist")}
RULE = at_most(
    Measured(
        what="Share of training errors at the end with normalisation before the activation, by that of chance (of a network that knows how frequent the classes are and no more), at the learning rate that is best, where without it "
        f"at no rate of {speed.RATES[0]:g} … {speed.RATES[-1]:g} a seed comes below nine tenths of chance: it did not train. Where it does train nothing is judged. Digits, 600 clean training rows, "
        f"8 hidden layers of 50 sigmoid units, the usual initial weights, constant learning rate, 600 steps; {SEEDS} seeds, as it is all or nothing. {also(TABLES)}",
        quantity="training errors with normalisation ÷ chance",
        reading="1 is chance, 0 is learnt",
        unit="share",
        issue="what did not train starts to train",
        depends="the table of data",
        metric="training error",
    ),
    limit=0.5,
    margin=0.1,
    supported="what did not train starts to train with normalisation before the activation",
    contradicted="what did not train does not train with normalisation before the activation either",
)
CLAIM = SeededClaim(
    slug="B6",
    statement="Things that did not train start to train",
    quote=Quote("002", "Things that didn't train earlier will start to train."),
    design=DESIGN,
    tables=TABLES,
    revised="Its design was that of B4, where every network trains at some rate: nothing could be judged. It has 8 hidden layers now.",
    literature="Ioffe & Szegedy 2015: an Inception network with sigmoid stayed at chance without batch normalisation and "
    "reached 69.8% with it.",
    rule=RULE,
    compared=[Started()],
    caption="Training errors with normalisation by those of chance.",
)
