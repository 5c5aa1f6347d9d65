"""A painter: an assembled, trained model that draws from anyone's words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from safetensors import SafetensorError, safe_open
from torch import Tensor

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.checkpoints.checkpoint import check_same, newest_checkpoint
from painterkit.checkpoints.run_folder import RECIPE, RunFolder, open_run
from painterkit.data.prepared import cache_folder
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.generation.draw import draw_batch, to_pixels
from painterkit.generation.words import words_batch
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe_text

RECIPE_KEY = "painterkit.recipe"
"""The key of an exported file's metadata that holds the recipe."""

BATCH = 32
"""How many pictures are drawn at once: memory does not grow with the count."""


class Painter:
    """Draw pictures from a caption and turns.

    painter = load_painter("runs/demo")
    [picture] = painter.draw("a smiling woman", turns=["Does she wear glasses? Yes, round ones."])
    picture.save("face.png")
    """

    def __init__(self, assembly: Assembly, resolution: int, device: torch.device) -> None:
        self.assembly = assembly
        self.resolution = resolution
        """Height of the finest picture that its training has reached, in pixels."""
        self.device = device

    def draw(
        self,
        caption: str = "",
        turns: Sequence[str] = (),
        seed: int = 0,
        count: int = 1,
        resolution: int | None = None,
    ) -> list[Image.Image]:
        """Draw `count` pictures, with the noise of seed, seed + 1 and so on.

        A picture depends on the words and its own seed alone. With `resolution`, one of the
        generator's, the coarser picture is given. Raises WrongInput for a resolution that it
        does not draw.
        """
        size = self._size(resolution)
        batch = words_batch(self.assembly.parts, caption, turns, self.device)
        pictures: list[Image.Image] = []
        for start in range(0, count, BATCH):
            seeds = range(seed + start, seed + min(start + BATCH, count))
            drawn = draw_batch(
                self.assembly.parts,
                batch.repeated(len(seeds)),
                self.assembly.turns,
                self.assembly.noise,
                seeds,
                size,
            )
            pictures += [Image.fromarray(pixels.numpy()) for pixels in to_pixels(drawn[size])]
        return pictures

    def _size(self, resolution: int | None) -> int:
        if resolution is None:
            return self.resolution
        drawn = [r for r in self.assembly.parts.generator.resolutions if r <= self.resolution]
        if resolution not in drawn:
            raise WrongInput(
                Problem(
                    "resolution",
                    f"the painter draws no picture of {resolution} px",
                    f"it draws {', '.join(map(str, drawn))}",
                )
            )
        return resolution


def load_painter(
    reference: str | Path, plugins: LoadedPlugins | None = None, device: str = "cpu"
) -> Painter:
    """Load a painter from a run folder or from a file that `export` wrote.

    A run draws with the average of its newest whole checkpoint. Raises WrongInput where there is
    nothing to load, Failure where it is broken.
    """
    path = Path(reference)
    plugins = plugins or load_plugins()
    if path.is_dir():
        recipe_text, origin, tensors, phase = _from_run(open_run(path))
    elif path.is_file():
        recipe_text, origin, tensors, phase = _from_file(path)
    else:
        open_run(path)  # says that there is nothing, and what there is
        raise AssertionError("open_run refuses what is not there")
    recipe = load_recipe_text(recipe_text, plugins, origin).recipe
    cache = cache_folder()
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset)
    _load_tensors(assembly, tensors, origin)
    assembly.parts.to(device).eval()
    reached = [
        resolution
        for step in assembly.steps[: phase + 1]
        for resolution in step.resolutions
        if resolution in assembly.parts.generator.resolutions
    ]
    resolution = max(reached, default=max(assembly.parts.generator.resolutions))
    return Painter(assembly, resolution, torch.device(device))


def _from_run(run: RunFolder) -> tuple[str, str, dict[str, Tensor], int]:
    checkpoint, problems = newest_checkpoint(run.checkpoints)
    if checkpoint is None:
        if problems:
            raise Failure(problems)
        raise WrongInput(
            Problem(
                str(run.path),
                "has no checkpoint yet",
                f"train it with 'painterkit train --resume {run.path}'",
            )
        )
    # At step 0 of a phase nothing of it is trained yet: the phase before is what it draws with.
    phase = checkpoint.phase if checkpoint.step > 0 else checkpoint.phase - 1
    return run.recipe_text, str(run.path / RECIPE), checkpoint.drawing(), phase


def _from_file(path: Path) -> tuple[str, str, dict[str, Tensor], int]:
    try:
        with safe_open(path, framework="pt") as file:
            recipe_text = (file.metadata() or {}).get(RECIPE_KEY)
            if recipe_text is None:
                raise WrongInput(
                    Problem(
                        str(path),
                        "holds weights, but no recipe of painterkit",
                        "export one with 'painterkit export RUN'",
                    )
                )
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise WrongInput(
            Problem(
                str(path),
                f"is no safetensors file, or it is cut short ({error})",
                "export it again with 'painterkit export RUN'",
            )
        ) from error
    return recipe_text, str(path), tensors, 10**9


def _load_tensors(assembly: Assembly, tensors: dict[str, Tensor], origin: str) -> None:
    live = drawing_tensors(assembly)
    saved = {name: tensor for name, tensor in tensors.items() if name in live}
    try:
        check_same(live, saved)
    except Failure as error:
        raise Failure(Problem(origin, p.what, p.hint) for p in error.problems) from error
    with torch.no_grad():
        for name, tensor in live.items():
            tensor.copy_(saved[name])


def drawing_tensors(assembly: Assembly) -> dict[str, Tensor]:
    """Return the tensors that a picture is drawn with: all but the judges' and the seers'."""
    return {
        name: tensor
        for name, tensor in assembly.parts.state_dict().items()
        if not name.startswith(("discriminators.", "image_encoder."))
    }
