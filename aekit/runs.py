# A run on disk: what was trained on what, how it went, and the weights; looking at one needs no torch.
"""A run on disk: what was trained on what, how it went, and the weights; looking at one needs no torch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pydantic

from aekit.errors import PluginError, RunError, UsageError
from aekit.files import UNFINISHED, Arrays, cannot_write, finite, no_json, read_arrays, write_json

SCHEMA = 1
REJECTED = "rejected.json"
REJECTIONS = pydantic.TypeAdapter(list[dict[str, str]])

ENDINGS = ("finished", "stopped", "not finite")

Status = Literal["finished", "stopped", "running or interrupted"]


class Stage(pydantic.BaseModel):
    """One schedule of a run: `--resume RUN --epochs MORE` adds another.

    Attributes:
        start: the step at which it starts.
        epochs: its length in epochs, or
        seconds: its length in seconds of training.
    """

    start: int = 0
    epochs: float | None = None
    seconds: float | None = None


class Record(pydantic.BaseModel):
    """The content of run.json: data only, nothing in it is ever executed or imported.

    Attributes:
        spec: what the modality measured on the training split.
        item: shape and type of one stored item.
        condition: what the model is conditioned on, and how it becomes columns.
        validation: how many items of the training split are held out.
        base: the folder of the run that a personal run was built on; needed until its own state is saved.
    """

    schema_version: int = SCHEMA
    plugin: str
    plugin_distribution: str = ""
    plugin_version: str = ""
    options: dict[str, Any]
    objective: str
    objective_options: dict[str, Any]
    training: dict[str, Any]
    stages: list[Stage]
    source: str
    fingerprint: str
    spec: dict[str, Any]
    item: dict[str, Any]
    items: int
    validation: int
    label_names: list[str]
    condition: dict[str, Any] | None = None
    base: str | None = None
    versions: dict[str, str]
    created: str = ""

    @property
    def latent_dim(self) -> int:
        return int(self.training["latent_dim"])


def check_spec(spec: Any, plugin: str) -> None:
    """Raise where a plugin's spec cannot stand in run.json and come back as it was.

    Raises:
        PluginError: says which key, what was received and what to do.
    """
    wrong = f"it is a {type(spec).__name__}" if not isinstance(spec, dict) else no_json(spec)
    if wrong is not None:
        raise PluginError(
            f"The spec that the plugin '{plugin}' gave of its data is no strict JSON: {wrong}. Expected are texts, "
            "finite numbers, true, false, None, and lists and dicts of them under names that are texts; measure it "
            "without missing readings, and turn arrays into lists."
        )


class Run:
    """A run's folder.

    Attributes:
        path: the folder.
        record: the content of its run.json.
    """

    def __init__(self, path: Path | str) -> None:
        """Open the run in folder `path`.

        Raises:
            RunError: there is no run there, it is damaged, or a newer aekit wrote it.
        """
        self.path = Path(path)
        self.record = read_record(self.path)

    @classmethod
    def create(cls, path: Path, record: Record, rejected: Sequence[Mapping[str, str]] = ()) -> Run:
        """Make the folder `path` and write its run.json; it is written last, so that no run is half made.

        Args:
            rejected: what was left out of the data, and why.

        Raises:
            UsageError: the folder already holds something.
        """
        refuse_occupied(path)
        if rejected:
            write_json(path / REJECTED, rejected)
        elif (path / REJECTED).exists():  # of a start that failed, on other data
            (path / REJECTED).unlink()
        write_json(path / "run.json", record.model_dump())
        return cls(path)

    @property
    def name(self) -> str:
        return self.path.resolve().name

    @property
    def weights(self) -> Path:
        """The best weights by validation."""
        return self.path / "weights.safetensors"

    @property
    def state(self) -> Path:
        """All that resuming needs."""
        return self.path / "last" / "state.safetensors"

    def saved_step(self) -> int | None:
        """The step of the saved state; None where nothing was saved yet."""
        return int(read_arrays(self.state)[1]["step"]) if self.state.exists() else None

    @property
    def figures(self) -> Path:
        return self.path / "figures"

    def rejected(self) -> list[dict[str, str]]:
        """What was left out of the data: `name` and `reason` of each.

        Raises:
            RunError: the file that says so is damaged.
        """
        path = self.path / REJECTED
        if not path.exists():
            return []
        try:
            return REJECTIONS.validate_python(json.loads(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise RunError(f"{path} is damaged: {one_line(error)}. Restore it from a copy.") from error

    def add_stage(self, stage: Stage) -> None:
        """Append a schedule to run.json."""
        self.record.stages.append(stage)
        write_json(self.path / "run.json", self.record.model_dump())

    def metrics(self) -> list[dict[str, Any]]:
        """The logged lines, in order; a last line that a kill cut short is left out."""
        return [line for _, line in self._lines()]

    def log(self, line: dict[str, Any]) -> None:
        """Append one line to metrics.jsonl; numbers that are not finite are null there.

        Raises:
            AekitError: the disk is full.
        """
        path = self.path / "metrics.jsonl"
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(finite(line), allow_nan=False) + "\n")
        except OSError as error:
            raise cannot_write(path, error) from error

    def rewind(self, step: int) -> None:
        """Forget logged lines after `step`, and a line cut short: what follows will be logged again."""
        path = self.path / "metrics.jsonl"
        if not path.exists():
            return
        end = 0
        for end_of_line, line in self._lines():
            if line.get("step", 0) > step or line.get("event") in ENDINGS:
                break
            end = end_of_line
        with path.open("r+b") as file:
            file.truncate(end)

    def _lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """(byte at which it ends, line) for every whole line."""
        path = self.path / "metrics.jsonl"
        if not path.exists():
            return
        end = 0
        for raw in path.read_bytes().splitlines(keepends=True):
            end += len(raw)
            try:
                line = json.loads(raw)
            except ValueError:
                return
            if not isinstance(line, dict) or not raw.endswith(b"\n"):
                return
            yield end, line

    def best(self) -> dict[str, Any] | None:
        """The validation line of the weights that were kept."""
        lines = [line for line in self.metrics() if line.get("best")]
        return lines[-1] if lines else None

    def status(self) -> Status:
        """Whether training came to its end, as far as the files tell."""
        lines = self.metrics()
        if lines and lines[-1].get("event") == "finished":
            return "finished"
        if lines and lines[-1].get("event") == "stopped":
            return "stopped"
        return "running or interrupted"

    def snapshots(self) -> list[Path]:
        """The kept codes of the fixed sample of items, in order of training."""
        return sorted((self.path / "latents").glob("[0-9]*.safetensors"))

    def codes(self) -> tuple[Arrays, dict[str, Any]]:
        """Codes of all training items (`mean` (N, D), `label`, `index`), or of the last snapshot's sample."""
        final = self.path / "latents" / "final.safetensors"
        kept = self.snapshots()
        if not final.exists() and not kept:
            raise RunError(f"The run {self.path} holds no codes yet. Go on with: {self.resume_line()}")
        return read_arrays(final if final.exists() else kept[-1])

    def resume_line(self) -> str:
        """The command that goes on with this run."""
        return f"aekit train --resume {quoted(self.path)}"


