# The map's camera: where it is, where it is to be, and the short glide from one to the other.
"""The map's camera: where it is, where it is to be, and the short glide from one to the other."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from aekit_gui.models.look import Camera

LASTS = 120  # milliseconds
FRAME = 8  # milliseconds between two looks at the clock; Qt paints at most once for each


class Glide(QObject):
    """A camera that eases to its target.

    A zoom around a place keeps that place still at every moment: the middle moves evenly in 1 / scale.

    Attributes:
        now: what is to be painted.
        target: where it ends.

    Signals:
        moved: `now` is another.
    """

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.now = self.target = self._start = Camera()
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._step)

    @property
    def moving(self) -> bool:
        """Whether `now` is not yet the target."""
        return self._timer.isActive()

    def jump(self, camera: Camera) -> None:
        """Be there at once."""
        self._timer.stop()
        self.target = camera
        self._move(camera)

    def to(self, camera: Camera) -> None:
        """Ease to a camera, from wherever it is now."""
        self.target, self._start = camera, self.now
        if camera == self.now:
            self._timer.stop()
            return
        self._clock.start()
        self._timer.start()

    def _step(self) -> None:
        share = self._clock.elapsed() / LASTS
        if share >= 1:
            self._timer.stop()
        self._move(between(self._start, self.target, 1 - (1 - min(share, 1)) ** 3))

    def _move(self, camera: Camera) -> None:
        if camera != self.now:
            self.now = camera
            self.moved.emit()


def between(first: Camera, last: Camera, share: float) -> Camera:
    """The camera on the way from one to another, for share in [0, 1]; both ends exactly."""
    if share >= 1:
        return last
    scale = first.scale * (last.scale / first.scale) ** share
    even = share
    if abs(last.scale / first.scale - 1) > 1e-9:
        even = (1 / scale - 1 / first.scale) / (1 / last.scale - 1 / first.scale)
    return Camera(first.x + (last.x - first.x) * even, first.y + (last.y - first.y) * even, scale)
