# The pages for plugin authors, executed as they stand: every file is written, every command is run.
"""The pages for plugin authors, executed as they stand: every file is written, every command is run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
from site_folders import put_in_place, python_in

from aekit.testing import check_names

DOCS = Path(__file__).parents[2] / "docs"


class Block(NamedTuple):
    """A fenced block: its language, the file that it is, and its text."""

    language: str
    title: str
    text: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order; blocks without a language are pictures of folders."""
    content = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(r'^```(\w*)(?: title="(.+?)")?\n(.*?)^```$', content, re.MULTILINE | re.DOTALL)
    return [Block(*parts) for parts in found if parts[0]]


class Reader:
    """Somebody who does what a page says, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site = folder, folder / "site"
        self.site.mkdir()

    def follow(self, page: str, project: str) -> None:
        """Write all files of the page into `project`, then run its commands in order."""
        (self.folder / project).mkdir()
        for block in blocks(page):
            if block.language != "console":
                assert block.title, f"a {block.language} block of {page} has no file name"
                (self.folder / project / block.title).write_text(block.text, encoding="utf-8")
        for block in blocks(page):
            if block.language == "console":
                for line in block.text.splitlines():
                    self.run(line.removeprefix("$ "))

    def run(self, line: str) -> None:
        """Run one command; what pip would install is put in place instead."""
        program, *arguments = shlex.split(line)
        if program == "pip":
            put_in_place(self.folder / arguments[-1], self.site)
            return
        start = {"aekit": ["-m", "aekit"], "python": []}[program]
        done = python_in(self.site, self.folder, *start, *arguments)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("reader"))


@pytest.mark.slow
def test_the_page_on_plugins_ends_in_a_trained_run(reader: Reader) -> None:
    reader.follow("plugins.md", "aekit-curves")

    assert (reader.folder / "runs/curves/weights.safetensors").exists()
    assert (reader.folder / "runs/curves/report.html").exists()
    assert (reader.folder / "pairs.png").exists()


@pytest.mark.slow
def test_the_page_on_objectives_ends_in_a_trained_run(reader: Reader) -> None:
    if not (reader.folder / "aekit-curves").exists():
        reader.follow("plugins.md", "aekit-curves")

    reader.follow("objectives.md", "aekit-rae")

    assert (reader.folder / "samples.png").exists()


@pytest.mark.parametrize("page", ["plugins.md", "objectives.md"])
def test_the_files_of_a_page_can_be_compiled(page: str) -> None:
    files = [block for block in blocks(page) if block.language == "python"]

    assert len(files) == 2
    for block in files:
        compile(block.text, block.title, "exec")


def test_the_page_counts_the_checks_right() -> None:
    assert f"asks {len(check_names())} questions" in (DOCS / "plugins.md").read_text(encoding="utf-8")
