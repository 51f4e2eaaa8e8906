# The image plugin: pictures, from handwritten digits to folders of photographs.
"""The image plugin of aekit: pictures, from handwritten digits to folders of photographs.

Names are imported when they are first used, so that the processes that decode pictures load no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aekit_image.modality import ImageModality as ImageModality
    from aekit_image.settings import ImageOptions as ImageOptions

__all__ = ["ImageModality", "ImageOptions"]


def __getattr__(name: str) -> Any:
    if name == "ImageModality":
        from aekit_image.modality import ImageModality

        return ImageModality
    if name == "ImageOptions":
        from aekit_image.settings import ImageOptions

        return ImageOptions
    raise AttributeError(f"module 'aekit_image' has no attribute '{name}'")
