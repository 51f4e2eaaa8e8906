# The model process: its pipes, and the value of each request, checked against the model itself.
"""The model process: its pipes, and the value of each request, checked against the model itself."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from aekit_gui.work import answers, ownfiles, stream
from aekit_gui.work.answers import ANSWERS, Held
from aekit_gui.work.protocol import MOST_READ, Export, Problem, Reply, Request
from faults import code_of

from aekit.data import Batch
from aekit.errors import AekitError, DataError, RunError, UsageError
from aekit.steering import learn
from aekit.views import Picture, Table

# ---- pipes ----------------------------------------------------------------------------------------------


class Raw:
    """A server whose pipes a test holds in its own hands."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", "aekit_gui.work.server"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, bufsize=0, start_new_session=True
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.to, self.back = self.process.stdin.fileno(), self.process.stdout.fileno()

    def send(self, number: int, name: str, /, **arguments: Any) -> None:
        stream.write(self.to, stream.packed(Request(number, name, arguments)))

    def hear(self, news: bool = False) -> Reply:
        """The next reply; words on progress are passed over unless they are asked for."""
        while (content := stream.read(self.back)) is not None:
            reply: Reply = stream.unpacked(content)
            if news or reply.progress is None:
                return reply
        raise AssertionError("the process has ended")

    def gone(self, seconds: float) -> bool:
        """Whether the process ends within so many seconds of the end of its stdin."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@pytest.fixture(scope="module")
def raw(runs: dict[str, Path]) -> Iterator[Raw]:
    server = Raw()
    assert server.hear(news=True) == Reply(0, progress=(1.0, "torch is loaded"))
    server.send(1, "open", path=runs["faulty"])
    assert server.hear().number == 1
    yield server
    server.process.kill()
    server.process.wait()
    for pipe in (server.process.stdin, server.process.stdout):
        assert pipe is not None
        pipe.close()


def test_a_request_without_a_name_that_is_known_is_answered(raw: Raw) -> None:
    raw.send(2, "fly")
    assert raw.hear() == Reply(2, problem=Problem("No request is named 'fly'."))


def test_what_a_plugin_prints_is_not_among_the_replies(raw: Raw) -> None:
    raw.send(3, "decode", code=code_of("prints"))
    reply = raw.hear()
    assert reply.number == 3 and reply.value.view.pixels.shape == (4, 4)


def test_work_is_cancelled_where_it_next_tells_its_progress(raw: Raw) -> None:
    codes = np.tile(code_of("slow"), (200, 1))  # a minute's work
    raw.send(4, "views", codes=np.concatenate([codes[:2], np.tile(code_of("none"), (126, 1)), codes]))
    assert raw.hear(news=True).progress == (0.0, "Decoding")
    raw.send(0, "cancel", number=4)
    started = time.monotonic()
    assert raw.hear() == Reply(4, problem=Problem("Cancelled."))
    assert time.monotonic() - started < 10


def test_the_process_ends_with_its_stdin_while_a_plugin_hangs(raw: Raw) -> None:
    raw.send(5, "decode", code=code_of("hangs"))
    time.sleep(0.1)
    assert raw.gone(5)


def test_a_message_holds_nothing_that_needs_a_plugin() -> None:
    foreign = stream.packed(Reply(1, value=subprocess.CompletedProcess([], 0)))
    with pytest.raises(stream.pickle.UnpicklingError, match="CompletedProcess"):
        stream.unpacked(foreign)


# ---- values ---------------------------------------------------------------------------------------------


def ask(held: Held, name: str, **arguments: Any) -> Any:
    return ANSWERS[name](held, lambda share, words: None, **arguments)


@pytest.fixture(scope="module")
def opened(runs: dict[str, Path], plugins_here: Path) -> Any:
    """Gives what is held of a run that is open."""
    kept: dict[str, Held] = {}

    def give(name: str) -> Held:
        if name not in kept:
            kept[name] = Held()
            ask(kept[name], "open", path=runs[name])
        return kept[name]

    return give


def test_nothing_is_answered_before_a_run_is_open(tmp_path: Path) -> None:
    held = Held()
    with pytest.raises(RunError, match="Open one first"):
        ask(held, "names", index=np.arange(2))
    with pytest.raises(RunError, match="no run at"):
        ask(held, "open", path=tmp_path / "none")
    with pytest.raises(RunError, match="no run at"):
        ask(held, "decode", code=np.zeros(2, np.float32))


def test_what_is_known_of_a_conditional_run(opened: Any) -> None:
    by_class = ask(Held(), "open", path=opened("classes").model.run.path)
    by_number = ask(Held(), "open", path=opened("brightness").model.run.path)

    assert (by_class.conditions, by_class.condition_of) == (tuple("0123456789"), "label")
    assert (by_number.conditions, by_number.condition_of) == ((), "brightness")
    assert by_class.kind == "Picture" and by_class.joined_formats == ()


@pytest.mark.parametrize(("name", "text", "given"), [("classes", "7", "7"), ("brightness", "0.3", 0.3)])
def test_a_condition_in_words_decodes_as_the_command_does(
    opened: Any, name: str, text: str, given: Any
) -> None:
    held, code = opened(name), np.full(4, 0.5, np.float32)
    expected = held.model.decode(code[None], given)[0, 0]
    middle = held.model.decode(code[None], "0" if name == "classes" else held.model.condition.mean)[0, 0]

    assert np.array_equal(ask(held, "decode", code=code, condition=text).view.pixels, expected)
    assert np.array_equal(ask(held, "decode", code=code, condition="").view.pixels, middle)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [("classes", "12", "class"), ("brightness", "much", "takes a number"), ("digits", "1", "no condition")],
)
def test_a_condition_that_cannot_be_is_a_sentence(opened: Any, name: str, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ask(opened(name), "decode", code=np.zeros(4, np.float32), condition=text)


def test_pictures_have_the_order_of_the_codes_and_the_height_asked_for(opened: Any) -> None:
    held, codes = opened("digits"), np.random.default_rng(0).normal(size=(70, 4)).astype(np.float32)

    whole, low = (ask(held, "pictures", codes=codes, height=height) for height in (0, 14))

    assert [picture.shape for picture in whole] == [(28, 28, 3)] * 70
    assert np.array_equal(whole[66][..., 0], held.model.decode(codes[66:67])[0, 0])
    blocks = whole[3].reshape(14, 2, 14, 2, 3).mean((1, 3))
    assert low[3].shape == (14, 14, 3) and np.abs(low[3] - blocks).max() <= 1  # rounded twice
    assert ask(held, "pictures", codes=codes[:0], height=14) == []


def test_tables_are_drawn_too(opened: Any) -> None:
    held = opened("rows")
    drawn = ask(held, "pictures", codes=np.zeros((2, 4), np.float32), height=40)
    views = ask(held, "views", codes=np.zeros((2, 4), np.float32))
    assert drawn[0].shape[0] <= 40 and drawn[0].shape[2] == 3 and type(views[0]) is Table


def test_the_bound_is_the_objectives_for_the_decoded_item(opened: Any) -> None:
    held, code = opened("digits"), np.zeros(4, np.float32)
    model = held.model
    item = torch.from_numpy(model.decode(code[None]))
    batch = Batch(model.prepared(item), torch.zeros(1, 0))
    with torch.no_grad():
        draws = torch.stack([model.objective.bound(batch, 1)[0] for _ in range(400)])

    found = ask(held, "bound", code=code)

    assert found == ask(held, "bound", code=code)  # the same each time
    assert found == pytest.approx(float(draws.mean()), abs=5 * float(draws.std()) / 4)


def test_an_objective_without_a_bound_says_nan(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held = opened("digits")
    monkeypatch.setattr(held.model.objective, "has_bound", False)
    assert np.isnan(ask(held, "bound", code=np.zeros(4, np.float32)))


def test_items_come_with_their_names_classes_and_pictures(opened: Any) -> None:
    held = opened("words")
    data = held.model.dataset("train")

    found = ask(held, "items", index=np.array([5, 2]))

    assert [one.index for one in found] == [5, 2]
    assert [one.name for one in found] == [data.names[5], data.names[2]]
    assert found[1].label == data.label_names[int(data.labels[2])]
    assert found[0].view.rows == ((data.names[5],),) and found[0].picture.dtype == np.uint8
    assert ask(held, "names", index=np.array([5, 2])) == [data.names[5], data.names[2]]


def test_attributes_keep_what_is_missing(opened: Any) -> None:
    held = opened("faulty")
    found = ask(held, "attributes", index=np.arange(7))
    data = held.model.dataset("train").items

    assert found["first"].dtype == np.float64 and np.allclose(found["first"], data[:7, 0])
    assert np.isnan(found["missing"]).all() and found["missing"].shape == (7,)


def test_data_that_are_gone_or_changed_are_a_sentence(
    runs: dict[str, Path], plugins_here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held()
    ask(held, "open", path=runs["faulty"])
    monkeypatch.setenv("FAULTY_DATA_GONE", "1")
    with pytest.raises(DataError, match="Bring them back"):
        ask(held, "items", index=np.arange(2))
    monkeypatch.delenv("FAULTY_DATA_GONE")
    monkeypatch.setattr(held.model.run.record, "fingerprint", "another")
    with pytest.raises(DataError, match="changed since"):
        ask(held, "items", index=np.arange(2))
    monkeypatch.undo()
    with pytest.raises(DataError, match="items 0 to 199"):
        ask(held, "items", index=np.array([200]))


def test_a_file_is_encoded_and_rebuilt_up_to_a_number_of_items(opened: Any, tmp_path: Path) -> None:
    held, file = opened("faulty"), tmp_path / "points.txt"
    file.write_text(str(MOST_READ + 6))

    found = ask(held, "read", path=file)

    assert len(found.items) == MOST_READ and found.left_out == 6 and found.notes == ("read",)
    expected = held.model.encode(np.zeros((1, 2), np.float32))[0]
    assert np.allclose(found.items[0].code, expected) and found.items[3].name == "point 3"
    assert type(found.items[0].view) is Picture and type(found.items[0].rebuilt) is Picture


def test_a_file_that_cannot_be_read_is_a_sentence(opened: Any, tmp_path: Path) -> None:
    held = opened("faulty")
    large, empty = tmp_path / "large.txt", tmp_path / "empty.txt"
    with large.open("wb") as file:
        file.truncate(ownfiles.LARGEST_FILE + 1)  # no bytes on the disk
    empty.write_text("0")
    for path, says in (
        (tmp_path, "folder"),
        (large, "200 MB"),
        (tmp_path / "none", "no file"),
        (empty, "items"),
    ):
        with pytest.raises(AekitError, match=says):
            ask(held, "read", path=path)


@pytest.mark.slow
def test_steering_moves_as_the_core_does_and_decodes_what_it_moved(opened: Any) -> None:
    held, code = opened("digits"), np.zeros(4, np.float32)
    expected = learn(held.model).moved(code[None], {"brightness": 1.5})[0]

    moved = ask(held, "steer", code=code, amounts={"brightness": 1.5})
    decoded = ask(held, "decode", code=code, steering={"brightness": 1.5})

    assert np.allclose(moved, expected, atol=1e-4) and np.abs(moved).max() > 1e-3
    assert np.array_equal(decoded.code, moved)
    assert np.array_equal(decoded.view.pixels, held.model.decode(moved[None])[0, 0])


def test_an_export_is_written_where_it_was_asked_for(opened: Any, tmp_path: Path) -> None:
    held, codes = opened("digits"), np.zeros((3, 4), np.float32)
    job = Export(held.model.run.path, codes, tmp_path / "walk.png", "sheet")

    assert ask(held, "export", job=job) == [tmp_path / "walk.png"]
    assert (tmp_path / "walk.png").read_bytes().startswith(b"\x89PNG")


def test_problems_are_one_line_and_keep_the_traceback() -> None:
    try:
        raise ValueError("of two\nlines")
    except ValueError as error:
        unexpected = answers.problem_of(Held(), Request(1, "decode"), error)
    expected = answers.problem_of(Held(), Request(1, "decode"), DataError("gone"))

    assert "failed while decoding: ValueError: of two lines" in unexpected.sentence
    assert "Traceback" in unexpected.details and not unexpected.expected
    assert expected == Problem("gone")
