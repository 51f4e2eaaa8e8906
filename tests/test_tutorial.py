# The commands and the Python of both tutorials, with a tenth of the time to train and few items to measure on.
"""The commands and the Python of both tutorials, with a tenth of the time to train and few items to measure on."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPORTS = {"tutorial": "runs/sixteen/report.html", "music": "folk.html"}


def blocks(page: str, language: str) -> list[str]:
    """A page's code blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def shorter(line: str) -> str:
    """A command with a tenth of its training time or of its epochs, and ten items for each likelihood."""
    if line.startswith("aekit evaluate"):
        return re.sub(r" --nll-items \d+", "", line) + " --nll-items 10 --limit 1000"
    line = re.sub(r"--epochs (\d+)", lambda found: f"--epochs {int(found[1]) / 10:g}", line)
    return re.sub(r"--max-time (\d+)s", lambda found: f"--max-time {int(found[1]) / 10:g}s", line)


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("name", REPORTS)
def test_every_command_of_a_tutorial_runs(name, tmp_path):
    page = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    (tmp_path / "photo.jpg").write_bytes((ROOT / "examples/photo.jpg").read_bytes())
    for line in [line for block in blocks(page, "sh") for line in block.splitlines()]:
        command = [sys.executable, "-m", *shlex.split(shorter(line))]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, (line, done.stderr)
    for code in blocks(page, "python"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=400
        )
        assert done.returncode == 0, done.stderr
    drawn = {path.name for path in tmp_path.glob("*.png")}
    assert set(re.findall(r"pictures/([\w-]+\.png)", page)) <= drawn
    assert (tmp_path / REPORTS[name]).stat().st_size > 50_000


def test_every_picture_of_the_docs_is_there():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), (page.name, target)


def test_every_link_between_pages_leads_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"(?<!!)\[[^]]*\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)
