"""A conversation with a painter: say something, see the picture, say more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from attrs import evolve, frozen
from PIL import Image
from torch import Tensor

from painterkit.data import Turn
from painterkit.errors import Problem, WrongInput
from painterkit.generation.draw import seeded_noise_at, to_pixels
from painterkit.generation.hearing import Heard, Hearing, whole_characters
from painterkit.generation.said_words import words_after, words_at_first
from painterkit.generation.words import encoded
from painterkit.interfaces.dialogue_encoder import ReadsTurnByTurn
from painterkit.interfaces.generator import GeneratorOutput, State
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.reading import Told
from painterkit.interfaces.samplers import NoiseSampler, TurnSampler
from painterkit.interfaces.unrolled import NoiseAt

HELD = 16
"""So many moments keep what the generator remembers after them; whoever takes back more has the
conversation drawn again. At 256 px one of them is 7 MB."""


@frozen(eq=False)
class Moment:
    """What a session knows after a turn: of the words, and of the picture.

    `heard` is None at the moment before the first turn. `vector` [1, D] is what the turn encoder
    made of the turn, `reading` the dialogue encoder's state and `told` what was read so far, of one
    conversation. Nothing in it is ever changed, so that a session can go back to it.
    """

    heard: Heard | None
    vector: Tensor
    reading: Any
    told: Told
    memory: State | None = None
    picture: Image.Image | None = None


class Session:
    """Talk with a painter, turn by turn.

    session = load_painter("runs/demo").start(seed=0)
    picture = session.say("hair colour: red")
    session.undo()

    Parts that no recipe has put together can be talked with as well: `Session(parts, turns, noise,
    resolution=64)`. They are put in eval mode. Raises WrongInput for a resolution that the
    generator does not draw, or a seed below 0.

    Each picture is the one that `Painter.draw` gives for all that was said. A turn costs the same
    however long the conversation is, where the dialogue encoder is causal; one that is not reads
    the vectors of all turns again.
    """

    def __init__(
        self,
        parts: Parts,
        turns: TurnSampler,
        noise: NoiseSampler,
        resolution: int,
        device: torch.device | str = "cpu",
        seed: int = 0,
        caption: str = "",
        hearing: Hearing | None = None,
    ) -> None:
        require_drawn(resolution, parts.generator.resolutions)
        self.parts = parts.eval()
        self.hearing = hearing or Hearing(parts.turn_encoder)
        self.turn_sampler = turns
        self.noise = noise
        self.resolution = resolution
        self.device = device = torch.device(device)
        self.seed: int = seed
        self.caption = whole_characters(caption)
        self._caption_vector, words = encoded(self.parts, "caption", [self.caption], device)
        self._first_words = words_at_first(self.parts, words, device)
        remembers = self.turn_sampler.first is not None
        self._no_memory = self.parts.generator.begin(1, device) if remembers else None
        self._noise_at = self._noise_of(seed)
        self.moments = [self._begin(self._noise_at)]

    @property
    def turns(self) -> list[Turn]:
        """What was said so far, as it was understood."""
        return [heard.turn for heard in self.heard]

    @property
    def heard(self) -> list[Heard]:
        """What was said so far, with what the turn encoder reads of it."""
        return [moment.heard for moment in self.moments if moment.heard is not None]

    @property
    def pictures(self) -> list[Image.Image]:
        """The pictures so far: one a turn, and before them the caption's, if that is drawn."""
        return [moment.picture for moment in self.moments if moment.picture is not None]

    @property
    def words(self) -> list[str]:
        """What was said last before each of the pictures: the caption, or a turn."""
        drawn = [moment for moment in self.moments if moment.picture is not None]
        return [self.caption if one.heard is None else one.heard.turn.text for one in drawn]

    @property
    def picture(self) -> Image.Image | None:
        """The picture as it is now; None before the first turn, if nothing is drawn then."""
        return self.moments[-1].picture

    def say(self, text: str) -> Image.Image:
        """Say one thing more and return the picture.

        Raises WrongInput for words that the painter does not know; the session goes on then.
        """
        heard = self.hearing.hear(text, self.turns)
        moment = self._drawn(self._read(heard), self.moments, self._noise_at)
        self.moments = _followed_by(self.moments, moment)
        assert moment.picture is not None, "a moment after a turn is always drawn"
        return moment.picture

    def output(self) -> GeneratorOutput:
        """Draw the picture as it is now once more, and return all that the generator gives."""
        return self._output(self.moments[-1], self.moments[:-1], self._noise_at)

    def undo(self) -> Image.Image | None:
        """Take back the last turn and return the picture before it.

        Raises WrongInput where nothing was said.
        """
        if len(self.moments) == 1:
            raise WrongInput(Problem("", "there is nothing to take back: nothing was said"))
        moments = self.moments[:-1]
        forgotten = moments[-1].memory is None and moments[0].memory is not None
        self.moments = self._drawn_again(moments, self._noise_at) if forgotten else moments
        return self.picture

    def again(self, seed: int | None = None) -> Image.Image | None:
        """Draw everything that was said again, with another seed; the next one if none is given.

        Raises WrongInput for a seed below 0 or from 2^63 on; the session goes on then.
        """
        seed = self.seed + 1 if seed is None else seed
        noise_at = self._noise_of(seed)
        self.moments = self._drawn_again(self.moments, noise_at)
        self.seed, self._noise_at = seed, noise_at
        return self.picture

    def _noise_of(self, seed: int) -> NoiseAt:
        return seeded_noise_at(self.noise, self.parts, [seed], self.device)

    def _begin(self, noise_at: NoiseAt) -> Moment:
        """Return the moment before the first turn, drawn where the painter draws it.

        One that draws every moment alone can draw it too, if there is a caption to draw from.
        """
        nothing = self._caption_vector.new_zeros(1, self.parts.turn_encoder.width)
        silence = self._caption_vector.new_zeros(1, self.parts.dialogue_encoder.width)
        told = Told(self.parts.told(self._caption_vector, silence), self._first_words)
        moment = Moment(None, nothing, None, told, self._no_memory)
        first = self.turn_sampler.first
        drawn = first == -1 or (first is None and bool(self.caption.strip()))
        return self._drawn(moment, [], noise_at) if drawn else moment

    @torch.inference_mode()
    def _read(self, heard: Heard) -> Moment:
        """Return the moment after a turn, not yet drawn."""
        before, encoder = self.moments[-1], self.parts.dialogue_encoder
        if encoder.width == 0:
            return evolve(before, heard=heard)
        text = heard.read
        if encoder.reads == "joined":
            text = " ".join(one.read for one in [*self.heard, heard])
        vector, words = encoded(self.parts, "dialogue", [text], self.device)
        reading = None
        if isinstance(encoder, ReadsTurnByTurn) and encoder.causal:
            dialogue, reading = encoder.step(vector, before.reading)
        else:
            vectors = torch.cat([*(moment.vector for moment in self.moments[1:]), vector])
            mask = torch.ones(1, len(vectors), dtype=torch.bool, device=self.device)
            drawn = torch.tensor([[len(vectors) - 1]], device=self.device)
            dialogue = self.parts.dialogue_encoder(vectors.unsqueeze(0), mask, drawn)[:, 0]
        embedding = self.parts.told(self._caption_vector, dialogue)
        said = words_after(self.parts, before.told.words, vector, words)
        return Moment(heard, vector, reading, Told(embedding, said))

    def _drawn(self, moment: Moment, before: Sequence[Moment], noise_at: NoiseAt) -> Moment:
        """Return a moment with its picture, drawn after those before it."""
        output = self._output(moment, before, noise_at)
        kept = output.state if self._no_memory is not None else None
        return evolve(moment, memory=kept, picture=picture_of(output, self.resolution))

    @torch.inference_mode()
    def _output(
        self, moment: Moment, before: Sequence[Moment], noise_at: NoiseAt
    ) -> GeneratorOutput:
        """Draw a moment after those before it.

        To a painter that reads no turns every moment is the one before the first turn.
        """
        place, memory = -1, self._no_memory
        if before and self.parts.dialogue_encoder.width:
            place, memory = len(before) - 1, before[-1].memory
        noise = noise_at(torch.tensor([place]))
        return self.parts.draw(moment.told, noise, memory, largest=self.resolution)

    def _drawn_again(self, moments: Sequence[Moment], noise_at: NoiseAt) -> list[Moment]:
        again = [self._begin(noise_at)]
        for moment in moments[1:]:
            again = _followed_by(again, self._drawn(moment, again, noise_at))
        return again


def require_drawn(resolution: int, drawn: Sequence[int]) -> None:
    """Raise WrongInput for a resolution that is not among those that a painter draws."""
    if resolution not in drawn:
        raise WrongInput(
            Problem(
                "resolution",
                f"the painter draws no picture of {resolution} px",
                f"it draws {', '.join(map(str, drawn))}",
            )
        )


def picture_of(output: GeneratorOutput, resolution: int) -> Image.Image:
    """Return the picture of a resolution, of the first conversation."""
    image = output.images[resolution][:1].float().clamp(-1, 1)
    return Image.fromarray(to_pixels(image)[0].numpy())


def _followed_by(moments: Sequence[Moment], last: Moment) -> list[Moment]:
    """Return moments with one more; what was remembered long before it is forgotten."""
    followed = [*moments, last]
    if len(followed) > HELD + 1:
        followed[-HELD - 1] = evolve(followed[-HELD - 1], memory=None)
    return followed
