"""Small parts of every role, for training-steps to be checked with.

They follow the interfaces and pass the checks of their roles: the generator has a memory, the
discriminators have both heads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from painterkit.data.conversation import Turn
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.discriminator import Logits
from painterkit.interfaces.generator import GeneratorOutput, Noise, State
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.nn.digest import weights_digest
from painterkit.testing.subject import (
    CAPTION_WIDTH,
    CONDITION_WIDTH,
    DIALOGUE_WIDTH,
    EMBEDDING_WIDTH,
    IMAGE_WIDTH,
    TURN_WIDTH,
)

HIDDEN = 16
MAP_SIZE = 4


class SampleTextEncoder(nn.Module):
    """Count letters, and weigh the counts."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(width, width)

    @property
    def fingerprint(self) -> str:
        """The digest of the weights."""
        return f"sample-{weights_digest(self)}"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        """Return {"counts": [N, D]}."""
        counts = torch.zeros(len(turns), self.width)
        for row, turn in enumerate(turns):
            for letter in turn.text:
                counts[row, ord(letter) % self.width] += 1
        return {"counts": counts}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        """Return the weighed counts as sentence vectors."""
        return TextFeatures(self.linear(tensors["counts"]))


class SampleDialogueEncoder(nn.Module):
    """Add up the turns read so far."""

    width = DIALOGUE_WIDTH
    reads = "turns"
    causal = True

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(TURN_WIDTH, self.width)

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        """Return [B, K, H]."""
        read = self.linear(features).masked_fill(~mask.unsqueeze(2), 0.0)
        sums = functional.pad(read.cumsum(dim=1), (0, 0, 1, 0))
        places = (drawn + 1).unsqueeze(2).expand(-1, -1, self.width)
        return sums.gather(1, places).tanh()

    def step(self, features: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return [B, H] and the sum so far."""
        read = self.linear(features)
        total = read if state is None else state + read
        return total.tanh(), total


class SampleGenerator(nn.Module):
    """Draw 4 by 4 squares; each turn changes what the turn before left."""

    def __init__(self, resolutions: Sequence[int] = (8, 16)) -> None:
        super().__init__()
        self.resolutions = tuple(resolutions)
        self.noise_widths = {"z": 5, "epsilon": CONDITION_WIDTH}
        self.condition_widths = dict.fromkeys(self.resolutions, CONDITION_WIDTH)
        self.condition = nn.Linear(EMBEDDING_WIDTH, 2 * CONDITION_WIDTH)
        self.hidden = nn.Linear(CONDITION_WIDTH + self.noise_widths["z"], HIDDEN)
        self.memory = nn.GRUCell(HIDDEN, HIDDEN)
        self.squares = nn.ModuleDict(
            {str(size): nn.Linear(HIDDEN, 3 * MAP_SIZE**2) for size in self.resolutions}
        )

    def begin(self, batch_size: int, device: torch.device) -> State:
        """Return an empty memory, [B, hidden]."""
        return {"hidden": torch.zeros(batch_size, HIDDEN, device=device)}

    def forward(
        self,
        embedding: Tensor,
        noise: Noise,
        state: State | None = None,
        largest: int | None = None,
    ) -> GeneratorOutput:
        """Draw one turn."""
        mu, log_variance = self.condition(embedding).float().chunk(2, dim=1)
        code = mu + (0.5 * log_variance).exp() * noise["epsilon"]
        told = Condition(embedding, code, mu, log_variance)
        hidden = self.hidden(torch.cat([code, noise["z"]], dim=1)).tanh()
        if state is not None:
            hidden = self.memory(hidden, state["hidden"])
            state = {"hidden": hidden}
        sizes = [size for size in self.resolutions if largest is None or size <= largest]
        images = {size: self._picture(hidden, size) for size in sizes}
        return GeneratorOutput(images, dict.fromkeys(sizes, told), state)

    def _picture(self, hidden: Tensor, size: int) -> Tensor:
        squares = self.squares[str(size)](hidden).view(-1, 3, MAP_SIZE, MAP_SIZE)
        return functional.interpolate(squares.float().tanh(), size=(size, size))


class SampleDiscriminator(nn.Module):
    """Judge a picture by its 4 by 4 means."""

    reads = "mu"

    def __init__(self, condition_width: int = CONDITION_WIDTH) -> None:
        super().__init__()
        self.trunk = nn.Conv2d(3, 8, 3, padding=1)
        self.direction = nn.Linear(condition_width, 8 * MAP_SIZE**2)
        self.alone = nn.Linear(8 * MAP_SIZE**2, 1)

    def features(self, image: Tensor) -> Tensor:
        """Return [B, 8, 4, 4]."""
        small = functional.adaptive_avg_pool2d(image, MAP_SIZE)
        return functional.leaky_relu(self.trunk(small), 0.2)

    def logits(self, features: Tensor, condition: Condition) -> Logits:
        """Judge the map against mu, and alone."""
        seen = features.flatten(1)
        alone = self.alone(seen).flatten().float()
        fits = (seen.float() * self.direction(condition.mu).float()).sum(dim=1)
        return Logits(alone + fits, alone)


class SampleImageEncoder(nn.Module):
    """See the 4 by 4 means of a picture."""

    width = IMAGE_WIDTH

    def __init__(self, resolution: int = 16) -> None:
        super().__init__()
        self.resolution = resolution
        self.linear = nn.Linear(3 * MAP_SIZE**2, self.width)

    def forward(self, images: Tensor) -> ImageFeatures:
        """Return the pooled vector."""
        means = functional.adaptive_avg_pool2d(images, MAP_SIZE).flatten(1)
        return ImageFeatures(self.linear(means))


def sample_parts(resolutions: Sequence[int] = (8, 16)) -> Parts:
    """Return small parts of every role that draw and judge pictures of some heights, in pixels.

    They are as wide as `sample_context` says.
    """
    discriminators: dict[int, Any] = {size: SampleDiscriminator() for size in resolutions}
    return Parts(
        SampleTextEncoder(CAPTION_WIDTH),
        SampleTextEncoder(TURN_WIDTH),
        SampleDialogueEncoder(),
        SampleGenerator(resolutions),
        discriminators,
        SampleImageEncoder(max(resolutions)),
    )
