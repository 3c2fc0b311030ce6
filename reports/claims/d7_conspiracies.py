"""D7: small conspiracies survive change: dropout's lead grows where the inputs change."""

from reports.evidence.quantities import Probed
from reports.experiments import d300
from reports.experiments.seeded import SeededClaim
from reports.judging.claim import Quote
from reports.judging.intervals import ERROR
from reports.judging.rules import Measured, effect
from reports.judging.verdict import SESOI_IN_POINTS

CHANGES = {
    told: Probed(f"shift.{name}_error", (dose,), factor=100, less="valid_error")
    for told, name, dose in (
        ("a quarter of the inputs missing", "missing", 1),
        ("half of the inputs missing", "missing", 2),
        ("contrast a quarter", "contrast", 0),
        ("contrast halved", "contrast", 1),
        ("brightness −0.3", "brightness", 0),
        ("brightness +0.3", "brightness", 3),
    )
}
RULE = effect(
    Measured(
        what="Validation errors that a change of the inputs after training adds to a network trained with L2, less what it adds to "
        f"one trained with dropout, where both do equally well on unchanged inputs. {d300.EQUALLY} In error, since doubled contrast scales logits and nothing else. "
        f"{d300.SETTING}",
        quantity="errors added with L2 − errors added with dropout",
        reading="above 0 dropout stands it better",
        unit="points",
        metric=ERROR,
        issue="dropout stands changed inputs better",
        depends="the change, and how both came to do equally well",
        says="{less} stands changed inputs better than {more}",
    ),
    margin=SESOI_IN_POINTS,
    supported="dropout stands changed inputs better than L2",
    contradicted="L2 stands changed inputs better than dropout",
    alike="dropout stands changed inputs as L2 does",
)


CLAIM = SeededClaim(
    slug="D7",
    statement="Small conspiracies survive change better: dropout is robust where conditions change",
    quote=Quote(
        "003",
        "If conditions do not change and there is plenty of time for rehearsal, a big conspiracy can work well, but with "
        "non-stationary conditions, the smaller the conspiracy the greater its chance of still working.",
    ),
    design=d300.DESIGN,
    shared=d300.NAME,
    tables=d300.TABLES,
    revised=f"{d300.ONE_WAY} {d300.REVISED}",
    rule=RULE,
    compared=d300.at_equal_loss(d300.L2, d300.DROPOUT, CHANGES),
    caption="Errors that changed inputs add with L2, less with dropout.",
)
