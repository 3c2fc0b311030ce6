"""B5: batch normalisation allows higher learning rates."""

from reports.experiments import speed
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.rules import Measured, effect
from reports.judging.text import TIMES

RULE = effect(
    Measured(
        what=f"The largest learning rate of {speed.RATES[0]:g} … {speed.RATES[-1]:g} (each 2.5 times the one before) at which "
        f"a network’s validation loss ends at {speed.TARGET} or below: that with normalisation before the activation, "
        f"divided by that without, paired by seed. It is known to one step of 2.5, by which the interval is widened on both sides. {speed.SETTING} "
        "Where the highest of all rates works the ratio is a bound, and where a seed has none that does it counts as one with the lowest; "
        "where half of the seeds of a side have none, nothing is judged.",
        quantity="largest workable learning rate with ÷ without normalisation",
        reading="above 1 it allows higher rates",
        unit=TIMES,
        issue="batch normalisation allows higher learning rates",
        depends="activation and initial weights",
        metric="learning rate",
        says="{more} allows higher learning rates than {less}",
    ),
    margin=1.25,
    supported="normalisation before the activation allows higher learning rates than no normalisation",
    contradicted="no normalisation allows higher learning rates than normalisation before the activation",
    alike="batch normalisation allows the same learning rates",
)


LARGEST = speed.LargestRate(high=speed.BEFORE, low=speed.NONE)
CLAIM = SeededClaim(
    slug="B5",
    statement="Higher learning rates can be used because of batch normalisation",
    quote=Quote(
        "002",
        "Higher learning rates are can be used because of batch normalization as there's no activation that went very high or "
        "very low.",
    ),
    design=speed.DESIGN,
    shared=speed.NAME,
    tables=speed.TABLES,
    literature="Ioffe & Szegedy 2015 trained with 5 and 30 times the learning rate. Bjorck et al. 2018: larger learning rates "
    "are the cause of what batch normalisation gains.",
    revised="The seeds that end at the target at some rate were judged where others end there at none; then nothing was, where one "
    f"of twelve did. {speed.REVISED}",
    rule=RULE,
    compared=[LARGEST],
    caption="Largest workable rate with it over without, on a logarithmic axis.",
)
