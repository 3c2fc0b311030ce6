"""README says what is so: its answer is that of its table, its commands and code run."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from answer import BLOCK, README, TABLE, words

from study.asked.config import read_config
from study.asked.study_file import PRESETS

TEXT = README.read_text(encoding="utf-8")
ROOT = README.parent


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_answer_is_that_of_the_table() -> None:
    found = BLOCK.search(TEXT)
    assert found is not None
    assert found[0] == words(TABLE)


@pytest.mark.parametrize("code", blocks("python"))
def test_code_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})


@pytest.mark.parametrize("part", blocks("toml"))
def test_a_part_of_a_study_file_is_read(part: str) -> None:
    quick = tomllib.loads(PRESETS["quick"].read_text(encoding="utf-8"))
    assert read_config({**quick, **tomllib.loads(part)}).searches


def test_make_knows_its_targets() -> None:
    for command in re.findall(r"(?<=^\$ )make .*$", "".join(blocks("console")), re.MULTILINE):
        done = subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, command


@pytest.mark.parametrize("link", re.findall(r"\]\(([^#)]+)\)", TEXT))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_commands_run_one_after_the_other(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for line in "".join(blocks("sh")).splitlines():
        done = subprocess.run(
            shlex.split(line), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert (tmp_path / "runs/mine/report/index.html").exists()
    assert (tmp_path / "mine/results.parquet").exists()
