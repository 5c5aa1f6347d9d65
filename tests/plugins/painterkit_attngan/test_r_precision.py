"""R-precision finds the pictures that show their own words, and only them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from painterkit.checkpoints.checkpoint import newest_checkpoint
from painterkit.checkpoints.run_folder import create_run, open_run
from painterkit.data.conversation import Conversation, Turn
from painterkit.errors import WrongInput
from painterkit.evaluation.evaluate import evaluate
from painterkit.generation.export import export
from painterkit.generation.load_painter import load_painter
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.metric import Drawn, MetricResult
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.plugins import load_plugins
from painterkit.recipe_file.render import render_recipe
from painterkit.roles import Role
from painterkit.testing.matrix import ADVERSARIAL, KIT, choices, combinations, recipe_of
from painterkit.training.launch import train

from ..conftest import Build

COUNT = 12

PLUGINS = load_plugins([KIT])


class Numbers:
    """Read the text "3" as the fourth axis; like frozen encoders it is no module."""

    width = COUNT

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        return {"numbers": torch.tensor([int(turn.text) for turn in turns])}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        return TextFeatures(torch.eye(COUNT)[tensors["numbers"]])


class Brightness:
    """See which twelfth of the range a picture's mean lies in, as an axis."""

    width, resolution = COUNT, 8

    def __call__(self, images: Tensor) -> ImageFeatures:
        place = ((images.mean(dim=(1, 2, 3)) + 1) / 2 * COUNT).long().clamp(0, COUNT - 1)
        return ImageFeatures(torch.eye(COUNT)[place])


def picture(number: int) -> Tensor:
    return torch.full((3, 16, 16), (number + 0.5) / COUNT * 2 - 1)


def measured(
    build: Build,
    captions: Sequence[int],
    shown: Sequence[int],
    turns: Sequence[Sequence[int]] | None = None,
    **settings: object,
) -> MetricResult:
    """Measure pictures that show numbers, told in captions and turns; the truth shows captions."""
    table = {"conversations": len(captions), "mismatched": 3, **settings}
    encoders = {"caption_encoder": Numbers(), "turn_encoder": Numbers()}
    metric = build(Role.METRIC, "r-precision", table, **encoders, image_encoder=Brightness())
    conversations = [
        Conversation(
            id=str(row),
            captions=(str(number),),
            turns=tuple(Turn(str(one)) for one in (turns[row] if turns else ())),
            image=row,
        )
        for row, number in enumerate(captions)
    ]
    images, truth = (torch.stack([picture(n) for n in each]) for each in (shown, captions))
    half = len(captions) // 2
    for part in (slice(0, half), slice(half, None)):
        metric.add(Drawn(conversations[part], images[part], truth[part]))
    return metric.result()


def test_pictures_that_show_their_words(build: Build) -> None:
    result = measured(build, range(8), range(8), groups=4)
    assert result.values == {"r-precision": 1.0, "std": 0.0, "real": 1.0}
    assert list(result.rows)[-1] == ("chance", 0.25, None)
    assert result.protocol["pictures"] == 8


def test_pictures_of_others_words_count_as_wrong(build: Build) -> None:
    shown = [1, 0, 2, 3, 4, 5, 6, 7]
    result = measured(build, range(8), shown, groups=2)
    assert result.values["r-precision"] == 0.75
    assert result.values["std"] == 0.25
    assert result.values["real"] == 1.0


def test_nothing_is_won_by_a_tie(build: Build) -> None:
    """A picture of none of the words is as far from its own as from the others."""
    assert measured(build, range(8), [11] * 8).values["r-precision"] == 0.0


def test_the_same_words_are_no_others(build: Build) -> None:
    captions = [0, 0, 1, 2, 3, 4]
    assert measured(build, captions, captions).values["r-precision"] == 1.0
    with pytest.raises(WrongInput, match=r"mismatched   there are the words of 2 others, 3 are"):
        measured(build, [0, 0, 0, 1, 2], [0, 0, 0, 1, 2])


