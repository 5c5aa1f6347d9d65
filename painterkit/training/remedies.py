"""What a recipe could still do against pictures that hardly differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from painterkit.assembly import Assembly
from painterkit.interfaces.training_step import KnowsRemedies
from painterkit.recipe_file.schema import Optimizer, Phase
from painterkit.roles import Role
from painterkit.setting_types import setting_fields, slot_role
from painterkit.settings import Use
from painterkit.trainable import under

SLOWER = 4.0
"""A generator that learns so much more slowly than its discriminators is slow enough: DF-GAN's."""


def remedies(assembly: Assembly, phase_name: str) -> list[str]:
    """Say what can be tried in a phase, by the keys of the recipe; last what is always worth it.

    What the recipe does already, and what its parts refuse, is left out.
    """
    names = [phase.name for phase in assembly.recipe.phases]
    index = names.index(phase_name)
    phase, step = assembly.recipe.phases[index], assembly.steps[index]
    of_step = step.remedies(assembly.parts) if isinstance(step, KnowsRemedies) else []
    found = [*_rates(phase), *_norms(assembly, phase), *of_step]
    return [*found, "look whether the words reach the painter"]


def _rates(phase: Phase) -> Iterator[str]:
    """Say which learning rate to change: the generator's is to be the lower one."""
    drawing, judging = _optimizers(phase, "generator"), _optimizers(phase, "discriminators")
    if not drawing or not judging:
        return
    (draws, fast), (judges, slow) = max(drawing, key=_rate), min(judging, key=_rate)
    generator = f"{_key(phase, draws)} ({fast.learning_rate:g})"
    discriminator = f"{_key(phase, judges)} ({slow.learning_rate:g})"
    if slow.learning_rate < SLOWER * fast.learning_rate:
        yield f"lower {generator} or raise {discriminator}"
    else:
        yield f"lower both {generator} and {discriminator}"


def _optimizers(phase: Phase, part: str) -> list[tuple[str, Optimizer]]:
    return [
        (name, optimizer)
        for name, optimizer in phase.optimizers.items()
        if any(under(prefix, part) for prefix in optimizer.train)
    ]


def _rate(named: tuple[str, Optimizer]) -> float:
    return named[1].learning_rate


def _key(phase: Phase, optimizer: str) -> str:
    return f"phases.{phase.name}.optimizers.{optimizer}.learning_rate"


def _norms(assembly: Assembly, phase: Phase) -> Iterator[str]:
    """Name the discriminators of the phase that could have spectral normalisation and do not."""
    trained = [prefix for one in phase.optimizers.values() for prefix in one.train]
    keys = [
        key
        for resolution, judge in assembly.recipe.parts.discriminators.items()
        if any(_touches(f"discriminators.{resolution}", prefix) for prefix in trained)
        for key in _not_spectral(judge, f"parts.discriminators.{resolution}")
    ]
    if keys:
        yield f"set {' and '.join(keys)} to 'spectral'"


def _touches(name: str, prefix: str) -> bool:
    return under(name, prefix) or under(prefix, name)


def _not_spectral(judge: Use, path: str) -> Iterator[str]:
    """Return the keys of `norm` that could be 'spectral', of what stands in its slots too."""
    for field in setting_fields(type(judge.settings)):
        value = getattr(judge.settings, field.name)
        if field.name == "norm" and value != "spectral" and "spectral" in get_args(field.type):
            yield f"{path}.norm"
        elif isinstance(value, Use) and slot_role(field.type) is Role.DISCRIMINATOR:
            yield from _not_spectral(value, f"{path}.{field.name}")
