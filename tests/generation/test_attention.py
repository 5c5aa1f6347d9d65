"""Where a generator looked, word by word, and the picture of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from painterkit.data import Turn
from painterkit.errors import WrongInput
from painterkit.generation.attention import LookedAt, StageAttention, attention_of
from painterkit.generation.attention_strip import SHOWN, attention_strip
from painterkit.generation.painter import Painter
from painterkit.generation.session import Session, picture_of
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.plugins import load_plugins

from ..small_recipe import SMALL, assemble_table

CAPTION, TURNS = "a small red star", ("Is it large? No.", "it is blue")
PHASE = {
    "name": "only",
    "until": {"steps": 1},
    "batch": 4,
    "optimizers": {
        "generator": {"train": ["generator"]},
        "discriminator": {"train": ["discriminators.8"]},
    },
    "step": {"use": "adversarial", "resolutions": [8], "losses": {"one": "matching-aware"}},
}


def painter_of(cache: Path, words: Sequence[str], **parts: Any) -> Painter:
    """Return a painter that looks at words, with random weights so large that they differ."""
    generator = {"use": "attngan", "resolutions": [8, 16], "channels": 4, "words": words}
    reader = {"use": "word-lstm", "width": 8, "embedding": 6, "vocabulary": 20}
    named = {**SMALL["parts"], "caption_encoder": reader, "generator": generator, **parts}
    table = {**SMALL, "parts": named, "phases": [PHASE]}
    assembly = assemble_table(table, load_plugins().registry, cache)
    random = torch.Generator().manual_seed(0)
    for weight in assembly.parts.generator.parameters():
        if weight.dim() > 1:
            scale = 2.0 / weight[0].numel() ** 0.5
            weight.data = scale * torch.randn(weight.shape, generator=random)
    return Painter(assembly, 16, torch.device("cpu"))


def talk(painter: Painter, caption: str = CAPTION, turns: Sequence[str] = TURNS) -> Session:
    session = painter.start(seed=1, caption=caption)
    for text in turns:
        session.say(text)
    return session


def named(session: Session) -> list[str]:
    [stage] = attention_of(session)
    return sorted(one.word for one in stage.looked_at)


SAID = {
    "caption": ["a", "small", "red", "star"],
    "dialogue": ["is", "it", "large", "?", "no", "it", "is", "blue"],
    "turns": list(TURNS),
}


@pytest.mark.parametrize(
    "words", [["caption"], ["dialogue"], ["turns"], ["turns", "caption", "dialogue"]]
)
def test_each_word_said_so_far_has_its_map(tmp_path: Path, words: list[str]) -> None:
    session = talk(painter_of(tmp_path, words))
    [stage] = attention_of(session)
    assert sorted(one.word for one in stage.looked_at) == sorted(
        word for source in words for word in SAID[source]
    )
    assert stage.picture.tobytes() == session.pictures[-1].tobytes()
    shares = [one.share for one in stage.looked_at]
    assert shares == sorted(shares, reverse=True)
    total = torch.stack([one.weights for one in stage.looked_at]).sum(dim=0)
    torch.testing.assert_close(total, torch.ones(8, 8))


def test_a_map_is_that_of_its_word(tmp_path: Path) -> None:
    session = talk(painter_of(tmp_path, ["caption", "turns"]))
    [stage] = attention_of(session)
    maps: Any = session.output().attention[16]
    by_word = {one.word: one.weights for one in stage.looked_at}
    for source, texts in (("caption", SAID["caption"]), ("turns", SAID["turns"])):
        for place, word in enumerate(texts):
            assert torch.equal(by_word[word], maps[source][0, place])


def test_words_that_are_not_read_are_not_named(tmp_path: Path) -> None:
    reader = {"use": "word-lstm", "width": 8, "embedding": 6, "vocabulary": 20, "most_words": 3}
    painter = painter_of(tmp_path, ["caption", "dialogue"], caption_encoder=reader)
    assert named(talk(painter)) == sorted(
        ["a", "small", "red", "is", "it", "large", *TURNS[1].split()]
    )


def test_turns_read_as_one_text_are_one_word(tmp_path: Path) -> None:
    joined: dict[str, Any] = {"dialogue_encoder": "non-recurrent"}
    assert named(talk(painter_of(tmp_path, ["turns"], **joined))) == [" ".join(TURNS)]
    assert named(talk(painter_of(tmp_path, ["dialogue"], **joined))) == sorted(SAID["dialogue"])


@pytest.mark.parametrize("reader", ["non-recurrent", {"use": "bilstm", "hidden": 6}])
def test_before_the_first_turn_there_is_the_caption_alone(tmp_path: Path, reader: Any) -> None:
    words = ["caption", "dialogue", "turns"]
    painter = painter_of(tmp_path, words, dialogue_encoder=reader)
    assert named(talk(painter, turns=())) == sorted(SAID["caption"])


class Silent(nn.Module):
    """A text encoder with words that does not say which they are."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self.width, self.word_width = encoder.width, encoder.word_width
        self.most_words, self.fingerprint = encoder.most_words, "silent"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        return self.encoder.prepare(turns)

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        return self.encoder(tensors)


