# Sessions: the look comes back as it was left, and nothing of a damaged or foreign one does harm.
"""Sessions: the look comes back as it was left, and nothing of a damaged or foreign one does harm."""

import errno
import json
import math
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from aekit_gui.models import keeping
from aekit_gui.models.look import Camera, Journey, Look, Place
from aekit_gui.models.session import Session, fitting, restored, session_path
from aekit_gui.models.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import record

from aekit.runs import Run

INDEX = np.arange(300)
LOOK = Look(
    camera=Camera(1.5, -2.0, 80.0), projection="dimensions", axes=(1, 0), lift="plane", colour="ink",
    hidden=frozenset({2, -1}), selected=(3, 7), search="seven", tool="lasso", here=Place((0.1, 0.2), "here"),
    pins=(Place((0.5, 0.25), "a pin", 4),), steering={"ink": -1.5}, condition="7",
    journey=Journey((Place((0.0, 1.0)), Place((1.0, 0.0), "file", None, "x.mid")), "spline", 24, True, 2.0),
    files=(Place((1 / 3, 2 / 3), "photo", None, "photo.png"),),
)  # fmt: skip


@pytest.fixture
def run(tmp_path):
    return run_at(tmp_path / "runs" / "digits")


def run_at(path, created="2026-11-25T07:38:21+0000"):
    value = record(2, 300, ("a", "b"))
    value.created = created
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        (path / "run.json").unlink()
        path.rmdir()
    return Run.create(path, value)


def kept(run, look=LOOK, folder=None, index=INDEX):
    """The session of a run that was left with a look."""
    store = Store()
    session = Session(run, store, lambda: index, pytest.fail, folder)
    store.change("All", **{name: getattr(look, name) for name in look.__dataclass_fields__})
    session.close()
    return session


def test_a_look_comes_back_exactly(run):
    kept(run)
    assert restored(run, 2, INDEX) == type(restored(run, 2, INDEX))(LOOK)


def test_each_run_has_its_own_session(run, tmp_path):
    kept(run)
    other = run_at(tmp_path / "elsewhere" / "digits")
    assert restored(other, 2, INDEX).look == Look()
    assert session_path(run.path).name != session_path(other.path).name
    assert session_path(run.path).parent.name == "sessions"


def test_the_path_does_not_hang_on_how_it_was_named(run, monkeypatch):
    kept(run)
    monkeypatch.chdir(run.path.parent)
    assert restored(Run("digits"), 2, INDEX).look == LOOK


def test_it_is_saved_after_a_change_at_most_every_two_seconds(run):
    store = Store()
    session = Session(run, store, lambda: INDEX, pytest.fail)
    assert not session.due(10.0) and not session.path.exists()
    store.change("One", search="1")
    assert session.due(10.0)
    store.change("Two", search="2")
    assert not session.due(11.9) and restored(run, 2, INDEX).look.search == "1"
    assert session.due(12.0) and restored(run, 2, INDEX).look.search == "2"
    assert not session.due(20.0)


def test_what_passes_is_saved_too(run):
    store = Store()
    session = Session(run, store, lambda: INDEX, pytest.fail)
    store.change("Zoom", camera=Camera(1, 2, 3))
    assert session.due(0.0) and restored(run, 2, INDEX).look.camera == Camera(1, 2, 3)


def test_a_session_survives_a_process_that_is_killed(run, tmp_path):
    code = textwrap.dedent(f"""
        import os
        import numpy as np
        from aekit.runs import Run
        from aekit_gui.models.session import Session
        from aekit_gui.models.store import Store
        store = Store(); session = Session(Run({str(run.path)!r}), store, lambda: np.arange(300), print)
        store.change("One", search="kept"); session.due(1.0)
        store.change("Two", search="lost")
        os.kill(os.getpid(), 9)
    """)
    subprocess.run([sys.executable, "-c", code], env=dict(os.environ))
    assert restored(run, 2, INDEX).look.search == "kept"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\x00" * 99, b"[" * 50_000, b'{"schema": 1}', b'{"look": {}}']
)
def test_a_damaged_session_starts_afresh_with_a_sentence(run, content):
    path = session_path(run.path)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    found = restored(run, 2, INDEX)
    assert found.look == Look() and "damaged" in found.note


