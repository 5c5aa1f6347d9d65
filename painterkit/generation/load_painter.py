"""Load a painter: of a run, of a file, or one that ships."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.checkpoints.checkpoint import check_same
from painterkit.data.prepared import cache_folder
from painterkit.errors import Problem, WrongInput
from painterkit.generation.painter import Painter
from painterkit.generation.saved import SEER, UNDRAWN, SavedPainter, UsedCheckpoint, read_painter
from painterkit.generation.shipped import find_painter
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe_text
from painterkit.trainable import named_tensors, trains, under


def load_painter(
    reference: str | Path, plugins: LoadedPlugins | None = None, device: str = "cpu"
) -> Painter:
    """Load a painter: a run folder, a file that `export` wrote, or one that ships, by its name.

    The painter `demo` ships; a run folder or a file of its name in the working directory goes
    first. A run draws with the average of its newest whole checkpoint. Raises WrongInput where
    there is nothing to load, Failure where it is broken.
    """
    path = find_painter(reference)
    plugins = plugins or load_plugins()
    saved = read_painter(path)
    recipe = load_recipe_text(saved.recipe_text, plugins, saved.recipe_origin).recipe
    cache = cache_folder()
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset, restoring=True)
    sees = _load_tensors(assembly, saved)
    assembly.parts.to(device).eval()
    resolution = _finest(assembly, saved)
    used = _used_checkpoint(assembly, saved)
    return Painter(assembly, resolution, torch.device(device), saved.skipped, sees, used)


def _used_checkpoint(assembly: Assembly, saved: SavedPainter) -> UsedCheckpoint | None:
    if saved.run is None or saved.phase is None:
        return None
    trained = saved.phase >= len(assembly.recipe.phases)
    return UsedCheckpoint(saved.run, Path(saved.origin).name, trained)


def _finest(assembly: Assembly, saved: SavedPainter) -> int:
    """Return the height of the finest picture that the training has reached.

    Pictures that a step looks at while it trains no generator do not count. Raises WrongInput
    where no phase has trained the generator yet.
    """
    drawn = assembly.parts.generator.resolutions
    if saved.reached is None:
        return next((r for r in drawn if str(r) == saved.resolution), max(drawn))
    phases = list(zip(assembly.recipe.phases, assembly.steps, strict=True))
    trained = [
        resolution
        for phase, step in phases[: saved.reached + 1]
        if trains(phase, "generator")
        for resolution in step.resolutions
    ]
    if not trained and any(trains(phase, "generator") for phase, _ in phases):
        raise WrongInput(
            Problem(
                saved.origin,
                "has a generator that is not trained yet: its training is still in phase "
                f"'{phases[max(saved.reached, 0)][0].name}'",
                "go on with 'painterkit train --resume'",
            )
        )
    return max((r for r in trained if r in drawn), default=max(drawn))


def _load_tensors(assembly: Assembly, saved: SavedPainter) -> bool:
    """Load what is drawn with, and the image encoder where it is there; tell whether it is."""
    live = drawing_tensors(assembly)
    seeing = {n: t for n, t in named_tensors(assembly.parts).items() if under(n, SEER)}
    sees = bool(seeing) and any(under(name, SEER) for name in saved.tensors)
    live |= seeing if sees else {}
    given = {name: tensor for name, tensor in saved.tensors.items() if name in live}
    check_same(live, given, saved.origin)
    with torch.no_grad():
        for name, tensor in live.items():
            tensor.copy_(given[name])
    return sees


def drawing_tensors(assembly: Assembly) -> dict[str, Tensor]:
    """Return the tensors that a picture is drawn with: all but the judges' and the seers'."""
    return {
        name: tensor
        for name, tensor in named_tensors(assembly.parts).items()
        if name.partition(".")[0] not in UNDRAWN
    }
