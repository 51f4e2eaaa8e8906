# Network blocks that more than one modality uses.
"""Network blocks that more than one modality uses."""

from __future__ import annotations

from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """x + W2 silu(W1 norm(x)) on (B, width)."""

    def __init__(self, width: int, expansion: int = 1) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, expansion * width)
        self.outer = nn.Linear(expansion * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.outer(nn.functional.silu(self.inner(self.norm(x))))  # type: ignore[no-any-return]


class ResidualPerceptron(nn.Module):
    """A pre-norm residual perceptron: (B, in_features) to (B, out_features).

    Args:
        in_features: width of the input.
        width: width of the residual stream.
        depth: number of residual blocks.
        out_features: width of the output; None leaves the normalised stream, (B, width).
        expansion: inner width of a block over `width`.
    """

    def __init__(
        self, in_features: int, width: int, depth: int, out_features: int | None = None, expansion: int = 1
    ) -> None:
        super().__init__()
        self.enter = nn.Linear(in_features, width)
        self.blocks = nn.Sequential(*(ResidualBlock(width, expansion) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, out_features) if out_features is not None else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.leave(self.norm(self.blocks(self.enter(x))))  # type: ignore[no-any-return]