def quoted(path: Path) -> str:
    """A path as one word of a command line."""
    text = str(path)
    return f'"{text}"' if " " in text else text


def read_record(path: Path) -> Record:
    """The checked content of a run's run.json."""
    file = path / "run.json"
    if not path.exists():
        raise RunError(f"There is no run at {path}. List the runs here with: aekit runs")
    if not file.is_file():
        raise RunError(f"{path} is no run: it has no run.json. Name the folder that `aekit train` wrote.")
    try:
        content = json.loads(file.read_bytes())
        if not isinstance(content, dict):
            raise ValueError("not an object")
        schema = content.get("schema_version")
        if isinstance(schema, int) and schema > SCHEMA:
            raise RunError(
                f"{file} has schema {schema}; this aekit reads up to {SCHEMA}. Upgrade aekit to open this run."
            )
        return Record.model_validate(content)
    except (ValueError, pydantic.ValidationError) as error:
        raise RunError(
            f"{file} is damaged: {one_line(error)}. Restore it from a copy, or train again."
        ) from error


def one_line(error: Exception) -> str:
    """An exception's message on one line."""
    if isinstance(error, pydantic.ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return " ".join(str(error).split()) or type(error).__name__


def refuse_occupied(path: Path) -> None:
    """Raise where a new run would write over something."""
    if path.is_dir() and all(
        entry.name == REJECTED or entry.name.endswith(UNFINISHED) for entry in path.iterdir()
    ):  # what a start that failed leaves
        return
    if path.exists():
        is_run = (path / "run.json").exists()
        other = f", or go on with it: aekit train --resume {quoted(path)}" if is_run else ""
        raise UsageError(f"{path} already exists. Choose another --out{other}.")


def fresh_folder(plugin: str, source: str, parent: Path = Path("runs")) -> Path:
    """An unused folder name under `parent`: plugin, source, day and a number."""
    from re import sub

    stem = sub(r"[^A-Za-z0-9]+", "-", Path(source.replace(":", "-")).name).strip("-").lower() or "data"
    day = time.strftime("%Y-%m-%d")
    number = 1
    while (path := parent / f"{plugin}-{stem}-{day}-{number}").exists():
        number += 1
    return path


def find_runs(parent: Path) -> list[Path]:
    """Folders directly under `parent` that hold a run.json, oldest first."""
    found = [file.parent for file in parent.glob("*/run.json")]
    return sorted(found, key=lambda path: (path / "run.json").stat().st_mtime)
