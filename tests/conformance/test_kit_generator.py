"""The kit passes a right generator and names what is broken in a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from attrs import evolve
from torch import Tensor, nn

from painterkit.interfaces.generator import GeneratorOutput, Noise
from painterkit.testing import check_generator
from painterkit.testing.sample_parts import SampleGenerator
from painterkit.testing.subject import Subject

Change = Callable[[SampleGenerator, GeneratorOutput], GeneratorOutput]


def with_images(output: GeneratorOutput, change: Callable[[Tensor], Tensor]) -> GeneratorOutput:
    return evolve(output, images={size: change(image) for size, image in output.images.items()})


class Base(SampleGenerator):
    """A right generator whose output a test breaks."""

    def forward(
        self,
        embedding: Tensor,
        noise: Noise,
        state: Any = None,
        largest: int | None = None,
    ) -> GeneratorOutput:
        output = super().forward(*self.given(embedding, noise, state), largest)
        return self.broken(output)

    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        return embedding, noise, state

    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        return output


class LeavesTheRange(Base):
    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        return with_images(output, lambda image: 1.7 * image)


class LeavesTheRangeWhenTrained(Base):
    """Is small at the start and unbounded after."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.5))

    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        return with_images(output, lambda image: self.scale * image)


class ForgetsLargest(Base):
    def forward(self, embedding: Tensor, noise: Noise, state: Any = None, largest: Any = None):
        return super().forward(embedding, noise, state, None)


class DrawsTheWrongSize(Base):
    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        return with_images(output, lambda image: image[:, :, 1:])


class LacksACondition(Base):
    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        return evolve(output, conditions={8: output.conditions[8]})


class IgnoresTheEmbedding(Base):
    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        return embedding * 0, noise, state


class IgnoresANoise(Base):
    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        return embedding, {**noise, "z": noise["z"] * 0}, state


class DrawsItsOwnNoise(Base):
    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        return embedding, {**noise, "z": noise["z"] + torch.randn(5)}, state


class LeaksRows(Base):
    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        return embedding - embedding.mean(dim=0), noise, state


class HasAnUnusedWeight(Base):
    def __init__(self) -> None:
        super().__init__()
        self.forgotten = nn.Linear(3, 3)


class KeepsWhatIsNotInItsState(Base):
    """Draws with numbers that no checkpoint holds."""

    def __init__(self) -> None:
        super().__init__()
        self.secret = torch.rand(1)

    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        return with_images(output, lambda image: image * self.secret)


class SharesMemory(Base):
    """Has one tensor under two names, which safetensors cannot hold."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("one", torch.ones(4))
        self.register_buffer("other", self.one)


class ForgetsTheTurnBefore(Base):
    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        return embedding, noise, None if state is None else {"hidden": 0 * state["hidden"]}


class GivesNoState(Base):
    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        return evolve(output, state=None)


class ChangesTheStateInPlace(Base):
    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        if state is not None:
            with torch.no_grad():
                state["hidden"] += 0.1
        return embedding, noise, None if state is None else {"hidden": state["hidden"].clone()}


class RemembersInItself(Base):
    """Goes on from the turn before even where it is to draw alone."""

    def __init__(self) -> None:
        super().__init__()
        self.last: Tensor | None = None

    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        kept = self.last if state is None else state
        return embedding, noise, kept

    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        if output.state is not None:
            self.last = {"hidden": output.state["hidden"].detach()}
        return output


class IsNotBypassed(Base):
    """Runs its recurrence from an empty memory where it is to draw alone."""

    def given(self, embedding: Tensor, noise: Noise, state: Any) -> tuple[Any, ...]:
        if state is None:
            state = {"hidden": torch.zeros(len(embedding), 16)}
        return embedding, noise, state


class GivesAStateThatItNeverBegan(Base):
    def begin(self, batch_size: int, device: torch.device) -> Any:
        return None

    def broken(self, output: GeneratorOutput) -> GeneratorOutput:
        return evolve(output, state={"hidden": torch.zeros(5, 16)})


class DeclaresFallingResolutions(Base):
    def __init__(self) -> None:
        super().__init__()
        self.resolutions = (16, 8)


BROKEN = [
    (LeavesTheRange, r"leaves \[-1, 1\]: it reaches 1\.\d+"),
    (LeavesTheRangeWhenTrained, r"leaves \[-1, 1\].* with large inputs and weights"),
    (ForgetsLargest, r"with largest=8: it gives pictures at \[8, 16\] px instead of \[8\]"),
    (DrawsTheWrongSize, r"picture at 8 px has the shape \[5, 3, 7, 8\] instead of \[5, 3, 8, 8\]"),
    (LacksACondition, r"it gives conditions at \[8\] px instead of \[8, 16\]"),
    (IgnoresTheEmbedding, "the picture at 8 px does not depend on the embedding"),
    (IgnoresANoise, "no picture depends on the noise 'z'"),
    (DrawsItsOwnNoise, "in eval mode the same inputs give two results"),
    (LeaksRows, "row 0 of a batch is not what it is alone"),
    (HasAnUnusedWeight, r"no gradient reaches 'forgotten\.weight'"),
    (KeepsWhatIsNotInItsState, "something that matters is not in it"),
    (SharesMemory, "does not fit in safetensors"),
    (ForgetsTheTurnBefore, "turn 2 does not depend on turn 1"),
    (GivesNoState, "given a state, it gives none back for the next turn"),
    (ChangesTheStateInPlace, "drawing changes the state that it is given"),
    (RemembersInItself, r"\(state=None\), a turn depends on what was drawn before"),
    (IsNotBypassed, r"drawn alone \(state=None\), a turn reaches every weight"),
    (GivesAStateThatItNeverBegan, r"begin\(\) gives no state, but drawing gives one"),
    (DeclaresFallingResolutions, r"must be rising heights, and are \[16, 8\]"),
]


def test_a_right_generator_with_memory_passes(subject: Callable[[Any], Subject]) -> None:
    check_generator(subject(SampleGenerator))


@pytest.mark.parametrize(
    ("broken", "words"), BROKEN, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_broken_generator_is_named(
    subject: Callable[[Any], Subject], broken: type[SampleGenerator], words: str
) -> None:
    with pytest.raises(AssertionError, match=words) as raised:
        check_generator(subject(broken))
    assert str(raised.value).startswith("it")