def test_turns_are_read_beside_the_caption(build: Build) -> None:
    captions, turns = [0, 1, 2, 3, 4], [[5, 6], [7], [], [9, 9], [10]]
    shown = [5, 7, 2, 9, 10]
    both = measured(build, captions, shown, turns, reads=["caption", "turns"])
    assert both.values["r-precision"] == 1.0
    alone = measured(build, captions, shown, turns)
    assert alone.values["r-precision"] == 0.2


class Words(Numbers):
    """Give a number as its one word; other texts have none."""

    word_width, most_words = COUNT, 1

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        said = [int(turn.text) if turn.text.isdigit() else -1 for turn in turns]
        return {"numbers": torch.tensor(said)}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        said = tensors["numbers"]
        words = torch.eye(COUNT)[said.clamp(min=0)]
        return TextFeatures(words, words.unsqueeze(1), (said >= 0).unsqueeze(1))


def test_a_dialogue_without_a_word_is_left_out(build: Build) -> None:
    """Of its mean there is no number; the caption alone is compared then."""
    readers = {"caption_encoder": Words(), "turn_encoder": Words()}
    table = {"conversations": 5, "mismatched": 3, "reads": ["caption", "dialogue"]}
    metric = build(Role.METRIC, "r-precision", table, **readers, image_encoder=Brightness())
    told = [Conversation(str(n), (str(n),), (Turn("..."),), n) for n in range(5)]
    seen = torch.stack([picture(n) for n in range(5)])
    metric.add(Drawn(told, seen, seen))
    assert metric.result().values["r-precision"] == 1.0


def test_a_painter_that_compares_nothing_is_refused(build: Build) -> None:
    with pytest.raises(WrongInput, match="this painter has none"):
        build(Role.METRIC, "r-precision", {})
    seer = Brightness()
    seer.width = 3
    with pytest.raises(WrongInput, match="vector has 3 numbers, that of 'caption' 12"):
        build(Role.METRIC, "r-precision", {}, caption_encoder=Numbers(), image_encoder=seer)
    with pytest.raises(WrongInput, match="no words to read those of 'dialogue'"):
        build(
            Role.METRIC,
            "r-precision",
            {"reads": ["dialogue"]},
            turn_encoder=Numbers(),
            image_encoder=Brightness(),
        )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train an AttnGAN for two steps; its image encoder is as wide as its caption encoder."""
    folder = tmp_path_factory.mktemp("r-precision")
    registry = PLUGINS.registry
    base = next(one for one in choices(Role.GENERATOR, registry) if one.name == "attngan")
    loss = next(one for one in choices(Role.LOSS, registry) if one.name == ADVERSARIAL)
    recipe = recipe_of(next(combinations(base, loss, registry))[0], registry, folder)
    path = create_run(render_recipe(recipe), "attngan", folder / "run", {})
    train(recipe, PLUGINS, path, [], stopping=lambda: False)
    return path


def test_a_run_is_measured_with_its_own_encoders(run: Path) -> None:
    painter = load_painter(run, PLUGINS)
    assert painter.sees
    checkpoint, _ = newest_checkpoint(open_run(run).checkpoints)
    assert checkpoint is not None
    trained = checkpoint.model["image_encoder.linear.weight"]
    encoder = painter.assembly.parts.image_encoder
    assert encoder is not None
    assert torch.equal(encoder.get_parameter("linear.weight"), trained)
    slot = {"use": "r-precision", "conversations": 8, "mismatched": 4}
    result = evaluate(painter, PLUGINS, [slot])["r-precision"]
    assert 0.0 <= result.values["r-precision"] <= 1.0
    assert result.protocol["pictures"] == 8


def test_an_exported_file_sees_nothing(run: Path, tmp_path: Path) -> None:
    file = export(run, tmp_path / "painter.safetensors", PLUGINS)
    painter = load_painter(file, PLUGINS)
    assert not painter.sees
    with pytest.raises(WrongInput, match="an exported file has no image encoder"):
        evaluate(painter, PLUGINS, ["r-precision"])
