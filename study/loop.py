"""The study: designs, then their best settings on fresh seeds, the searches of all arms side by side, and the refits of each one's best trials."""

from collections import deque
from collections.abc import Sequence

from study.asked.arms import Arm
from study.asked.config import Config
from study.asked.designs import Design
from study.asked.networks import design_networks, refit_networks, score_networks, trial_networks
from study.asked.scores import chosen
from study.budget import BudgetSpentError
from study.interrupts import Interrupted, shielded
from study.kept.optuna_tables import OptunaTables
from study.records import Networks
from study.searched.pruning import Pruning
from study.searched.ranking import best, search_name, state_of, valid_loss
from study.searched.sampling import Brain, Params
from study.searched.stopping import Patience
from study.trained.submissions import Submissions


def run(config: Config, submissions: Submissions, tables: OptunaTables) -> None:
    """Brings the ledger and Optuna's tables to the end of the study.

    Resume is replay: the same loop runs, and what the ledger holds is ready at once.
    """
    searches: list[Scoring | Search] = [
        Search(config, arm, repeat, submissions, tables) for arm, repeat in config.searches
    ]
    try:
        for place in range(max((len(design.sources) for design in config.designs), default=1)):
            _advance([*_designs_at(config, place, submissions), *searches], submissions, tables)
    except (Interrupted, BudgetSpentError):  # not where the database fails: it would be waited for twice
        with shielded():
            tables.write()
        raise
    with shielded():
        tables.end()
    submissions.finish()


def _designs_at(config: Config, place: int, submissions: Submissions) -> list["Scoring | Search"]:
    """Submits all designs on their source of data at ``place``: one is tuned and scored before the next begins, so that a study
    that is stopped has whole tables.
    """
    scored, scorings = {design.name for design in config.scored}, []
    for design in config.designs:
        if place < len(design.sources):
            networks = design_networks(config, design, place)
            submissions.submit(networks)
            if design.name in scored:
                scorings.append(Scoring(config, design, networks, submissions))
    return [*scorings]


def _advance(threads: Sequence["Scoring | Search"], submissions: Submissions, tables: OptunaTables) -> None:
    """Takes all of them to their ends."""
    while threads := [thread for thread in threads if not thread.finished]:
        moved = [thread.advance() for thread in threads]
        if not any(moved):
            with shielded():
                tables.keep_up()
            submissions.wait()


class Scoring:
    """The score of a design on one source of data: its best settings there are known once all of ``networks`` are recorded."""

    def __init__(self, config: Config, design: Design, networks: Networks, submissions: Submissions) -> None:
        self._config, self._design, self._submissions = config, design, submissions
        self._networks = networks
        self._missing = list(self._networks.items())
        self.finished = False

    def advance(self) -> bool:
        """One step, if there is one now."""
        while self._missing and self._submissions.holds(dict(self._missing[-1:])):
            self._missing.pop()
        if self._missing:
            return False
        assert self._config.score
        best = chosen(self._design, self._config.score.held, self._submissions.results(self._networks))
        self._submissions.submit(score_networks(self._config, self._design, best))
        self.finished = True
        return True


class Search:
    """One search of an arm: asked and told in the order of trials, so that it is of no account which trial ends first."""

    def __init__(self, config: Config, arm: Arm, repeat: int, submissions: Submissions, tables: OptunaTables) -> None:
        assert config.search
        self._config, self._arm, self._repeat = config, arm, repeat
        self._submissions, self._tables = submissions, tables
        self._name = search_name(arm.name, repeat)
        self._trials, self._window = config.search.trials, config.search.window
        self._brain = Brain(
            arm.open,
            sampler=config.search.sampler,
            seed=config.seed,
            search=self._name,
            history=config.search.history,
        )
        self._pruning, self._patience = Pruning(config.search.pruning), Patience(config.search.patience)
        self._recorded = tables.proposals(self._name, arm.open)
        self._asked = 0
        self._untold: deque[tuple[Params, Networks]] = deque()
        self._complete: dict[int, tuple[float, Params]] = {}

    @property
    def finished(self) -> bool:
        return not (self._untold or self._is_asking)

    @property
    def _is_asking(self) -> bool:
        return self._asked < self._trials and not self._patience.exhausted

    def advance(self) -> bool:
        """One step, if there is one now. Trial t is asked for when t - window trials are told, no fewer and no more."""
        if self._is_asking and len(self._untold) < self._window:
            self._ask()
        elif self._untold and self._submissions.holds(self._untold[0][1]):
            self._tell()
        else:
            return False
        return True

    def _ask(self) -> None:
        number, self._asked = self._asked, self._asked + 1
        recorded, networks = self._asked_before(number) or (None, {})
        params = self._brain.ask(recorded)
        if params != recorded:
            networks = self._networks(number, params)
        self._submissions.submit(networks, thresholds=self._pruning.thresholds)
        self._untold.append((params, networks))

    def _asked_before(self, number: int) -> tuple[Params, Networks] | None:
        """What Optuna's tables hold, which spares the draw where the ledger bears it out."""
        params = self._recorded.get(number)
        if params is None:
            return None
        try:
            networks = self._networks(number, params)
        except (ValueError, TypeError, ArithmeticError):  # tables that somebody changed
            return None
        return (params, networks) if self._submissions.agrees(networks) else None

    def _networks(self, number: int, params: Params) -> Networks:
        return trial_networks(self._config, self._arm, self._repeat, number, params)

    def _tell(self) -> None:
        params, networks = self._untold.popleft()
        records = self._submissions.results(networks)
        loss, state = valid_loss(records), state_of(records)
        number = records[0].key.trial
        curve = self._pruning.tell(records, state)
        trial = self._brain.tell(number, state, value=loss.value if loss else None, curve=curve)
        self._tables.add(self._name, trial, records)
        self._patience.tell(loss)
        if loss:
            self._complete[number] = loss.value, params
        if self.finished and self._config.refit:
            self._refit(self._config.refit.trials)

    def _refit(self, most: int) -> None:
        for number in best([(number, loss) for number, (loss, _) in self._complete.items()], most):
            _, params = self._complete[number]
            self._submissions.submit(refit_networks(self._config, self._arm, self._repeat, number, params))
