"""A page as a real Chromium lays it out, through its command line alone: frames of several widths in one window, each telling what it finds.

A frame cannot be resized below a window's smallest width, and cannot be told its theme; an inline frame can, and a style sheet too.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 240  # seconds, on a loaded machine
DARK = "@media (prefers-color-scheme: dark)"
PRINT = "@media print"
SCRIPT = """
addEventListener('load', async () => {
  document.querySelectorAll('details').forEach(each => each.open = true);
  await document.fonts.ready;
  const shown = each => each.checkVisibility();
  const box = each => each.getBoundingClientRect();
  const scrolls = each => ['auto', 'scroll'].includes(getComputedStyle(each).overflowX);
  const held = each => { for (let at = each; at; at = at.parentElement) if (scrolls(at)) return true; return false; };
  const named = each => each.outerHTML.slice(0, 100);
  const all = [...document.body.querySelectorAll('*')].filter(shown);
  const found = {
    beyond: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    cut: all.filter(each => each.matches('td, th, figure, p, li, svg[role=img], caption') && box(each).right > document.documentElement.clientWidth + 1 && !held(each)).map(named),
    unreachable: all.filter(each => scrolls(each) && each.scrollWidth > each.clientWidth + 1 && each.tabIndex < 0).map(named),
    type: Math.min(99, ...[...document.querySelectorAll('svg[role=img] text')].filter(shown).map(text => {
      const drawing = text.closest('svg');
      return parseFloat(getComputedStyle(text).fontSize) * box(drawing).width / drawing.viewBox.baseVal.width;
    })),
    hidden: [...document.querySelectorAll('dt')].filter(each => !shown(each)).map(named),
    violations: [],
  };
  if (window.axe) {  // of what comes many times, some: thousands of cells and ticks would take minutes
    document.querySelectorAll('.data tbody tr:nth-child(n+3), svg[role=img] > :not(title, desc)').forEach(each => each.remove());
    const judged = await axe.run(document, {resultTypes: ['violations']});
    found.violations = judged.violations.map(each => each.id + ' ' + each.nodes.length + ' ' + each.nodes[0].html.slice(0, 200));
  }
  parent.postMessage([NAME, found], '*');
});
"""
HOST = """<!DOCTYPE html><title>frames</title>{frames}<pre></pre><script>
const told = {{}};
addEventListener('message', ({{data}}) => {{
  told[data[0]] = data[1];
  if (Object.keys(told).length === {count}) document.querySelector('pre').textContent = JSON.stringify(told);
}});
</script>"""


@dataclass(frozen=True)
class Frame:
    """``media`` of the style sheet that are taken for met; ``axe``: whether accessibility is judged, which takes longest."""

    width: int
    media: tuple[str, ...] = ()
    axe: bool = False

    @property
    def name(self) -> str:
        return " ".join([str(self.width), *("dark" if each == DARK else "paper" for each in self.media)])


def missing() -> str:
    """Why a page cannot be looked at here; nothing where it can."""
    if not _browser():
        return f"no browser here: {', '.join(NAMES)}"
    return "" if find_spec("axe_core_python") else "axe-core-python is not installed"


def look(page: str, frames: tuple[Frame, ...], folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """What each frame found, by its name."""
    axe = find_spec("axe_core_python")
    assert axe is not None
    assert axe.origin is not None
    shutil.copy(Path(axe.origin).with_name("axe.min.js"), folder / "axe.js")
    for number, frame in enumerate(frames):
        (folder / f"{number}.html").write_text(_within(page, frame), encoding="utf-8")
    inline = "".join(
        f'<iframe src="{number}.html" width="{frame.width}" height="900"></iframe>'
        for number, frame in enumerate(frames)
    )
    host = folder / "host.html"
    host.write_text(HOST.format(frames=inline, count=len(frames)), encoding="utf-8")
    return _told(host, folder)


def _within(page: str, frame: Frame) -> str:
    for media in frame.media:
        page = page.replace(media, "@media all")
    scripts = f"<script>const NAME = {json.dumps(frame.name)};{SCRIPT}</script>"
    return page + ('<script src="axe.js"></script>' if frame.axe else "") + scripts


def _told(host: Path, folder: Path) -> Mapping[str, Mapping[str, Any]]:
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    waits = [f"--timeout={1000 * PATIENCE}", f"--virtual-time-budget={1000 * PATIENCE}"]
    command = [_browser(), *options, *waits, "--window-size=1700,1000", "--dump-dom", host.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    found = re.search("<pre>(.+?)</pre>", done.stdout, flags=re.DOTALL)
    assert found, f"the page told nothing: {done.stderr[-2000:]}"
    told: Mapping[str, Mapping[str, Any]] = json.loads(unescape(found[1]))
    return told


def _browser() -> str:
    return next(filter(None, map(shutil.which, NAMES)), "")
