# The table of actions: ids, titles and shortcuts that cannot be mistaken, and a menu for each.
"""The table of actions: ids, titles and shortcuts that cannot be mistaken, and a menu for each."""

from collections import Counter

from aekit_gui.actions import ACTIONS, MENUS, by_id, matching


def test_ids_titles_and_shortcuts_are_unique():
    for kind in ("id", "title"):
        counts = Counter(getattr(action, kind) for action in ACTIONS)
        assert [name for name, count in counts.items() if count > 1] == []
    keys = Counter(key for action in ACTIONS for key in action.keys)
    assert [key for key, count in keys.items() if count > 1] == []
    assert len(by_id()) == len(ACTIONS)


def test_every_action_has_a_menu_and_every_menu_an_action():
    assert {action.menu for action in ACTIONS} == set(MENUS)


def test_titles_begin_large_and_helps_are_sentences():
    for action in ACTIONS:
        assert action.title[0].isupper() and not action.title.endswith("."), action.id
        assert not action.help or (action.help[0].isupper() and action.help.endswith(".")), action.id


def test_shortcuts_are_keys_that_qt_knows():
    from PySide6.QtGui import QKeySequence

    unknown = [key for action in ACTIONS for key in action.keys if QKeySequence(key).toString() == ""]
    assert unknown == []
    portable = {QKeySequence(key).toString() for action in ACTIONS for key in action.keys}
    assert len(portable) == sum(len(action.keys) for action in ACTIONS)


def test_needs_are_known():
    assert {action.when for action in ACTIONS} == {"", "run", "model", "heard"}


def test_the_beginning_of_a_title_comes_first():
    assert matching("zoom")[0].id == "map.zoom-in"
    assert matching("pin")[0].id == "place.pin"
    assert matching("no such words") == []
    assert matching("") == list(ACTIONS)
