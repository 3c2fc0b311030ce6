"""A real Slurm on this machine: its jobs are the workers, and one is cancelled in the middle of a stack."""

import getpass
import importlib.util
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from real_processes import begin, end_of, table_of, wait_until

PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch")
CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def lacking() -> str:
    """Why Slurm cannot be had here; empty where it can."""
    missing = [program for program in PROGRAMS if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")]
    if missing:
        return f"{', '.join(missing)} not installed: apt-get install slurmctld slurmd munge slurm-client"
    if not importlib.util.find_spec("dask_jobqueue"):
        return "dask-jobqueue is not installed"
    return "" if os.geteuid() == 0 else "slurmd runs jobs as root only"


pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(lacking()), reason=lacking() or "it is all there")]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cluster of one machine, in a folder of its own."""
    folder = tmp_path / "slurm"
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    (folder / "munge.key").write_bytes(os.urandom(1024))
    (folder / "munge.key").chmod(0o400)
    settings = CONFIGURATION.format(
        folder=folder,
        host=socket.gethostname(),
        user=getpass.getuser(),
        ports=(free_port(), free_port()),
        cores=os.cpu_count(),
    )
    (folder / "slurm.conf").write_text(settings)
    (folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
    monkeypatch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
    munge = ["munged", "--foreground", "--force", "--socket", folder / "munge.socket", "--key-file", folder / "munge.key",
             "--pid-file", folder / "munge.pid", "--log-file", folder / "munge.log", "--seed-file", folder / "seed"]  # fmt: skip
    with ExitStack() as daemons:
        for words in (munge, ["slurmctld", "-D"], ["slurmd", "-D", "-N", socket.gethostname()]):
            daemon = daemons.enter_context(
                subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            daemons.callback(daemon.terminate)
            if words is munge:
                wait_until((folder / "munge.socket").exists)
        wait_until(lambda: "idle" in output("sinfo", "--noheader"))
        yield
        output("scancel", "--user", getpass.getuser())
        wait_until(lambda: not output("squeue", "--noheader"))


def output(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def running() -> list[str]:
    return re.findall(r"\d+", output("squeue", "--noheader", "--states", "RUNNING", "--format", "%A"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of dask-jobqueue
@pytest.mark.usefixtures("slurm")
def test_a_study_on_slurm_survives_a_cancelled_job(tmp_path: Path, in_one_process: str) -> None:
    from dask_jobqueue import SLURMCluster  # noqa: PLC0415  # it may be lacking

    path = os.pathsep.join(path for path in sys.path if path)
    cluster = SLURMCluster(
        cores=1, memory="1GB", job_mem="0", processes=1, interface="lo", log_directory=str(tmp_path),
        python=sys.executable, job_script_prologue=[f"export PYTHONPATH={path}"],
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
    )  # fmt: skip
    with closing(cluster):
        cluster.adapt(minimum_jobs=1, maximum_jobs=2)
        driver = begin(tmp_path, "--executor", cluster.scheduler_address.replace("tcp://", "dask://"))
        wait_until(lambda: recorded(tmp_path) > 0)
        output("scancel", running()[0])
        assert end_of(driver) == (0, "")
    assert table_of(tmp_path) == in_one_process


def recorded(folder: Path) -> int:
    """Networks that the study has so far."""
    database = folder / "runs/tiny/study.db"
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as connection, suppress(sqlite3.OperationalError):
        return int(connection.execute("SELECT count(*) FROM networks").fetchone()[0])
    return 0
