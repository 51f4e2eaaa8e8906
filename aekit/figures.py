# The pictures that the commands write: sheets of items, maps, curves.
"""The pictures that the commands write: sheets of items, maps, curves.

Sheets are made from the items' own views, so they work for any modality. matplotlib is imported only by the
maps and curves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import AekitError, DataError
from aekit.files import write_whole
from aekit.views import INK, Pixels, blank, png

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder
    from aekit.latent.reach import Reach
    from aekit.priors import Prior
    from aekit.runs import Run

GAP, MARGIN, LABEL_HEIGHT = 6, 12, 20
SMALLEST_CELL, LARGEST_CELL, WIDEST_SHEET = 56, 320, 1400
# Okabe and Ito's palette, told apart by colour-blind eyes; more classes go round it with other markers
PALETTE = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#8C6D1F",
    "#444444",
    "#B2182B",
    "#7B3FA0",
)
SHORT = 6  # letters of a name that are left whole
SHEET_ITEMS = 10
MOST_IN_A_SHEET = 400
MAP_POINTS = 10_000


# ---- sheets -------------------------------------------------------------------------------------------


def sheet(
    rows: Sequence[Sequence[Pixels]],
    row_names: Sequence[str] = (),
    headings: Mapping[int, Sequence[str]] | None = None,
) -> Pixels:
    """Pictures in rows: (H, W, 3).

    Args:
        row_names: stand beside the rows.
        headings: names that stand above the pictures of some rows, by the row's number.
    """
    from PIL import Image, ImageDraw, ImageFont

    largest = max(max(picture.shape[:2]) for row in rows for picture in row)
    scaled = [[scale(picture, largest) for picture in row] for row in rows]
    height = max(cell.shape[0] for row in scaled for cell in row)
    width = max(cell.shape[1] for row in scaled for cell in row)
    font = ImageFont.load_default(13)
    left = MARGIN + (max(int(font.getlength(name)) for name in row_names) + 10 if row_names else 0)
    columns = max(len(row) for row in scaled)
    headings = headings or {}
    tops = [
        MARGIN + row * (height + GAP) + LABEL_HEIGHT * sum(at <= row for at in headings)
        for row in range(len(scaled))
    ]
    image = blank(left + columns * (width + GAP) - GAP + MARGIN, tops[-1] + height + MARGIN)
    draw = ImageDraw.Draw(image)
    for number, names in headings.items():
        for column, name in enumerate(names):
            middle = left + column * (width + GAP) + width / 2
            shown = elided(name, width, font)
            draw.text((middle, tops[number] - GAP), shown, fill=INK, font=font, anchor="ms")
    for number, row in enumerate(scaled):
        y = tops[number]
        if number < len(row_names):
            draw.text((left - 10, y + height / 2), row_names[number], fill=INK, font=font, anchor="rm")
        for column, cell in enumerate(row):
            x = left + column * (width + GAP)
            image.paste(
                Image.fromarray(cell), (x + (width - cell.shape[1]) // 2, y + (height - cell.shape[0]) // 2)
            )
    return np.asarray(image)


def elided(name: str, width: float, font: Any) -> str:
    """A name without its middle, where it is wider than `width` pixels: of a file's name both ends tell."""
    shown, kept = name, min(len(name), max(SHORT, int(width)))
    while kept > SHORT and font.getlength(shown) > width:
        kept -= 1
        shown = f"{name[: -(-kept // 2)]}…{name[len(name) - kept // 2 :]}"
    return shown


def scale(picture: Pixels, largest: int) -> Pixels:
    """A picture enlarged by a whole number, or shrunk, so that the `largest` side of any can be looked at."""
    if largest > LARGEST_CELL:
        from PIL import Image

        size = tuple(
            max(1, round(side * LARGEST_CELL / largest)) for side in (picture.shape[1], picture.shape[0])
        )
        return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))
    times = math.ceil(SMALLEST_CELL / largest)
    return picture.repeat(times, 0).repeat(times, 1)


def pictures(model: Autoencoder, items: NDArray[Any]) -> list[Pixels]:
    """Every item's view, drawn."""
    views = [model.view(item) for item in items]
    return type(views[0]).pictures(views) if views else []


