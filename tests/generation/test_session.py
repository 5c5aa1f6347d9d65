"""A session draws what a painter draws that is told everything at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from attrs import evolve
from PIL import Image

from painterkit.errors import WrongInput
from painterkit.generation.painter import Painter
from painterkit.generation.session import HELD, Session
from painterkit.plugins import load_plugins

from ..attribute_pairs import AttributePairs
from ..small_recipe import SMALL, Table, assemble_table

CAPTION = "a small star"
SAID = ("What is its shape? A star.", "colour: red", "Is it large? No.", "now it is blue")
ATTRIBUTES = ("shape: star", "Colour: red", "size: small", "no, blue", "shape: circle")

TREE = {"use": "stackgan-pp", "resolutions": [8, 16], "channels": 8, "noise": 5}
READER = {"use": "reader", "embedding": 6, "layer": 7, "hidden": 9, "width": 8}
TURNS = {"turns": "uniform-time"}
CAPTION_TOO = {"turns": {"use": "uniform-time", "caption": True}}
RENEWED = {"noise": {"use": "gaussian", "renewed": ["epsilon"]}}

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

PAINTERS: dict[str, tuple[Table, Table]] = {
    "causal, with a GRU": ({"dialogue_encoder": READER}, TURNS),
    "causal, with an LSTM": (
        {"dialogue_encoder": READER, "generator": {**TREE, "memory": "lstm"}},
        TURNS,
    ),
    "causal, from the caption on": ({"dialogue_encoder": READER}, CAPTION_TOO),
    "causal, noise renewed": ({"dialogue_encoder": READER}, {**CAPTION_TOO, **RENEWED}),
    "causal, without a memory": ({"dialogue_encoder": READER, "generator": TREE}, TURNS),
    "causal, last turn alone": ({"dialogue_encoder": READER}, {}),
    "reads again": ({"dialogue_encoder": {"use": "bilstm", "hidden": 6}}, TURNS),
    "joined": ({"dialogue_encoder": "non-recurrent"}, TURNS),
    "joined, last turn alone": ({"dialogue_encoder": "non-recurrent", "generator": TREE}, {}),
    "no dialogue": ({"dialogue_encoder": "none"}, CAPTION_TOO),
    "no dialogue, noise renewed": ({"dialogue_encoder": "none"}, {**TURNS, **RENEWED}),
    "attributes": ({"dialogue_encoder": READER, "turn_encoder": "attribute-value"}, TURNS),
}


def small_painter(name: str, cache: Path) -> Painter:
    """Return a painter of parts with random weights whose pictures differ a lot."""
    parts, samplers = PAINTERS[name]
    parts = {**SMALL["parts"], "generator": {**TREE, "memory": "gru"}, **parts}
    table = {**SMALL, "parts": parts, "samplers": samplers, "phases": [PHASE]}
    assembly = assemble_table(table, load_plugins().registry, cache)
    random = torch.Generator().manual_seed(0)
    for part in (assembly.parts.dialogue_encoder, assembly.parts.generator):
        for weight in part.parameters():
            if weight.dim() > 1:
                scale = 2.0 / weight[0].numel() ** 0.5
                weight.data = scale * torch.randn(weight.shape, generator=random)
    return Painter(assembly, 16, torch.device("cpu"))


@pytest.fixture(params=PAINTERS)
def painter(request: pytest.FixtureRequest, tmp_path: Path) -> Painter:
    return small_painter(request.param, tmp_path)


@pytest.fixture
def reader(tmp_path: Path) -> Painter:
    return small_painter("causal, with a GRU", tmp_path)


def said_to(painter: Painter) -> tuple[str, ...]:
    return ATTRIBUTES if hasattr(painter.assembly.parts.turn_encoder, "understand") else SAID


def difference(one: Image.Image | None, other: Image.Image | None) -> int:
    """Return the largest difference between two pictures, in levels of 256."""
    assert one is not None
    assert other is not None
    assert one.size == other.size
    return int(np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int)).max())


def assert_as_drawn_at_once(session: Session, painter: Painter, said: list[str]) -> None:
    [expected] = painter.draw(session.caption, said, seed=session.seed)
    assert difference(session.picture, expected) <= 1


def test_every_turn_is_as_drawn_at_once(painter: Painter) -> None:
    session = painter.start(seed=3, caption=CAPTION)
    said: list[str] = []
    for text in said_to(painter):
        said.append(text)
        assert session.say(text) is session.picture
        assert_as_drawn_at_once(session, painter, said)
        assert len(session.turns) == len(said)
    different = {picture.tobytes() for picture in session.pictures}
    reads_turns = painter.assembly.parts.dialogue_encoder.width > 0
    assert len(different) == (len(session.pictures) if reads_turns else 1)
    assert all(np.asarray(picture).std() > 10 for picture in session.pictures)


def test_parts_alone_are_talked_with_as_a_painter_is(reader: Painter) -> None:
    parts, turns, noise = reader.assembly.parts, reader.assembly.turns, reader.assembly.noise
    parts.train()
    session = Session(parts, turns, noise, resolution=8, seed=3, caption=CAPTION)
    ours = [session.say(text) for text in SAID]
    theirs = reader.start(seed=3, caption=CAPTION, resolution=8)
    assert [one.tobytes() for one in ours] == [theirs.say(text).tobytes() for text in SAID]
    for resolution in (7, 32):
        with pytest.raises(WrongInput, match=f"draws no picture of {resolution} px; it draws 8, 1"):
            Session(parts, turns, noise, resolution)


def test_what_was_taken_back_is_as_if_never_said(painter: Painter) -> None:
    texts = said_to(painter)
    session = painter.start(caption=CAPTION)
    for text in texts[:3]:
        session.say(text)
    before = session.pictures[-2]
    assert session.undo() is before
    assert session.undo() is session.picture
    session.say(texts[2])
    fresh = painter.start(caption=CAPTION)
    for text in (texts[0], texts[2]):
        fresh.say(text)
    assert session.turns == fresh.turns
    for one, other in zip(session.pictures, fresh.pictures, strict=True):
        assert one.tobytes() == other.tobytes()


def test_again_is_the_same_words_with_other_noise(painter: Painter) -> None:
    said = list(said_to(painter))
    session = painter.start(seed=3, caption=CAPTION)
    for text in said:
        session.say(text)
    first = session.pictures
    assert session.again() is session.picture
    assert session.seed == 4
    assert_as_drawn_at_once(session, painter, said)
    assert all(
        one.tobytes() != other.tobytes() for one, other in zip(session.pictures, first, strict=True)
    )
    session.again(3)
    assert [one.tobytes() for one in session.pictures] == [one.tobytes() for one in first]


def test_the_caption_is_drawn_before_the_first_turn(tmp_path: Path) -> None:
    painter = small_painter("causal, from the caption on", tmp_path)
    session = painter.start(caption=CAPTION)
    assert_as_drawn_at_once(session, painter, [])
    session.say(SAID[0])
    assert session.words == [CAPTION, SAID[0]]
    assert session.undo() is session.pictures[0]
    drawn = painter.draw_turns(CAPTION, SAID[:2])
    session.say(SAID[0])
    session.say(SAID[1])
    assert [one.tobytes() for one in drawn] == [one.tobytes() for one in session.pictures]


def test_a_caption_is_drawn_by_a_painter_that_draws_each_moment_alone(tmp_path: Path) -> None:
    painter = small_painter("causal, last turn alone", tmp_path)
    assert_as_drawn_at_once(painter.start(caption=CAPTION), painter, [])
    assert painter.start(caption=" ").picture is None
    assert len(painter.draw_turns(CAPTION, SAID)) == 1


def test_nothing_is_drawn_before_the_first_turn(reader: Painter) -> None:
    session = reader.start()
    assert (session.picture, session.pictures, session.turns) == (None, [], [])
    assert session.again() is None
    assert session.seed == 1
    with pytest.raises(WrongInput, match="nothing to take back"):
        session.undo()
    session.say(SAID[0])
    assert_as_drawn_at_once(session, reader, [SAID[0]])
    assert session.undo() is None


def test_a_hundred_turns_and_back_to_the_first(reader: Painter) -> None:
    """What was forgotten on the way is drawn again."""
    session = reader.start(seed=5)
    count = 100
    for number in range(count):
        session.say(f"turn {number}")
    pictures = session.pictures
    assert sum(moment.memory is not None for moment in session.moments[1:]) == HELD
    assert_as_drawn_at_once(session, reader, [f"turn {number}" for number in range(count)])
    for number in reversed(range(1, count)):
        assert difference(session.undo(), pictures[number - 1]) == 0
        if number in (count - HELD, 40, 1):
            session.say("other words")
            told = [*(f"turn {one}" for one in range(number)), "other words"]
            assert_as_drawn_at_once(session, reader, told)
            session.undo()
    assert session.undo() is None


def test_words_that_are_not_known_leave_the_session_as_it_was(tmp_path: Path) -> None:
    painter = small_painter("attributes", tmp_path)
    session = painter.start()
    session.say("shape: star")
    for text in ("hat: blue", "colour: mauve", "", "\U0001f600", "x" * 1_000_000):
        with pytest.raises(WrongInput):
            session.say(text)
    assert [turn.text for turn in session.turns] == ["shape: star"]
    session.say("blue")
    assert [(turn.attribute, turn.value) for turn in session.turns] == [
        ("shape", "star"),
        ("colour", "blue"),
    ]
    assert_as_drawn_at_once(session, painter, ["shape: star", "colour: blue"])


def test_a_correction_in_free_words_is_drawn_as_the_pair_that_it_means(tmp_path: Path) -> None:
    painter = small_painter("causal, with a GRU", tmp_path)
    pairs = evolve(painter.assembly, dataset=AttributePairs(16))
    painter = Painter(pairs, painter.resolution, painter.device)
    said = ["shape: star", "a small one", "Colour = red", "no, blue", "is it large? Yes: very"]
    session, full = painter.start(seed=3), painter.start(seed=3)
    for number, text in enumerate(said, 1):
        session.say(text)
        assert_as_drawn_at_once(session, painter, said[:number])
    for text in ("shape: star", "a small one", "colour: red", "colour: blue", said[-1]):
        full.say(text)
    assert [one.tobytes() for one in session.pictures] == [one.tobytes() for one in full.pictures]
    assert session.words == said, "they are shown as they were typed"
    for text in ("hat: blue", "colour: mauve", "x" * 1_000_000):
        for draw in (session.say, lambda one: painter.draw(turns=[one])):
            with pytest.raises(WrongInput):
                draw(text)
    session.undo()
    session.undo()
    assert session.turns[-1].value == "red"
    session.say("no, green")
    assert_as_drawn_at_once(session, painter, [*said[:3], "colour: green"])
    session.again()
    assert_as_drawn_at_once(session, painter, [*said[:3], "colour: green"])


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_that_is_none_leaves_the_session_as_it_was(reader: Painter, seed: int) -> None:
    with pytest.raises(WrongInput, match="seed"):
        reader.start(seed)
    session = reader.start()
    picture = session.say(SAID[0])
    with pytest.raises(WrongInput, match="seed"):
        session.again(seed)
    assert (session.seed, session.picture) == (0, picture)
    session.say(SAID[1])
    assert_as_drawn_at_once(session, reader, list(SAID[:2]))


def test_a_coarser_picture(reader: Painter) -> None:
    session = reader.start(resolution=8)
    for text in SAID:
        session.say(text)
    [expected] = reader.draw(turns=SAID, resolution=8)
    assert difference(session.picture, expected) <= 1
    with pytest.raises(WrongInput, match="draws no picture of 9 px"):
        reader.start(resolution=9)


def test_odd_texts_are_drawn(reader: Painter) -> None:
    session = reader.start()
    odd = ["", "\U0001f469‍\U0001f9b0", "امرأة", "a\x00b\x1b[31m", "half \udcff", "x" * 1_000_000]
    for text in odd:
        assert session.say(text).size == (16, 16)
    assert_as_drawn_at_once(session, reader, odd)
