"""A painter: an assembled, trained model that draws from anyone's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import torch
from PIL import Image

from painterkit.assembly import Assembly
from painterkit.data import Batch
from painterkit.data.told import turn_lists
from painterkit.errors import Problem, WrongInput
from painterkit.generation.draw import draw_batch, to_pixels
from painterkit.generation.hearing import Hearing, told_attributes
from painterkit.generation.saved import UsedCheckpoint
from painterkit.generation.session import Session, require_drawn
from painterkit.generation.truncation import truncated_texts
from painterkit.generation.words import conversation_of, words_batch

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
        checkpoint: UsedCheckpoint | None = None,
    ) -> None:
        self.assembly = assembly
        self.resolution = resolution
        """Height of the finest picture that its training has reached, in pixels."""
        self.device = device
        self.sees = sees
        """Whether its image encoder has its weights, as that of a run: a metric may use it."""
        self.skipped = skipped
        """What is wrong with newer checkpoints of its run, that it therefore does not draw with."""
        self.checkpoint = checkpoint
        """The checkpoint of its run that it draws with; None for one that is of no run."""

    @cached_property
    def hearing(self) -> Hearing:
        """What it understands of anyone's turns, where its data's turns tell attributes."""
        attributes = told_attributes(self.assembly.dataset)
        return Hearing(self.assembly.parts.turn_encoder, attributes)

    @property
    def example_turn(self) -> str:
        """A turn that its data know, such as "hair colour: black"; "" where they tell none."""
        known = told_attributes(self.assembly.dataset)
        turns = (f"{name.replace('_', ' ')}: {of[0]}" for name, of in known.items() if of)
        return next(turns, "")

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
        does not draw, a caption where it reads none, or a seed below 0.
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
        self._require_reading(caption)
        heard = self.hearing.hear_all(turns)
        batch = words_batch(self.assembly.parts, self.assembly.turns, caption, heard, self.device)
        return self._pictures(batch, seed, count, size)

    def start(self, seed: int = 0, caption: str = "", resolution: int | None = None) -> Session:
        """Begin a conversation; each picture of it has the noise of `seed`.

        Raises WrongInput for a resolution that it does not draw, a caption where it reads none, or
        a seed below 0.
        """
        parts, turns, noise = self.assembly.parts, self.assembly.turns, self.assembly.noise
        size = self._size(resolution)
        self._require_reading(caption)
        return Session(parts, turns, noise, size, self.device, seed, caption, self.hearing)

    def draw_turns(
        self,
        caption: str = "",
        turns: Sequence[str] = (),
        seed: int = 0,
        resolution: int | None = None,
    ) -> list[Image.Image]:
        """Draw one picture a turn, or the last one alone where the painter draws no other.

        A painter that draws from the caption alone gives that picture first. Raises WrongInput as
        `draw` does.
        """
        self.hearing.hear_all(turns)  # what it refuses is refused before anything is drawn
        session = self.start(seed, caption, resolution)
        for text in turns:
            session.say(text)
        last_alone = self.assembly.turns.first is None
        return session.pictures[-1:] if last_alone else session.pictures

    def doubts(self, caption: str, turns: Sequence[str]) -> list[Problem]:
        """Say which words are too long for their encoder, and which turns have none that is known.

        Raises WrongInput for turns that it refuses.
        """
        heard, parts = self.hearing.hear_all(turns), self.assembly.parts
        said = conversation_of(caption, heard)
        texts = turn_lists([said], parts.dialogue_encoder.reads, self.assembly.turns)
        unknown = [one.doubt for one in heard if one.doubt is not None]
        return unknown + truncated_texts(parts, [said.captions], texts)

    def _require_reading(self, caption: str) -> None:
        """Raise WrongInput for a caption that no picture would show."""
        if caption.strip() and not self.assembly.parts.reads_caption:
            hint = "say it in a turn"
            hint += f", such as '{self.example_turn}'" if self.example_turn else ""
            raise WrongInput(Problem("caption", "this painter reads no caption", hint))

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
