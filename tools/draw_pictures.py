# Draws the pictures of the docs: runs the tutorials' commands and keeps what they made.
"""Draws the pictures of the docs: runs the tutorials' commands and keeps what they made.

Run from a checkout: `python tools/draw_pictures.py [tutorial] [music]` (about eight minutes each on two cores).
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    """The pages that were named, or both."""
    for name in sys.argv[1:] or ("tutorial", "music"):
        draw(name)


def draw(name: str) -> None:
    """Run every command of a page in a temporary folder; copy the pictures that it shows."""
    page = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copy(ROOT / "examples/photo.jpg", folder)
        for line in [line for block in blocks for line in block.splitlines()]:
            print("$", line, flush=True)
            subprocess.run([sys.executable, "-m", *shlex.split(line)], cwd=folder, check=True)
        target = ROOT / "docs/pictures"
        target.mkdir(exist_ok=True)
        for picture in re.findall(r"pictures/([\w-]+\.png)", page):
            shutil.copy(folder / picture, target / picture)


if __name__ == "__main__":
    main()
