# Exports: a walk's codes decoded and written as pictures, films, sound, notes or arrays; whole or not at all.
"""Exports: a walk's codes decoded and written as pictures, films, sound, notes or arrays; whole or not at all.

Runs in the niced model process. A file is made under another name beside its place and renamed into it, so that
one that was there stays as it was until the new one is whole; what a killed export left is removed by the next
export to the same place.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aekit import figures
from aekit.errors import AekitError, UsageError
from aekit.files import UNFINISHED, cannot_write, write_whole
from aekit.views import Pixels, View, png
from aekit_gui.models.exports import NO_FFMPEG, STEP, clashing
from aekit_gui.work.film import as_rgb, film, gif, has_ffmpeg, mp4
from aekit_gui.work.given import condition_of
from aekit_gui.work.protocol import Export

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder

Progress = Callable[[float, str], None]

PIECE = 16  # codes decoded at a time
DECODED = 0.8  # the share of the work that decoding is taken for
ACROSS = 16  # pictures of a sheet side by side
ENDINGS = {
    "sheet": ("png",),
    "animation": ("gif", "mp4"),
    "arrays": ("npz",),
}  # of the others: the views' own
SHORTEST, LONGEST = 0.02, 60.0  # seconds of a picture in a film


def export(model: Autoencoder, job: Export, progress: Progress) -> list[Path]:
    """Decode the codes of a job and write what it asks for.

    Args:
        progress: called with the share that is done, in [0, 1], and words; what it raises ends the export.

    Returns:
        The files that were written.

    Raises:
        UsageError: the job's kind and its path's ending do not go together, or it needs ffmpeg and there is none.
        DataError: the codes are not of this run.
        AekitError: the disk is full, or the place cannot be written.
    """
    check(job)
    make_ready(job)
    items, views = decoded(model, job, progress)
    progress(DECODED, f"writing {job.path.name}")
    if job.kind == "arrays":
        write_whole(job.path, npz(items, job.codes))
    elif job.kind == "sheet":
        write_whole(job.path, png(sheet(views)))
    elif job.kind == "animation":
        write_film(views, job, progress)
    elif job.kind == "piece":
        write_whole(job.path, joined(views, ending_of(job)).encoded(ending_of(job)))
    else:
        return write_files(views, job, progress)
    progress(1.0, f"wrote {job.path.name}")
    return [job.path]


# ---- before anything is decoded -----------------------------------------------------------------------


def check(job: Export) -> None:
    """Refuse what cannot be written, before the work of decoding.

    Raises:
        UsageError: says what was received, and what it could be.
    """
    if job.kind not in (*ENDINGS, "piece", "files"):
        raise UsageError(f"An export is a sheet, animation, piece, files or arrays (received '{job.kind}').")
    allowed = ENDINGS.get(job.kind)
    if allowed and ending_of(job) not in allowed:
        listing = " or ".join(f".{ending}" for ending in allowed)
        raise UsageError(f"The name of this export must end in {listing} (received '{job.path.name}').")
    if job.path.is_dir() and job.kind != "files":
        raise UsageError(f"{job.path} is a folder. Give the name of a file in it.")
    if ending_of(job) == "mp4" and not has_ffmpeg():
        raise UsageError(f"MP4 {NO_FFMPEG}.")
    if job.kind == "sheet" and len(job.codes) > figures.MOST_IN_A_SHEET:
        raise UsageError(
            f"A sheet holds at most {figures.MOST_IN_A_SHEET} pictures (received {len(job.codes)}). "
            "Take fewer steps, or export files or arrays."
        )
    if job.kind == "animation" and not SHORTEST <= job.seconds <= LONGEST:
        raise UsageError(
            f"A picture of a film is shown for {SHORTEST:g} to {LONGEST:g} seconds (received {job.seconds:g})."
        )


def make_ready(job: Export) -> None:
    """Remove what a killed export left at this place, and see that the place can be written.

    Raises:
        AekitError: it cannot.
    """
    if job.kind == "files" and not one_file(job):
        clear_folder(job)
        return
    aside = aside_of(job.path)
    try:
        job.path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(b"")
        aside.unlink()
    except OSError as error:
        raise cannot_write(job.path, error) from error


def clear_folder(job: Export) -> None:
    """The same for a folder of files.

    Raises:
        UsageError: it holds files that would be written over.
    """
    if job.path.exists() and not job.path.is_dir():
        raise UsageError(f"{job.path} is a file. Give the name of a folder, which may be a new one.")
    there = clashing(job.path, job.ending)
    if there:
        raise UsageError(f"The folder {job.path} already holds {there}. Choose another folder, or a new one.")
    for left in job.path.glob(f"{STEP}-*{UNFINISHED}"):
        left.unlink(missing_ok=True)


def ending_of(job: Export) -> str:
    """The ending of the job's path, in small letters and without its dot."""
    return job.path.suffix.lower().lstrip(".")


