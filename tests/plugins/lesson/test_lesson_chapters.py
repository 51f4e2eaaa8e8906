# The chapters as they are written: all that were asked for, options that hold, and no number typed into words.
"""The chapters as they are written: all that were asked for, options that hold, and no number typed into words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import aekit_lesson
import pytest
from aekit_lesson.chapters import CHAPTERS
from aekit_lesson.content import Content
from aekit_lesson.printed import EXPECTED
from aekit_lesson.recipes import ALL, COLOUR, DIGITS, RECIPES, seconds_of

from aekit import UsageError
from aekit.training.plan import new_plan

PLACES, NAMES = r"\{[^}]*\}", r"\bL1\b|\bCIFAR-10\b"
FOLDER = Path(aekit_lesson.__file__).parent / "chapters"
ASKED_FOR = """simple deep pca sparse convolutional plane random-codes noise-on-codes denoising clothes superresolution
superresolution-4x noise-made-finer colour vae losses convolutional-vae aae conditional features umap music"""


def test_every_chapter_that_was_asked_for_is_there_once():
    names = [chapter.name for chapter in CHAPTERS]

    assert sorted(names) == sorted(ASKED_FOR.split())


def test_every_chapter_has_its_question_and_every_training_its_chapter():
    used = {name for chapter in CHAPTERS for name in chapter.runs}

    assert all(chapter.question.endswith("?") and chapter.title for chapter in CHAPTERS)
    assert used == set(RECIPES) and len(ALL) == len(RECIPES)


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.name)
def test_a_trainings_options_are_options_of_aekit_train(recipe, tmp_path):
    source = {DIGITS: "mnist", COLOUR: "cifar10"}.get(recipe.source, recipe.source)

    plan = new_plan(
        recipe.plugin, recipe.objective, source, tmp_path / "run", {**recipe.options, "max_time": 1.0}
    )

    assert plan.stage.seconds == 1.0
    assert plan.training.latent_dim == recipe.options["latent_dim"]


def test_a_wrong_option_would_be_noticed(tmp_path):
    with pytest.raises(UsageError):
        new_plan("image", "sparse", "mnist", tmp_path / "run", {"penalties": "l1"})


def test_trainings_leave_time_to_measure_within_the_budgets():
    everything = [name for chapter in CHAPTERS for name in chapter.runs]

    assert seconds_of(everything, "quick") <= 0.6 * 15 * 60
    assert seconds_of(everything, "full") <= 0.75 * 60 * 60


def templates(path: Path) -> list[str]:
    """The strings that a chapter's file gives to `say` and `note`, outside of their `{places}`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        said = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "say" and node.args[:1]
        noted = (
            isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", "") == "note" and [node.value]
        )
        for part in said or noted or []:
            texts = [leaf.value for leaf in ast.walk(part) if isinstance(leaf, ast.Constant)]
            found += [text for text in texts if isinstance(text, str)]
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_no_number_is_typed_into_the_words(path):
    said = [re.sub(f"{PLACES}|{NAMES}", "", text) for text in templates(path)]

    assert said
    assert [text for text in said if re.search(r"\d", text)] == []


def test_a_typed_number_would_be_noticed(tmp_path):
    path = tmp_path / "chapter.py"
    path.write_text('content.say("It reaches {bce} in 20 seconds." if good else "no")\n')

    said = " ".join(re.sub(f"{PLACES}|{NAMES}", "", text) for text in templates(path))

    assert re.search(r"\d", said)


def test_every_figure_that_a_source_printed_is_measured_by_a_chapter():
    measured = " ".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    built = {
        "denoising_bce",
        "denoising_lighter_bce",
        "superresolution_bce",
        "pca_plane_knn",
    }  # from their parts

    missing = [name for name in EXPECTED if f'"{name}"' not in measured and name not in built]

    assert missing == []


def test_a_figure_stands_beside_its_sources_or_none():
    content = Content()
    content.figure("simple_bce", "cross-entropy a pixel", 0.0888, ".4f")
    content.figure("something_else", "another", 3.0)

    first, second = (figure.to_json() for figure in content.figures)

    assert first["printed"] == [{"by": "Keras blog", "value": 0.09}]
    assert (first["bar"], first["reached"], first["text"]) == (0.09, True, "0.0888")
    assert (second["printed"], second["bar"], second["reached"]) == ([], None, None)


def test_a_figure_above_its_bar_is_not_reached():
    content = Content()

    content.figure("vae_loss", "loss", 34.51, ".2f")
    content.figure("conditional_recovered", "classes recovered", 0.96)

    assert [figure.to_json()["reached"] for figure in content.figures] == [False, False]


def test_words_hold_what_was_measured():
    content = Content()
    content.figure("error", "error", 0.123456, ".2f")

    content.say("An error of {error} over {draws} draws.", draws=7)

    assert content.words == ["An error of 0.12 over 7 draws."]


def test_a_figure_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        Content().figure("error", "error", float("nan"))


def test_the_docs_list_every_chapter_with_its_trainings():
    text = (Path(__file__).parents[3] / "docs" / "lesson.md").read_text(encoding="utf-8")

    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}

    for chapter in CHAPTERS:
        named = rows[chapter.name].split("|")[3]
        assert [name.strip(" `") for name in named.split(",")] == list(chapter.runs)
