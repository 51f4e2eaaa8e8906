# Paths that keep to where items are: shortest ways over a graph of near codes, smoothed.
"""Paths that keep to where items are: shortest ways over a graph of near codes, smoothed.

An edge costs its squared length, so that many short steps through the data are cheaper than a leap over a gap.
N codes, K nodes, D latent dimensions, M waypoints.
"""

from __future__ import annotations

import heapq
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from aekit.errors import UsageError
from aekit.latent import nearest

Floats = NDArray[np.float64]
Edges = list[tuple[int, float]]

MOST = 5_000  # nodes of a graph; more codes are chosen from evenly
NEAR = 10  # edges of a node
SPREAD = 1.5  # edges over which corners are rounded off
FINE = 12  # points an edge at which a way is smoothed
KEPT = 64  # ways between two waypoints that are remembered


class NearGraph:
    """The near codes of each of at most `MOST` of the codes (N, D), all of them joined.

    Raises:
        UsageError: no code is finite.
    """

    def __init__(self, codes: NDArray[np.floating]) -> None:
        finite = codes[np.isfinite(codes).all(1)]
        if not len(finite):
            raise UsageError("A path along the data needs codes that are finite (received none).")
        chosen = np.linspace(0, len(finite) - 1, min(len(finite), MOST)).round().astype(np.int64)
        self.nodes: Floats = np.unique(finite[chosen].astype(np.float64), axis=0)  # (K, D)
        self.near: list[Edges] = [[] for _ in self.nodes]
        self._ways: dict[bytes, Floats] = {}
        self._join_near()
        self._join_parts()

    def follow(self, waypoints: NDArray[np.floating], steps: int) -> Floats:
        """Walk through waypoints (M, D) along the data in `steps` steps of equal length: (steps, D).

        The first and last waypoint are met exactly; those between are passed.

        Raises:
            UsageError: `steps` is below 2, or the waypoints have other dimensions than the codes.
        """
        points = np.asarray(waypoints, np.float64)
        if points.ndim != 2 or points.shape[1] != self.nodes.shape[1] or not len(points):
            raise UsageError(f"Waypoints must be (M, {self.nodes.shape[1]}) (received {points.shape})")
        if steps < 2:
            raise UsageError(f"steps must be at least 2, the two ends (received {steps})")
        ways = [self._way(a, b) for a, b in pairwise(points)]
        walked = even(np.concatenate([points[:1], *[way[1:] for way in ways]]), steps)
        walked[0], walked[-1] = points[0], points[-1]
        return walked

    # ---- the graph ------------------------------------------------------------------------------------

    def _join_near(self) -> None:
        """An edge, both ways, from each node to its nearest."""
        count = min(NEAR + 1, len(self.nodes))
        distances, rows = nearest(self.nodes, self.nodes, count)
        pairs = {
            (min(a, b), max(a, b)): cost
            for a, (some, costs) in enumerate(zip(rows.tolist(), (distances**2).tolist(), strict=True))
            for b, cost in zip(some, costs, strict=True)
            if a != b
        }
        for (a, b), cost in pairs.items():
            self._join(a, b, cost)

    def _join(self, a: int, b: int, cost: float) -> None:
        self.near[a].append((b, cost))
        self.near[b].append((a, cost))

    def _join_parts(self) -> None:
        """Join parts that no edge joins, each with what is nearest to it, until all is one."""
        while len(parts := self._parts()) > 1:
            for part in parts[1:]:  # the largest waits for the others
                outside = np.setdiff1d(np.arange(len(self.nodes)), part, assume_unique=True)
                distances, rows = nearest(self.nodes[outside], self.nodes[part], 1)
                best = int(distances[:, 0].argmin())
                other = int(outside[rows[best, 0]])
                if all(number != other for number, _ in self.near[part[best]]):
                    self._join(part[best], other, float(distances[best, 0]) ** 2)

    def _parts(self) -> list[list[int]]:
        """Nodes that hang together, the largest part first."""
        left, parts = set(range(len(self.nodes))), []
        while left:
            part = [left.pop()]
            for node in part:
                fresh = [other for other, _ in self.near[node] if other in left]
                left.difference_update(fresh)
                part.extend(dict.fromkeys(fresh))
            parts.append(part)
        return sorted(parts, key=len, reverse=True)

    # ---- ways -----------------------------------------------------------------------------------------

    def _way(self, a: Floats, b: Floats) -> Floats:
        """The smoothed way from a to b (D,): (n, D), both included."""
        key = a.tobytes() + b.tobytes()
        if key not in self._ways:
            if len(self._ways) >= KEPT:
                del self._ways[next(iter(self._ways))]
            self._ways[key] = smoothed(self._shortest(a, b))
        return self._ways[key]

    def _shortest(self, a: Floats, b: Floats) -> Floats:
        """The cheapest way from a to b over nodes, or straight where that is cheaper (Dijkstra 1959)."""
        starts, ends = self._around(a), dict(self._around(b))
        cost = dict(starts)
        came: dict[int, int] = {}
        heap = [(far, node) for node, far in starts]
        heapq.heapify(heap)
        best, last = float(((a - b) ** 2).sum()), -1
        while heap and heap[0][0] < best:
            so_far, node = heapq.heappop(heap)
            if so_far > cost[node]:
                continue
            if so_far + ends.get(node, np.inf) < best:
                best, last = so_far + ends[node], node
            for other, far in self.near[node]:
                if so_far + far < cost.get(other, np.inf):
                    cost[other], came[other] = so_far + far, node
                    heapq.heappush(heap, (so_far + far, other))
        rows = []
        while last >= 0:
            rows.append(last)
            last = came.get(last, -1)
        return np.concatenate([a[None], self.nodes[rows[::-1]], b[None]])

    def _around(self, code: Floats) -> Edges:
        """The nodes nearest to a code (D,), and what the edges to them cost."""
        distances, rows = nearest(self.nodes, code[None], min(NEAR, len(self.nodes)))
        return list(zip(rows[0].tolist(), (distances[0] ** 2).tolist(), strict=True))


def follow(codes: NDArray[np.floating], waypoints: NDArray[np.floating], steps: int) -> Floats:
    """Walk through waypoints (M, D) along codes (N, D) in `steps` even steps: (steps, D); see `NearGraph`."""
    return NearGraph(codes).follow(waypoints, steps)


def even(points: Floats, steps: int) -> Floats:
    """A line through points (n, D) at places of equal distance along it: (steps, D)."""
    lengths = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
    if lengths[-1] <= 0:
        return np.repeat(points[:1], steps, 0)
    at = np.linspace(0, lengths[-1], steps)
    return np.stack([np.interp(at, lengths, column) for column in points.T], 1)


def smoothed(points: Floats) -> Floats:
    """A line through points (n, D) with its corners rounded off by a Gaussian; the ends stay."""
    edges = len(points) - 1
    if edges < 2:
        return points
    fine = even(points, FINE * edges + 1)
    reach = min(int(3 * SPREAD * FINE), len(fine) - 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (SPREAD * FINE)) ** 2)
    kernel /= kernel.sum()
    before, after = 2 * fine[0] - fine[reach:0:-1], 2 * fine[-1] - fine[-2 : -reach - 2 : -1]
    whole = np.concatenate([before, fine, after])
    out = np.stack([np.convolve(column, kernel, "valid") for column in whole.T], 1)
    out[0], out[-1] = points[0], points[-1]
    return out
