"""The READMEs say what is so: answer and tables are those of their sources, commands and code run, links lead somewhere."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from answer import BLOCK, README, TABLE, words
from declared import BLOCKS, renewed
from levels import one_in

import study
from study.asked.config import read_config
from study.asked.study_file import PRESETS
from study.command_line import main

ROOT = README.parent
PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "study/README.md", "nets/README.md", "reports/README.md", "CONTRIBUTING.md")
}
LINKS = [(page, link) for page, text in PAGES.items() for link in re.findall(r"\]\(([^)]+)\)", text)]


def blocks(language: str) -> list[tuple[str, str]]:
    """Of every page: its name, and the code."""
    return [
        (page, code)
        for page, text in PAGES.items()
        for code in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    ]


@pytest.mark.whole
def test_answer_is_that_of_the_table() -> None:
    found = BLOCK.search(PAGES["README.md"])
    assert found is not None
    assert found[0] == words(TABLE)
    assert len(found[0].split()) <= 60


@pytest.mark.parametrize("name", BLOCKS)
def test_tables_are_those_of_the_declarations(name: str) -> None:
    assert renewed(name) == PAGES[BLOCKS[name][0]], "make readme"


def test_the_first_page_is_short() -> None:
    assert len(PAGES["README.md"].split()) <= 900  # two answers and all commands among them


def test_the_citation_is_of_this_version() -> None:
    assert f"\nversion: {study.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "code"), blocks("python"))
def test_code_runs(page: str, code: str) -> None:
    exec(compile(code, page, "exec"), {})


@pytest.mark.parametrize(("page", "part"), blocks("toml"))
def test_a_part_of_a_study_file_is_read(page: str, part: str) -> None:
    quick = tomllib.loads(PRESETS["quick"].read_text(encoding="utf-8"))
    assert read_config({**quick, **tomllib.loads(part)}).searches


def test_every_extra_is_told() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    _, _, told = PAGES["study/README.md"].partition("## Extras")
    assert re.findall(r"^\| `(\w+)`", told.partition("\n## ")[0], re.MULTILINE) == sorted(extras)


def test_make_knows_its_targets() -> None:
    commands = re.findall(r"(?<=^\$ )make .*$", "".join(code for _, code in blocks("console")), re.MULTILINE)
    assert commands
    for command in commands:
        done = subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, command


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_links_lead_somewhere(page: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page
    assert target.exists()
    if anchor:
        titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]


COMMANDS = "".join(code for _, code in blocks("sh")).splitlines()
FEW = [line for line in COMMANDS if line.startswith("dropstep") and not {"--only", "--trials"} & set(line.split())]
SMALLER = ["--set", "hyper.steps=40", "--set", "design.replicates=2", "--set", "score.replicates=2", "--workers", "1"]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("lines", one_in(2, [FEW, COMMANDS]), ids=["few", "all"])
def test_commands_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> None:
    """Ours in this process, on small studies, without figures and without pages that are none's subject."""
    monkeypatch.chdir(tmp_path)
    for line in lines:
        words = shlex.split(line)
        if words[0] != "dropstep":
            call(words, tmp_path)
            continue
        with monkeypatch.context() as patch:
            if words[1] == "run":
                patch.setattr("study.commands.pages.render", blank)
                words += SMALLER[: -2 if "--workers" in words else None]
            patch.setattr(sys, "argv", words)
            assert main() == 0, line
    assert_all_is_there(tmp_path)


def blank(table: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
    page = folder / "index.html"
    page.write_text("", encoding="utf-8")
    return page, []


@pytest.mark.slow
def test_commands_run_as_they_are_written(tmp_path: Path) -> None:
    for line in COMMANDS:
        call(shlex.split(line), tmp_path)
    assert_all_is_there(tmp_path)


def call(words: list[str], folder: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stderr}"


def assert_all_is_there(folder: Path) -> None:
    assert (folder / "runs/mine/report/index.html").exists()
    assert (folder / "mine/results.parquet").exists()
