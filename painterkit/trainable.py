# pyright: standard
"""What a phase can train, and what is saved, by the names that a recipe uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from painterkit.interfaces.parts import Parts
from painterkit.interfaces.training_step import TrainingStep
from painterkit.recipe_file.schema import Phase


def modules_of_phase(parts: Parts, step: TrainingStep) -> Mapping[str, nn.Module]:
    """Return what a phase can train: the parts by their names, and the step's own as `step`."""
    modules = dict(parts.named_children())
    if isinstance(step, nn.Module):
        modules["step"] = step
    return modules


def trainable_names(parts: Parts, step: TrainingStep) -> list[str]:
    """Return the names of every parameter that a phase could train."""
    return [
        f"{part}.{name}"
        for part, module in modules_of_phase(parts, step).items()
        for name, _ in module.named_parameters()
    ]


def named_tensors(parts: Parts) -> dict[str, Tensor]:
    """Return the live parameters and buffers of the parts, by the names that are saved."""
    return {
        name: tensor
        # Children, each once: one text encoder may read captions and turns.
        for part, module in parts.named_children()
        for name, tensor in module.state_dict(prefix=f"{part}.").items()
    }


def under(name: str, prefix: str) -> bool:
    """Tell whether a parameter or module is `prefix` or stands under it.

    >>> under("generator.stage10.up", "generator.stage1")
    False
    """
    return name == prefix or name.startswith(prefix + ".")


def trains(phase: Phase, part: str) -> bool:
    """Tell whether a phase trains a part, or something of it."""
    return any(
        under(prefix, part) for optimizer in phase.optimizers.values() for prefix in optimizer.train
    )


def prefixes(names: Sequence[str]) -> list[str]:
    """Return every prefix that names something, for hints."""
    found: set[str] = set()
    for name in names:
        words = name.split(".")
        found.update(".".join(words[:depth]) for depth in range(1, min(len(words), 3)))
    return sorted(found)