def aside_of(path: Path) -> Path:
    """Where a file is made until it is whole."""
    return path.with_name(path.name + UNFINISHED)


def one_file(job: Export) -> bool:
    """Whether "files" means a single file, whose name was given."""
    return len(job.codes) == 1 and ending_of(job) == job.ending != ""


# ---- decoding -----------------------------------------------------------------------------------------


def decoded(model: Autoencoder, job: Export, progress: Progress) -> tuple[NDArray[Any], list[View]]:
    """The items (B, ...) of the job's codes, and their views where any are wanted."""
    codes = np.asarray(job.codes, np.float32)
    total, given = len(codes), condition_of(model, job.condition)
    parts: list[NDArray[Any]] = []
    views: list[View] = []
    for first in range(0, total, PIECE):
        part = np.asarray(model.decode(codes[first : first + PIECE], given))
        parts.append(part)
        if job.kind != "arrays":
            views += [model.view(item) for item in part]
        if first == 0 and views:
            check_views(type(views[0]), job)
        done = min(first + PIECE, total)
        progress(DECODED * done / total, f"decoded {done:,} of {total:,}")
    if not parts:
        raise UsageError("There is nothing to export: no codes were given.")
    return np.concatenate(parts), views


def check_views(kind: type[View], job: Export) -> None:
    """Refuse an ending that the views do not have.

    Raises:
        UsageError: says which ones they have.
    """
    if job.kind not in ("piece", "files"):
        return
    known = kind.joined_formats if job.kind == "piece" else kind.formats
    received = ending_of(job) if job.kind == "piece" else job.ending
    if received in known:
        return
    if not known:
        raise UsageError(f"A {kind.__name__} cannot be joined to one piece. Export a sheet, a film or files.")
    listing = ", ".join(f".{ending}" for ending in known)
    raise UsageError(f"A {kind.__name__} can be written as {listing} here (received '.{received}').")


# ---- writing ------------------------------------------------------------------------------------------


def npz(items: NDArray[Any], codes: NDArray[np.float32]) -> bytes:
    """Items and codes as an .npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, items=items, codes=np.asarray(codes, np.float32))
    return buffer.getvalue()


def sheet(views: list[View]) -> Pixels:
    """All views side by side, in rows of about the same length."""
    cells = [as_rgb(picture) for picture in type(views[0]).pictures(views)]
    wanted = math.ceil(len(cells) / math.ceil(len(cells) / ACROSS))
    return figures.sheet(figures.in_rows(cells, figures.fitting(cells, wanted)))


def joined(views: list[View], ending: str) -> View:
    """All views as one piece.

    Raises:
        AekitError: they do not fit together.
    """
    try:
        return type(views[0]).joined(views)
    except ValueError as error:
        raise AekitError(
            f"The steps cannot be joined to one .{ending}: {error}. Export them as files, one for each."
        ) from error


def write_film(views: list[View], job: Export, progress: Progress) -> None:
    """All views as an animation."""
    pictures = film([as_rgb(picture) for picture in type(views[0]).pictures(views, large=True)])
    if ending_of(job) == "gif":
        write_whole(job.path, gif(pictures, job.seconds, job.loop))
        return

    def tell(done: int) -> None:
        share = done / len(pictures)
        progress(DECODED + (0.99 - DECODED) * share, f"filmed {done:,} of {len(pictures):,}")

    mp4(pictures, job.seconds, job.path, aside_of(job.path), tell)


def write_files(views: list[View], job: Export, progress: Progress) -> list[Path]:
    """Each view as a file; all of them or none."""
    if one_file(job):
        write_whole(job.path, views[0].encoded(job.ending))
        return [job.path]
    digits = max(3, len(str(len(views) - 1)))
    paths = [job.path / f"{STEP}-{number:0{digits}}.{job.ending}" for number in range(len(views))]
    new = not job.path.exists()
    whole = False
    try:
        for number, (path, view) in enumerate(zip(paths, views, strict=True)):
            write_whole(aside_of(path), view.encoded(job.ending))
            progress(DECODED + (1 - DECODED) * number / len(views), f"wrote {number:,} of {len(views):,}")
        for path in paths:
            aside_of(path).replace(path)
        whole = True
    except OSError as error:
        raise cannot_write(job.path, error) from error
    finally:
        if not whole:
            remove(job.path, paths, new)
    progress(1.0, f"wrote {len(paths):,} files")
    return paths


def remove(folder: Path, paths: list[Path], new: bool) -> None:
    """Take back the files of an export that did not come to its end, and the folder where it was made for it."""
    for path in paths:
        aside_of(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    if new and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
