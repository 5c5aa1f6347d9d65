"""A painter: an assembled, trained model that draws from anyone's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from attrs import evolve
from PIL import Image
from torch import Tensor

from painterkit.assembly import Assembly, assemble, build_dataset
from painterkit.checkpoints.checkpoint import check_same
from painterkit.data import Batch
from painterkit.data.prepared import cache_folder
from painterkit.data.told import turn_lists
from painterkit.errors import Problem, WrongInput
from painterkit.generation.draw import draw_batch, to_pixels
from painterkit.generation.saved import SEER, UNDRAWN, SavedPainter, read_painter
from painterkit.generation.session import Session, require_drawn
from painterkit.generation.shipped import find_painter
from painterkit.generation.truncation import truncated_texts
from painterkit.generation.words import conversation_of, understood, words_batch
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe_text
from painterkit.trainable import named_tensors, trains, under

BATCH = 32
"""How many pictures are drawn at once."""


class Painter:
    """Draw pictures from a caption and turns.

    painter = load_painter("runs/demo")
    [picture] = painter.draw("a smiling woman", turns=["Does she wear glasses? Yes, round ones."])
    picture.save("face.png")
    """

    def __init__(
        self,
        assembly: Assembly,
        resolution: int,
        device: torch.device,
        skipped: Sequence[Problem] = (),
        sees: bool = False,
    ) -> None:
        self.assembly = assembly
        self.resolution = resolution
        """Height of the finest picture that its training has reached, in pixels."""
        self.device = device
        self.sees = sees
        """Whether its image encoder has its weights, as that of a run: a metric may use it."""
        self.skipped = skipped
        """What is wrong with newer checkpoints of its run, that it therefore does not draw with."""

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
        does not draw, or a seed below 0.
        """
        return list(self.draw_each(caption, turns, seed, count, resolution))

    def draw_each(
        self,
        caption: str = "",
        turns: Sequence[str] = (),
        seed: int = 0,
        count: int = 1,
        resolution: int | None = None,
    ) -> Iterator[Image.Image]:
        """Draw as `draw` does, a few at a time: memory does not grow with the count."""
        size = self._size(resolution)
        batch = words_batch(self.assembly.parts, self.assembly.turns, caption, turns, self.device)
        return self._pictures(batch, seed, count, size)

    def start(self, seed: int = 0, caption: str = "", resolution: int | None = None) -> Session:
        """Begin a conversation; each picture of it has the noise of `seed`.

        Raises WrongInput for a resolution that it does not draw, or a seed below 0.
        """
        parts, turns, noise = self.assembly.parts, self.assembly.turns, self.assembly.noise
        size = self._size(resolution)
        return Session(parts, turns, noise, size, self.device, seed, caption)

    def draw_turns(
        self,
        caption: str = "",
        turns: Sequence[str] = (),
        seed: int = 0,
        resolution: int | None = None,
    ) -> list[Image.Image]:
        """Draw one picture a turn, or the last one alone where the painter draws no other.

        A painter that draws from the caption alone gives that picture first.
        """
        session = self.start(seed, caption, resolution)
        for text in turns:
            session.say(text)
        last_alone = self.assembly.turns.first is None
        return session.pictures[-1:] if last_alone else session.pictures

    def truncated(self, caption: str, turns: Sequence[str]) -> list[Problem]:
        """Say which of the words are too long for their encoder, which reads their beginning.

        Raises WrongInput for words that it does not know.
        """
        said, parts = conversation_of(caption, turns), self.assembly.parts
        said = evolve(said, turns=understood(parts.turn_encoder, turns))
        texts = turn_lists([said], parts.dialogue_encoder.reads, self.assembly.turns)
        return truncated_texts(parts, [said.captions], texts)

    def _pictures(self, batch: Batch, seed: int, count: int, size: int) -> Iterator[Image.Image]:
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
            for pixels in to_pixels(drawn[size]):
                yield Image.fromarray(pixels.numpy())

    def _size(self, resolution: int | None) -> int:
        if resolution is None:
            return self.resolution
        drawn = [r for r in self.assembly.parts.generator.resolutions if r <= self.resolution]
        require_drawn(resolution, drawn)
        return resolution


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
    return Painter(assembly, resolution, torch.device(device), saved.skipped, sees)


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
