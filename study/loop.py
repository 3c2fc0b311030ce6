"""The study: designs, then the search of each arm, then the refit of its best trial."""

from collections import deque

from study.arms import Arm
from study.config import Config
from study.interrupts import shielded
from study.ledger import Key, Network, Record
from study.networks import design_networks, refit_networks, trial_networks
from study.optuna_tables import OptunaTables
from study.ranking import best_trial, valid_loss
from study.sampling import Brain
from study.trainer import Trainer


def run(config: Config, trainer: Trainer, tables: OptunaTables) -> None:
    """Brings the ledger and Optuna's tables to the end of the study.

    Resume is replay: the same loop runs, and what the ledger holds is ready at once.
    """
    for design in config.designs:
        trainer.submit(design_networks(config, design))
    for arm in config.arms:
        Search(config, arm, trainer, tables).run()
    trainer.finish()


class Search:
    """The search of one arm: asked and told in the order of trials, so that it is of no account which trial ends first."""

    def __init__(self, config: Config, arm: Arm, trainer: Trainer, tables: OptunaTables) -> None:
        assert config.search
        self._config, self._arm, self._trainer, self._tables = config, arm, trainer, tables
        self._trials, self._window = config.search.trials, config.search.window
        self._brain = Brain(arm, sampler=config.search.sampler, seed=config.seed)
        self._untold: deque[dict[Key, Network]] = deque()
        self._told: list[Record] = []
        self._params: list[dict[str, object]] = []

    def run(self) -> None:
        """Trial t is asked for when t - window trials are told, no fewer and no more."""
        for number in range(self._trials):
            if len(self._untold) == self._window:
                self._tell()
            self._params.append(self._brain.ask())
            networks = trial_networks(self._config, self._arm, number, self._params[number])
            self._trainer.submit(networks)
            self._untold.append(networks)
        while self._untold:
            self._tell()
        if self._config.refit:
            self._refit()

    def _tell(self) -> None:
        records = self._trainer.results(self._untold.popleft())
        self._told += records
        loss = valid_loss(records)
        failed = any(record.outcome.failed for record in records)
        trial = self._brain.tell(records[0].key.trial, loss.value if loss else None, failed=failed)
        with shielded():
            self._tables.add(self._arm.name, trial, records)

    def _refit(self) -> None:
        best = best_trial(self._told, self._arm.name)
        if best:
            self._trainer.submit(refit_networks(self._config, self._arm, best[0], self._params[best[0]]))