def test_words_without_names_are_numbered(tmp_path: Path) -> None:
    painter = painter_of(tmp_path, ["caption"])
    parts = painter.assembly.parts
    parts.caption_encoder = Silent(parts.caption_encoder)
    assert named(talk(painter)) == [f"word {number}" for number in range(1, 5)]


def test_the_last_picture_can_be_drawn_again_with_all_that_the_generator_gives(
    tmp_path: Path,
) -> None:
    session = talk(painter_of(tmp_path, ["caption"]))
    output = session.output()
    assert list(output.images) == [8, 16]
    assert picture_of(output, 16).tobytes() == session.pictures[-1].tobytes()


@pytest.mark.parametrize(
    ("words", "caption", "turns", "sentence"),
    [
        (["caption"], " ", TURNS, "looks at those of the caption; say some"),
        (["turns"], CAPTION, (), "looks at those of the turns; say some"),
        (["dialogue", "turns"], CAPTION, (), "looks at those of the turns; say some"),
        (["caption", "turns"], "", (), "looks at those of the caption and the turns; say some"),
    ],
)
def test_where_nothing_was_said_there_is_nothing_to_look_at(
    tmp_path: Path, words: list[str], caption: str, turns: Sequence[str], sentence: str
) -> None:
    session = talk(painter_of(tmp_path, words), caption, turns)
    with pytest.raises(WrongInput) as raised:
        attention_of(session)
    assert str(raised.value) == (
        f"attention   there is no word to look at: the generator {sentence}"
    )


def test_a_generator_that_does_not_look_is_refused(tmp_path: Path) -> None:
    painter = painter_of(tmp_path, [], generator=SMALL["parts"]["generator"])
    with pytest.raises(WrongInput) as raised:
        attention_of(talk(painter))
    assert str(raised.value) == (
        "attention   the painter's generator looks at no words; one that does is 'attngan'"
    )


def test_the_coarsest_picture_is_drawn_without_looking(tmp_path: Path) -> None:
    painter = painter_of(tmp_path, ["caption"])
    with pytest.raises(WrongInput, match="the generator does not tell where it looks up to 8 px"):
        attention_of(painter.start(caption=CAPTION, resolution=8))


def stage_of(*maps: Tensor, size: int = 128) -> StageAttention:
    white = Image.new("RGB", (size, size), "white")
    return StageAttention(white, [LookedAt(f"word{n}", one) for n, one in enumerate(maps)])


def test_it_is_bright_where_the_word_was_looked_at() -> None:
    left, little = torch.zeros(8, 8), torch.full((8, 8), 0.01)
    left[:, :4] = 0.5
    shown = np.asarray(attention_strip([stage_of(left, little)]).convert("L"))
    gap, side = 8, 128
    cells = [shown[gap : gap + side, n * (side + gap) + gap :][:, :side] for n in range(3)]
    assert cells[0].min() == 255, "the picture itself"
    assert cells[1][:, :50].min() == 255
    assert cells[1][:, 78:].max() < 50
    assert cells[2].min() == 255, "looked at everywhere alike, however little"


def test_a_row_for_each_stage_and_so_many_words_at_most() -> None:
    maps = [torch.rand(8, 8) for _ in range(SHOWN + 3)]
    coarse, fine = stage_of(*maps, size=64), stage_of(*maps)
    one, both = attention_strip([fine]), attention_strip([coarse, fine])
    assert both.width == one.width == attention_strip([stage_of(*maps[:SHOWN])]).width
    assert both.height == 2 * one.height
