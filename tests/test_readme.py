"""The READMEs say what is so: answer and tables are those of their sources, commands and code run, links lead somewhere."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from answer import BLOCK, README, TABLE, words
from declared import BLOCKS, renewed

import study
from study.asked.config import read_config
from study.asked.study_file import PRESETS

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


def test_answer_is_that_of_the_table() -> None:
    found = BLOCK.search(PAGES["README.md"])
    assert found is not None
    assert found[0] == words(TABLE)
    assert len(found[0].split()) <= 60


@pytest.mark.parametrize("name", BLOCKS)
def test_tables_are_those_of_the_declarations(name: str) -> None:
    assert renewed(name) == PAGES[BLOCKS[name][0]], "make readme"


def test_the_first_page_is_short() -> None:
    words = re.sub(r"```.*?```|<!--.*?-->", "", PAGES["README.md"], flags=re.DOTALL).split()
    assert len(words) <= 960  # two answers among them


def test_the_citation_is_of_this_version() -> None:
    assert f"\nversion: {study.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "code"), blocks("python"))
def test_code_runs(page: str, code: str) -> None:
    exec(compile(code, page, "exec"), {})


@pytest.mark.parametrize(("page", "part"), blocks("toml"))
def test_a_part_of_a_study_file_is_read(page: str, part: str) -> None:
    quick = tomllib.loads(PRESETS["quick"].read_text(encoding="utf-8"))
    assert read_config({**quick, **tomllib.loads(part)}).searches


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


def test_commands_run_one_after_the_other(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for line in "".join(code for _, code in blocks("sh")).splitlines():
        done = subprocess.run(
            shlex.split(line), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert (tmp_path / "runs/mine/report/index.html").exists()
    assert (tmp_path / "mine/results.parquet").exists()