def fitting(cells: list[Pixels], wanted: int) -> int:
    """How many of the pictures stand side by side: `wanted`, or fewer where they are wide."""
    largest = max(max(cell.shape[:2]) for cell in cells)
    widest = max(int(scale(cell, largest).shape[1]) for cell in cells)
    return max(1, min(wanted, WIDEST_SHEET // (widest + GAP)))


def in_rows(cells: list[Pixels], columns: int) -> list[list[Pixels]]:
    """A list of pictures as rows."""
    return [cells[start : start + columns] for start in range(0, len(cells), columns)]


def samples_sheet(
    model: Autoencoder,
    count: int,
    temperature: float,
    seed: int,
    condition: Any = None,
    draws: tuple[float, float] = (0.0, 1.0),
    sampler: str | Prior | None = None,
) -> Pixels:
    """New items; a conditional model without a given condition shows a row for each class or value.

    `draws` are the decoder's temperature and top-p, `sampler` draws the codes instead of the prior.
    """
    codes = model.sample_codes(count, temperature=temperature, seed=seed, sampler=sampler)
    if model.condition is None or condition is not None:
        cells = pictures(model, np.asarray(model.decode(codes, condition, draws[0], seed, draws[1])))
        return sheet(in_rows(cells, fitting(cells, math.ceil(math.sqrt(count * 1.6)))))
    codes = codes[:SHEET_ITEMS]
    given, names = condition_rows(model)
    made = [np.asarray(model.decode(codes, value, draws[0], seed, draws[1])) for value in given]
    return sheet(in_rows(pictures(model, np.concatenate(made)), len(codes)), row_names=names)  # in one frame


def condition_rows(model: Autoencoder) -> tuple[list[Any], list[str]]:
    """The conditions that a sheet has rows for, and their names."""
    condition = model.condition
    assert condition is not None
    if condition.of == "label":
        return list(condition.names), [
            f"class {name}" if name.isdigit() else name for name in condition.names
        ]
    values = [condition.mean + offset * condition.scale for offset in (-2, -1, 0, 1, 2)]
    return list(values), [f"{condition.of} {value:.3g}" for value in values]


def pairs_sheet(
    model: Autoencoder, items: NDArray[Any], made: NDArray[Any], degraded: NDArray[Any] | None = None
) -> Pixels:
    """Items above their reconstructions; between them, of models that restore, what they were made from."""
    if degraded is None:
        return aligned_sheet(model, [{"item": items, "decoded": made}])
    return aligned_sheet(model, [{"original": items, "degraded": degraded, "restored": made}])


def aligned_sheet(
    model: Autoencoder, blocks: Sequence[Mapping[str, NDArray[Any]]], names: Sequence[str] = ()
) -> Pixels:
    """Blocks of rows; a block has arrays of as many items each, by the name of their row, item below item.

    `names`, one for each item of all blocks, stand above the items.
    """
    cells = pictures(model, np.concatenate([kind for block in blocks for kind in block.values()]))
    columns, left = fitting(cells, SHEET_ITEMS), iter(cells)  # all in one frame
    rows: list[list[Pixels]] = []
    row_names: list[str] = []
    headings: dict[int, Sequence[str]] = {}
    for block in blocks:
        lines = [[next(left) for _ in kind] for kind in block.values()]
        own, names = names[: len(lines[0])], names[len(lines[0]) :]
        for start in range(0, len(lines[0]), columns):
            if own:
                headings[len(rows)] = own[start : start + columns]
            rows += [line[start : start + columns] for line in lines]
            row_names += block
    return sheet(rows, row_names, headings)


def traversal_codes(
    centre: NDArray[Any], dimensions: Sequence[int], offsets: NDArray[Any], reach: Reach | None = None
) -> NDArray[np.float32]:
    """The code `centre` (D,) with each dimension at each of the offsets, in spreads of `reach`: (rows * steps, D)."""
    codes = np.repeat(centre[None].astype(np.float32), len(dimensions) * len(offsets), 0)
    for row, dimension in enumerate(dimensions):
        middle, spread = (reach.mean[dimension], reach.spread[dimension]) if reach else (0.0, 1.0)
        codes[row * len(offsets) : (row + 1) * len(offsets), dimension] = middle + spread * offsets
    return codes


def traversal_sheet(
    model: Autoencoder,
    items: NDArray[Any],
    dimensions: Sequence[int],
    kl: Sequence[float],
    offsets: NDArray[Any],
) -> Pixels:
    """Items decoded from `traversal_codes`, a row for each dimension, named with its mean KL in nats."""
    rows = in_rows(pictures(model, items), len(offsets))
    names = [f"z{dimension}  {nats:.2f} nats" for dimension, nats in zip(dimensions, kl, strict=True)]
    return sheet(rows, row_names=names, headings={0: [f"{offset:+.1f}" for offset in offsets]})


def manifold_sheet(model: Autoencoder, side: int, condition: Any = None) -> Pixels:
    """A 2-D space decoded on a grid of the prior's quantiles (Kingma and Welling 2014, figure 4)."""
    from aekit.reach import quantiles_of

    quantiles = quantiles_of(model, [(number + 0.5) / side for number in range(side)])
    grid = np.array([[x, y] for y in quantiles[::-1, 1] for x in quantiles[:, 0]], np.float32)
    cells = pictures(model, np.asarray(model.decode(grid, condition)))
    small = max(cells[0].shape[:2]) <= 64
    if not small or len({cell.shape for cell in cells}) > 1:
        return sheet(in_rows(cells, side))
    return (
        np.concatenate([np.concatenate(row, 1) for row in in_rows(cells, side)], 0).repeat(2, 0).repeat(2, 1)
    )


# ---- maps and curves ----------------------------------------------------------------------------------


def map_figure(
    points: NDArray[Any], labels: NDArray[Any] | None, names: Sequence[str], title: str, axes: tuple[str, str]
) -> bytes:
    """A scatter of points (N, 2), coloured by class, with a legend: a PNG file."""
    figure, plot = new_figure(7.4, 6.2)
    order = np.random.default_rng(0).permutation(len(points))
    size = float(np.clip(45_000 / len(points), 4, 24))
    if labels is None or not names:
        plot.scatter(*points[order].T, s=size, c=PALETTE[0], alpha=0.6, linewidths=0)
    else:
        colours = np.array(
            [PALETTE[int(label) % len(PALETTE)] if label >= 0 else "#bbbbbb" for label in labels]
        )
        plot.scatter(*points[order].T, s=size, c=colours[order], alpha=0.65, linewidths=0)
        present = [number for number in range(len(names)) if bool((labels == number).any())]
        for number in present[:20]:
            plot.scatter([], [], s=36, c=PALETTE[number % len(PALETTE)], label=names[number])
        plot.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    plot.set(title=title, xlabel=axes[0], ylabel=axes[1])
    plot.set_aspect("equal", adjustable="datalim")
    return rendered(figure)


def curves_figure(lines: Sequence[dict[str, Any]]) -> bytes:
    """Training and validation terms over epochs, where they are finite: a PNG file.

    Raises:
        DataError: nothing was logged.
    """
    training = [line for line in lines if "event" not in line]
    validation = [line for line in lines if line.get("event") == "validation"]
    hidden = {"step", "epoch", "seconds", "event", "best", "items_per_second", "rate", "loss"}
    names = [name for line in validation[:1] or training[:1] for name in line if name not in hidden]
    if not names:
        raise DataError("Nothing was logged yet.")
    figure, plots = new_figure(3.9 * len(names), 3.3, len(names))
    for plot, name in zip(np.atleast_1d(plots), names, strict=True):
        for part, label, colour in (
            (training, "training", "#9db8d2"),
            (validation, "validation", PALETTE[3]),
        ):
            known = [line for line in part if is_finite(line.get(name))]
            marker = "." if len(known) < 3 else None
            plot.plot(
                [line["epoch"] for line in known],
                [line[name] for line in known],
                colour,
                label=label,
                marker=marker,
            )
        values = [line[name] for line in [*training, *validation] if is_finite(line.get(name))] or [0.0]
        low, high = np.percentile(values, [2, 98]) if len(values) > 20 else (min(values), max(values))
        pad = 0.08 * (high - low) or 1.0
        plot.set_ylim(low - pad, high + pad)
        plot.set(title=name.replace("_", " "), xlabel="epoch")
    np.atleast_1d(plots)[0].set_ylabel("nats per item")
    np.atleast_1d(plots)[0].legend(frameon=False, fontsize=9)
    return rendered(figure)


def is_finite(value: Any) -> bool:
    """Whether a logged value is a number that can be drawn."""
    return isinstance(value, int | float) and math.isfinite(value)


def new_figure(width: float, height: float, columns: int = 1) -> tuple[Any, Any]:
    """A matplotlib figure with plain axes, outside pyplot's state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    plots = figure.subplots(1, columns)
    for plot in np.atleast_1d(plots):
        plot.spines[["top", "right"]].set_visible(False)
        plot.spines[["left", "bottom"]].set_color("#9aa3ad")
        plot.tick_params(colors="#444c55", labelsize=8)
        plot.title.set_size(10.5)
        plot.grid(True, color="#eef0f3", linewidth=0.8)
        plot.set_axisbelow(True)
    return figure, plots


def rendered(figure: Any) -> bytes:
    """A matplotlib figure as a PNG file."""
    import io

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def map_of(run: Run, method: str = "pca", seed: int = 0) -> bytes:
    """The run's codes in two dimensions, as a PNG file."""
    arrays, _ = run.codes()
    spread = np.linspace(0, len(arrays["mean"]) - 1, min(len(arrays["mean"]), MAP_POINTS)).astype(int)
    codes, labels = arrays["mean"][spread], arrays.get("label")
    points, axes, how = in_two_dimensions(codes, method, seed)
    title = f"{run.name}: {len(points):,} of {len(arrays['mean']):,} items, {how}"
    return map_figure(points, None if labels is None else labels[spread], run.record.label_names, title, axes)


def in_two_dimensions(
    codes: NDArray[Any], method: str, seed: int
) -> tuple[NDArray[Any], tuple[str, str], str]:
    """Codes (N, D) as points (N, 2), the axes' names, and how it was done."""
    from aekit.latent import projection

    if codes.shape[1] == 1:
        jitter = np.random.default_rng(seed).normal(0, 0.1, len(codes))
        return np.stack([codes[:, 0], jitter], 1), ("z0", "(spread for show)"), "as they are"
    if method == "umap":
        return np.asarray(projection.umap(codes, seed)), ("UMAP 1", "UMAP 2"), "by UMAP"
    if codes.shape[1] == 2:
        return codes, ("z0", "z1"), "as they are"
    pca = projection.PCA.fit(codes, 2)
    names = [
        f"component {number + 1} ({share:.0%} of the variance)" for number, share in enumerate(pca.explained)
    ]
    return np.asarray(pca.transform(codes)), (names[0], names[1]), "by PCA"


# ---- a run's own figures ------------------------------------------------------------------------------


def draw_all(run: Run) -> list[Path]:
    """Draw a run's curves, map, samples and reconstructions into its folder.

    Raises:
        AekitError: the disk is full, or the run has no weights.
    """
    from aekit.autoencoder import load

    model = load(run)
    drawn: dict[str, Callable[[], bytes]] = {
        "samples.png": lambda: png(samples_sheet(model, 40, 1.0, 0)),
        "reconstructions.png": lambda: reconstructions(model),
        "traversal.png": lambda: png(traversal(model)),
        "map.png": lambda: map_of(run),
        "curves.png": lambda: curves_figure(run.metrics()),
    }
    if model.latent_dim == 2:
        drawn["manifold.png"] = lambda: png(manifold_sheet(model, 20, middle_condition(model)))
    paths = []
    for name, draw in drawn.items():
        path = run.figures / name
        try:
            write_whole(path, draw())
            paths.append(path)
        except DataError:
            continue
    if not paths:
        raise AekitError("nothing could be drawn from this run.")
    return paths


def most_central(codes: NDArray[Any]) -> NDArray[Any]:
    """The one of the codes (N, D) that lies nearest to their mean: (D,). The mean itself is often no item's."""
    distances = ((codes - codes.mean(0)) ** 2).sum(1)
    return np.asarray(codes[distances.argmin()])


def traversal(model: Autoencoder, most: int = 16, steps: int = 9, reach: float = 2.5) -> Pixels:
    """What the dimensions with the most KL do to the mean code, `reach` of the prior's spreads either way."""
    from aekit.latent.reach import by_worth
    from aekit.reach import reach_of

    (arrays, _), lies = model.run.codes(), reach_of(model)
    found, offsets = by_worth(arrays["mean"], arrays["log_variance"], lies), np.linspace(-reach, reach, steps)
    chosen = found.order[:most].tolist()
    codes = traversal_codes(most_central(arrays["mean"]), chosen, offsets, lies)
    items = np.asarray(model.decode(codes, middle_condition(model)))
    return traversal_sheet(model, items, chosen, found.kl[:most].tolist(), offsets)


def middle_condition(model: Autoencoder) -> Any:
    """A condition for figures that show one: the first class, or the attribute's mean."""
    if model.condition is None:
        return None
    return model.condition.names[0] if model.condition.of == "label" else model.condition.mean


def reconstructions(model: Autoencoder, count: int = 2 * SHEET_ITEMS) -> bytes:
    """The first test items above their reconstructions, as a PNG file."""
    from aekit.restoring import before_and_after

    return png(pairs_sheet(model, *before_and_after(model, count)))
