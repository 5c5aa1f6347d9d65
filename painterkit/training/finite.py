"""A training that has diverged: found out, and told."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from attrs import define, field
from torch import Tensor

from painterkit.errors import Failure, Problem


@define
class Sums:
    """Metrics added up on the device since the last look at them, each look being a wait.

    `counts` says how often each was told: it may be several times a step, or not in every step.
    `whole` counts the steps before the first one with a loss that was not a finite number.
    """

    totals: dict[str, Tensor] = field(factory=dict)
    counts: dict[str, int] = field(factory=dict)
    steps: int = 0
    broken: Tensor | None = None
    whole: Tensor | int = 0

    def add(self, loss: Tensor, metrics: Mapping[str, Tensor]) -> None:
        """Add the loss and the metrics of one update."""
        for name, value in metrics.items():
            self.totals[name] = self.totals[name] + value if name in self.totals else value
            self.counts[name] = self.counts.get(name, 0) + 1
        broken = ~torch.isfinite(loss.detach())
        self.broken = broken if self.broken is None else self.broken | broken

    def end_step(self) -> None:
        """Count a step."""
        self.steps += 1
        if self.broken is not None:
            self.whole = self.whole + ~self.broken

    def means(self) -> dict[str, float]:
        """Return the average of each metric over the times that it was told."""
        return {name: float(total) / self.counts[name] for name, total in self.totals.items()}


def check_losses(sums: Sums, phase: str, step: int) -> None:
    """Raise Failure if a loss was not finite; `step` is the number of the last one added."""
    if sums.broken is None or not bool(sums.broken):
        return
    named = [name for name, value in sums.means().items() if not math.isfinite(value)]
    first = step - sums.steps + int(sums.whole) + 1
    raise _diverged(
        phase, first, f"the loss is no longer a finite number ({', '.join(named) or 'sum'})"
    )


def check_tensors(tensors: Mapping[str, Tensor], phase: str, step: int) -> None:
    """Raise Failure if anything that is to be saved after a step is not finite.

    A step may break the weights after its loss was still finite; a checkpoint of them would take
    the place of a good one.
    """
    named = [
        name
        for name, tensor in tensors.items()
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all())
    ]
    if named:
        more = f" and {len(named) - 1} more" if len(named) > 1 else ""
        raise _diverged(
            phase, step, f"the weights are no longer finite numbers ('{named[0]}'{more})"
        )


def _diverged(phase: str, step: int, what: str) -> Failure:
    return Failure(
        Problem(
            f"phase '{phase}', step {step}",
            what,
            "what was saved before is whole; lower the learning rate, give the optimizer a clip, "
            "or set precision to fp32, and train again",
        )
    )
