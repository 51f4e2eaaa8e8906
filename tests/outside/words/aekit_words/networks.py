# The networks for words: a perceptron that reads all letters at once, a GRU that writes one after another.
"""The networks for words: a perceptron that reads all letters at once, a GRU that writes one after another.

B words, T symbols (the last of which always ends the word), S different symbols, D columns of a code.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from aekit import Decoder, Encoder
from aekit.likelihoods import Categorical
from aekit.networks import ResidualPerceptron

END = 0
EMBEDDING = 32


def until_end(x: Tensor) -> Tensor:
    """Which symbols of x (B, T) belong to the word, the first END included: (B, T), bool."""
    ends = (x == END).long()
    return ends.cumsum(1) - ends == 0


class WordEncoder(Encoder):
    """Words (B, T) to features (B, width)."""

    def __init__(self, symbols: int, length: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.embed = nn.Embedding(symbols, EMBEDDING)
        self.perceptron = ResidualPerceptron(length * EMBEDDING, width, depth=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.perceptron(self.embed(x).flatten(1))  # type: ignore[no-any-return]


class WordDecoder(Decoder):
    """p(word|z) as a product over its symbols, each seeing z and those before it.

    A proper distribution over all words of at most T - 1 letters: after so many, the word must end, so
    the last symbol costs nothing.

    Args:
        latent_dim: D.
        symbols: S, END included.
        length: T.
        width: of the GRU.
        forcing_decay: the k of `training_log_prob`, in steps.
    """

    def __init__(self, latent_dim: int, symbols: int, length: int, width: int, forcing_decay: float) -> None:
        super().__init__()
        self.symbols, self.length, self.forcing_decay = symbols, length, forcing_decay
        self.embed = nn.Embedding(symbols + 1, EMBEDDING)  # the last one stands before the first letter
        self.begin = nn.Linear(latent_dim, width)
        self.gru = nn.GRU(EMBEDDING + latent_dim, width, batch_first=True)
        self.leave = nn.Linear(width, symbols)

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        letters = x[:, :-1]
        return self.score(self.logits(z, self.before(letters)), letters)

    def training_log_prob(self, z: Tensor, x: Tensor, step: Tensor | None) -> Tensor:
        """Scheduled sampling: some of the symbols before are the decoder's own guesses.

        The true symbol is shown with probability k / (k + exp(step / k)) (Bengio et al. 2015, section 2.4);
        the guesses come from one pass over the true symbols (Mihaylova and Martins 2019, section 3).
        """
        if step is None:
            return self.log_prob(z, x)
        letters = x[:, :-1]
        true = self.before(letters)
        with torch.no_grad():
            guessed = self.before(Categorical(self.logits(z, true)).sample())
        probability = torch.sigmoid(math.log(self.forcing_decay) - step / self.forcing_decay)
        forced = torch.rand(true.shape, device=z.device) < probability
        return self.score(self.logits(z, torch.where(forced, true, guessed)), letters)

    @torch.no_grad()
    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        words = torch.full((len(z), self.length), END, device=z.device)
        symbol, state = torch.full((len(z), 1), self.symbols, device=z.device), self.state(z)
        running = torch.ones(len(z), dtype=torch.bool, device=z.device)
        for position in range(self.length - 1):
            hidden, state = self.gru(self.inputs(z, symbol), state)
            symbol = Categorical(self.leave(hidden)).sample(temperature, top_p)  # (B, 1)
            words[:, position] = torch.where(running, symbol[:, 0], END)
            running &= symbol[:, 0] != END
        return words

    def logits(self, z: Tensor, before: Tensor) -> Tensor:
        """(B, T - 1) symbols, each the one before the one that is asked for, to (B, T - 1, S)."""
        return self.leave(self.gru(self.inputs(z, before), self.state(z))[0])  # type: ignore[no-any-return]

    def score(self, logits: Tensor, letters: Tensor) -> Tensor:
        """log p of all symbols but the last, (B, T - 1), under logits (B, T - 1, S): (B,) nats."""
        return torch.where(until_end(letters), Categorical(logits).log_prob(letters), 0.0).sum(1)

    def before(self, letters: Tensor) -> Tensor:
        """Symbols moved on by one place, the sign for "nothing yet" in front: (B, T - 1) both."""
        nothing = torch.full_like(letters[:, :1], self.symbols)
        return torch.cat([nothing, letters[:, :-1]], dim=1)

    def inputs(self, z: Tensor, symbols: Tensor) -> Tensor:
        """Symbols (B, n), each with the code beside it: (B, n, EMBEDDING + D)."""
        return torch.cat([self.embed(symbols), z[:, None].expand(-1, symbols.shape[1], -1)], dim=2)

    def state(self, z: Tensor) -> Tensor:
        """The GRU's first state: (1, B, width)."""
        return self.begin(z).tanh()[None]  # type: ignore[no-any-return]
