# The store: undo and redo, changes that count as one, and what passes.
"""The store: undo and redo, changes that count as one, and what passes."""

import sys

from aekit_gui.models.look import Camera, Look
from aekit_gui.models.store import MOST, Store


def test_undo_and_redo_go_through_all_changes_with_their_words():
    store = Store()
    store.change("Search 3", search="3")
    store.change("Hide 4", hidden=frozenset({4}))
    assert (store.undo_words, store.redo_words) == ("Hide 4", "")
    assert store.undo() == "Hide 4" and store.look == Look(search="3")
    assert (store.undo_words, store.redo_words) == ("Search 3", "Hide 4")
    assert store.undo() == "Search 3" and store.look == Look()
    assert store.undo() == "" and store.undo_words == ""
    assert store.redo() == "Search 3" and store.redo() == "Hide 4" and store.redo() == ""
    assert store.look == Look(search="3", hidden=frozenset({4}))


def test_a_new_change_forgets_what_was_undone():
    store = Store()
    store.change("One", search="1")
    store.undo()
    store.change("Two", search="2")
    assert store.redo() == "" and store.look.search == "2"


def test_changes_of_one_merge_key_count_as_one_until_sealed():
    store = Store()
    for steps in (17, 18, 19):
        store.change("Steer", "slider", steering={"ink": float(steps)})
    store.seal()
    store.change("Steer", "slider", steering={"ink": 0.5})
    assert store.undo() == "Steer" and store.look.steering == {"ink": 19.0}
    assert store.undo() == "Steer" and store.look.steering == {}
    assert store.undo() == ""


def test_another_change_between_ends_a_merged_one():
    store = Store()
    store.change("Steer", "slider", steering={"ink": 1.0})
    store.change("Search", search="a")
    store.change("Steer", "slider", steering={"ink": 2.0})
    assert [store.undo() for _ in range(4)] == ["Steer", "Search", "Steer", ""]


def test_what_passes_is_not_undone_and_is_carried_along():
    store = Store()
    store.change("Search", search="a")
    store.change("Zoom", camera=Camera(1, 2, 3))
    store.change("Tool", tool="box")
    assert store.undo() == "Search"
    assert store.look == Look(camera=Camera(1, 2, 3), tool="box")
    store.change("Zoom", camera=Camera(4, 5, 6))
    assert store.redo() == "Search"
    assert store.look == Look(search="a", camera=Camera(4, 5, 6), tool="box")


def test_a_change_to_what_is_already_there_is_none():
    store, told = Store(), []
    store.listen(lambda before, now: told.append((before, now)))
    store.change("Nothing", search="")
    assert told == [] and store.undo_words == ""


def test_listeners_hear_before_and_now_until_they_leave():
    store, told = Store(), []
    leave = store.listen(lambda before, now: told.append((before.search, now.search)))
    store.change("One", search="1")
    store.undo()
    leave()
    store.redo()
    assert told == [("", "1"), ("1", "")]


def test_undo_remembers_so_many_looks_and_no_more():
    store = Store()
    for number in range(MOST + 20):
        store.change(str(number), search=str(number))
    undone = 0
    while store.undo():
        undone += 1
    assert undone == MOST and store.look.search == "19"


def test_a_change_of_a_listener_while_it_listens_reaches_all():
    store, told = Store(), []

    def answer(before, now):
        if now.search == "ask":
            store.change("Answer", search="answer")

    store.listen(answer)
    store.listen(lambda before, now: told.append(now.search))
    store.change("Ask", search="ask")
    assert store.look.search == "answer" and "answer" in told


def test_a_listener_that_fails_keeps_nobody_from_hearing_of_this_change_or_the_next(monkeypatch):
    store, told, failed = Store(), [], []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: failed.append(str(error)))

    def fail(before, now):
        raise RuntimeError(now.search)

    store.listen(fail)
    store.listen(lambda before, now: told.append(now.search))
    store.change("One", search="1")
    store.change("Two", search="2")

    assert told == failed == ["1", "2"]