def test_a_session_of_another_run_or_a_newer_aekit_is_refused(run):
    path = kept(run).path
    content = json.loads(path.read_bytes())
    for change, word in (
        ({"run": "/elsewhere"}, "another run"),
        ({"schema": 2}, "newer"),
        ({"created": "x"}, "anew"),
    ):
        path.write_text(json.dumps(content | change))
        found = restored(run, 2, INDEX)
        assert found.look == Look() and word in found.note


def test_a_run_that_was_trained_anew_starts_afresh(run):
    kept(run)
    again = run_at(run.path, created="2026-11-26T00:00:00+0000")
    assert "trained anew" in restored(again, 2, INDEX).note


def test_items_stay_the_same_where_later_codes_have_other_rows(run):
    kept(run, index=np.arange(0, 300, 3))  # while training: every third item
    look = restored(run, 2, INDEX).look
    assert look.selected == (9, 21) and look.pins[0].row == 12 and look.pins[0].code == LOOK.pins[0].code

    kept(run, index=INDEX)
    look = restored(run, 2, np.arange(1, 300, 2)).look
    assert look.selected == (1, 3) and look.pins[0].row is None and look.pins[0].code == LOOK.pins[0].code


def test_places_of_another_length_are_left_out_and_counted(run):
    kept(run)
    found = restored(run, 3, INDEX)
    assert (
        found.look.pins == found.look.files == found.look.journey.waypoints == () and found.look.here is None
    )
    assert found.note == "5 places of the last session did not fit this run's 3 dimensions."
    assert found.look.journey.method == "spline" and found.look.search == "seven"


def test_rows_and_axes_that_are_gone_are_left_out():
    look, left_out = fitting(Look(
        selected=(5, 1, 1, -2, 400), pins=(Place((0.0, 0.0), "p", 400),), projection="items", axes=(1, 2, 400),
    ), 2, 300)  # fmt: skip
    assert look.selected == (1, 5) and look.pins[0].row is None and left_out == 0
    assert (look.projection, look.axes) == ("pca", ())


def test_numbers_that_are_none_are_left_out():
    bad = math.nan
    look, left_out = fitting(Look(
        camera=Camera(0, 0, 0), here=Place((bad, 0.0)), steering={"a": math.inf, "b": 1.0},
        journey=Journey((Place((0.0, math.inf)), Place((1.0, 1.0))), "teleport", 10**9, False, -1.0),
    ), 2, 300)  # fmt: skip
    assert look.camera is None and look.here is None and look.steering == {"b": 1.0} and left_out == 2
    assert look.journey == Journey((Place((1.0, 1.0)),), "slerp", 200, False, 1.0)


names = st.sampled_from([*LOOK.__dataclass_fields__, "code"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(value=json_values)
def test_no_content_of_a_session_is_ever_an_error(value, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "sessions"
    path = folder.parent / "fuzzed-run"
    run = Run(path) if path.exists() else run_at(path)
    session = session_path(run.path, folder)
    session.parent.mkdir(exist_ok=True)
    content = {"schema": 1, "run": str(run.path.absolute()), "created": run.record.created, "look": value}
    session.write_text(json.dumps(content))
    look = restored(run, 2, INDEX, folder).look
    assert isinstance(look, Look) and fitting(look, 2, 300) == (look, 0)


def test_a_full_disk_is_told_once_and_nothing_is_lost(run, monkeypatch):
    from aekit.files import cannot_write

    told, store = [], Store()
    session = Session(run, store, lambda: INDEX, told.append)
    store.change("One", search="1")
    session.due(0.0)

    def refuse(path, value):
        raise cannot_write(path, OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(keeping, "write_json", refuse)
    for number in range(3):
        store.change("More", search=f"more {number}")
        session.due(10.0 * (number + 1))
    session.close()
    assert len(told) == 1 and "No space left" in told[0]
    assert restored(run, 2, INDEX).look.search == "1"


def test_a_closed_session_follows_no_longer(run):
    store = Store()
    session = Session(run, store, lambda: INDEX, pytest.fail)
    session.close()
    store.change("Late", search="late")
    assert not session.due(100.0) and not session.path.exists()
    session.close()
