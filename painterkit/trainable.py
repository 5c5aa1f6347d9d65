# pyright: standard
"""What a phase can train, and what is saved, by the names that a recipe uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from torch import Tensor, nn

from painterkit.errors import nearest
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


def nearest_module(name: str, names: Sequence[str]) -> str:
    """Return a hint about a name that nothing of `names` has or stands under.

    It looks in the last module of the name that there is: for "generator.stage1" where the
    generator has no stages, a word that is only a little like it would name a part of the painter.
    """
    parent, inside = "", list(names)
    *modules, last = name.split(".")
    for word in modules:
        deeper = f"{parent}.{word}" if parent else word
        below = [one for one in names if one.startswith(deeper + ".")]
        if not below:
            last = word
            break
        parent, inside = deeper, below
    depth = parent.count(".") + 1 if parent else 0
    words = list(dict.fromkeys(one.split(".")[depth] for one in inside))
    if not parent:
        return nearest(last, words)
    close = get_close_matches(last, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{parent}.{close[0]}'?"
    return f"'{parent}' is all of it, and holds {', '.join(words)}"
