# The generated page on objectives is true to the classes: every objective, its texts and its options.
"""The generated page on objectives is true to the classes: every objective, its texts and its options."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from aekit import plugins

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "objectives-reference.md"
AGAIN = "run: python tools/write_objectives_page.py --keep-table"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location(
        "write_objectives_page", ROOT / "tools/write_objectives_page.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sections():
    """The page's text under each heading."""
    parts = re.split(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_objective_has_a_section_and_nothing_else_has(tool, sections):
    assert list(sections) == ["What each trains", *tool.names()], AGAIN


def test_options_on_the_page_are_those_of_the_class(tool, sections):
    for name in tool.names():
        rows = re.findall(r"^\| `--([a-z0-9-]+)` \| (?:`(.*?)`)? *\|", sections[name], flags=re.MULTILINE)
        shown = {option.replace("-", "_"): default for option, default in rows}
        fields = plugins.objective(name).Options.model_fields
        assert shown.keys() == fields.keys(), AGAIN
        for option, field in fields.items():
            value = field.default
            assert shown[option] == (
                "" if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)
            ), AGAIN


def test_texts_on_the_page_are_those_of_the_class(tool, sections):
    for name in tool.names():
        assert f"## {name}{sections[name]}".strip() == tool.section(name, plugins.objective(name)).strip(), (
            AGAIN
        )


def test_every_objective_gives_its_formula_its_paper_and_its_use(tool):
    for name in tool.names():
        texts = tool.paragraphs(plugins.objective(name))
        assert re.match(r"(Maximises|Minimises) ", texts[0]), name
        assert re.search(r"\b(19|20)\d\d\b", " ".join(texts)), f"{name} names no paper"
        assert any(text.startswith("When to use it:") for text in texts), name
        assert all(field.description for field in plugins.objective(name).Options.model_fields.values()), name


def test_the_table_says_of_every_objective_where_it_trains(tool, sections):
    table = sections["What each trains"]
    for name in tool.names():
        cells = re.search(rf"^\| \[{name}\]\(#{name}\) \| (.+) \|$", table, flags=re.MULTILINE)
        assert cells is not None, "run: python tools/write_objectives_page.py"
        given = cells[1].split(" | ")
        assert len(given) == 4
        for cell in given:
            number = re.fullmatch(r"yes|no \((\d+)\)", cell)
            assert number is not None
            assert number[1] is None or f"\n{number[1]}. " in table


def test_signs_of_formulas_stay_as_they_are_on_a_page(tool):
    assert tool.plain("E_q[log p(x|z)] * `a_b*c`") == r"E\_q[log p(x\|z)] \* `a_b*c`"
