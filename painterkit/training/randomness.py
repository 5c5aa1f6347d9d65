"""Everything random in a training, as a function of the recipe's seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from painterkit.errors import Failure, Problem
from painterkit.nn.seeding import seeded


class Randomness:
    """The random generators of a training.

    `shared` and `local` are what steps draw from. Torch's own, which dropout draws from, are
    seeded too while `lent`, and given back to the program as they were.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self.seed = seed
        self.device = device
        self.shared = torch.Generator(device).manual_seed(seed)
        self.local = torch.Generator(device).manual_seed(seed + 1)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Seed torch's own generators inside the context."""
        with seeded(self.seed + 2, self.device):
            yield

    def state(self) -> dict[str, Tensor]:
        """Return the states of all, by name."""
        states = {
            "shared": self.shared.get_state(),
            "local": self.local.get_state(),
            "torch": torch.get_rng_state(),
        }
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        return states

    def restore(self, states: Mapping[str, Tensor], origin: str) -> None:
        """Take the states that a checkpoint, `origin`, has.

        Raises Failure where they are those of another kind of device.
        """
        own = self.state()
        if {k: v.shape for k, v in own.items()} != {k: v.shape for k, v in states.items()}:
            raise Failure(
                Problem(
                    origin,
                    f"was not written by a training on the {self.device.type.upper()}",
                    "its random numbers cannot go on here; resume it on the kind of device that "
                    "it was begun on",
                )
            )
        self.shared.set_state(states["shared"])
        self.local.set_state(states["local"])
        torch.set_rng_state(states["torch"])
        if "cuda" in states:
            torch.cuda.set_rng_state(states["cuda"], self.device)
