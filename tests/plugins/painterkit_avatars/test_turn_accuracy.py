from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from painterkit.data.conversation import Conversation, Turn
from painterkit.errors import Failure, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import Drawn, MetricResult
from painterkit.testing import SampleDataset
from painterkit_avatars.attributes import NAMES, Face
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.masks import attribute_mask
from painterkit_avatars.settings import AvatarsSettings, TurnAccuracySettings
from painterkit_avatars.turn_accuracy import TurnAccuracy, build

from .known_pictures import R, drawn_faces, shown, told_pictures

COUNT = 40
FACE: Face = dict(
    zip(
        NAMES,
        ("short", "pink", "tanned", "round", "none", "smile", "t-shirt", "red", "green"),
        strict=True,
    )
)


@pytest.fixture(scope="module")
def dataset() -> Avatars:
    settings = AvatarsSettings(train=1, validation=COUNT, turns="attributes", revised=0.5)
    return Avatars(settings, Path("/nowhere"))


@pytest.fixture(scope="module")
def conversations(dataset: Avatars) -> list[Conversation]:
    return list(dataset.conversations("validation"))


@pytest.fixture(scope="module")
def told(dataset: Avatars, conversations: list[Conversation]) -> list[Tensor]:
    """Return the pictures of what was told so far: nothing else changes at a turn."""
    return [told_pictures(dataset, one) for one in conversations]


def measured(*batches: Drawn) -> MetricResult:
    metric = TurnAccuracy(TurnAccuracySettings())
    for batch in batches:
        metric.add(batch)
    return metric.result()


def talk(face: Face, *said: tuple[str, str]) -> Conversation:
    turns = tuple(Turn(f"{name}: {value}", attribute=name, value=value) for name, value in said)
    places = {name: place for place, (name, _) in enumerate(said)}
    return Conversation("validation-0", ("",), turns, 0, dict(face), places)


def test_pictures_of_what_was_told_are_right_at_every_turn(
    conversations: list[Conversation], told: list[Tensor]
) -> None:
    result = measured(shown(conversations, told))
    for measure in ("attained", "retained", "undisturbed"):
        assert result.values[measure] > 0.97, measure
        assert result.values[f"{measure}.5"] > 0.95, measure
    assert result.values["attained_last"] > 0.95
    assert result.values["retained_last"] > 0.97
    assert result.values["ceiling"] > 0.97
    assert result.values["undisturbed_pixels"] > 0.97
    assert "retained.1" not in result.values
    assert "undisturbed.1" not in result.values
    assert [row[0] for row in result.rows] == [*NAMES, "mean"]
    assert min(float(row[1] or 0) for row in result.rows) > 0.9


def test_pictures_of_others_are_right_by_chance(conversations: list[Conversation]) -> None:
    """Every picture is the true face of some other conversation."""
    generator = torch.Generator().manual_seed(0)
    faces = drawn_faces([one.attributes for one in conversations])
    turns = [
        faces[torch.randint(COUNT, (len(one.turns),), generator=generator)] for one in conversations
    ]
    values = measured(shown(conversations, turns)).values
    assert 0.15 < values["chance"] < 0.3
    for measure in ("attained", "retained", "retained_last", "undisturbed"):
        assert abs(values[measure] - values["chance"]) < 0.06, measure
    assert values["undisturbed_pixels"] < 0.9


def test_a_painter_that_hears_only_the_first_turn_retains_it_and_attains_by_chance(
    conversations: list[Conversation], told: list[Tensor]
) -> None:
    turns = [row[:1].expand(len(row), -1, -1, -1) for row in told]
    values = measured(shown(conversations, turns)).values
    assert values["attained.1"] > 0.95
    assert abs(values["attained_last"] - values["chance"]) < 0.1
    assert values["retained.2"] > 0.9
    assert values["undisturbed"] == values["undisturbed_pixels"] == 1


def test_the_value_told_last_counts() -> None:
    talked = talk(FACE, ("mouth", "sad"), ("background", "green"), ("mouth", "smile"))
    sad = {**FACE, "mouth": "sad"}
    right = measured(shown([talked], [drawn_faces([sad, sad, FACE])])).values
    assert right["attained"] == right["retained"] == right["retained_last"] == 1
    late = measured(shown([talked], [drawn_faces([sad, sad, sad])])).values
    assert late["attained"] == pytest.approx(2 / 3)
    assert late["attained_last"] == late["attained.3"] == 0
    # The mouth is not retained at the end but revised: the background alone was told before.
    assert late["retained.2"] == late["retained.3"] == 1
    early = measured(shown([talked], [drawn_faces([FACE, FACE, FACE])])).values
    assert [early[f"attained.{turn}"] for turn in (1, 2, 3)] == [0, 1, 1]
    assert early["retained.2"] == 0


def test_each_attribute_is_counted_in_its_own_row() -> None:
    talked = talk(FACE, ("mouth", "smile"), ("background", "green"), ("glasses", "round"))
    forgetful = [FACE, {**FACE, "glasses": "none"}, {**FACE, "mouth": "sad"}]
    result = measured(shown([talked], [drawn_faces(forgetful)]))
    rows = {row[0]: dict(zip(result.columns, row, strict=True)) for row in result.rows}
    assert rows["mouth"]["attained"] == 1
    assert rows["mouth"]["retained"] == 0.5
    assert rows["background"]["retained"] == 1
    assert rows["glasses"]["undisturbed"] == 0
    assert rows["glasses"]["retained"] is None
    assert rows["clothing"] == {**dict.fromkeys(result.columns), "attribute": "clothing"} | {
        "undisturbed": 1.0
    }
    assert rows["mouth"]["undisturbed"] is None


def test_pixels_count_outside_the_mask_alone() -> None:
    talked = talk(FACE, ("mouth", "smile"), ("glasses", "round"))
    mask = torch.from_numpy(attribute_mask(FACE, "glasses", R))
    before = drawn_faces([FACE])[0]
    within, beyond = before.clone(), before.clone()
    within[:, mask] = -1
    beyond[:, ~mask] = -before[:, ~mask].sign()
    rows = [torch.stack([before, after]) for after in (within, beyond)]
    alone = [measured(shown([talked], [row])).values["undisturbed_pixels"] for row in rows]
    assert alone[0] == 1
    change = (beyond - before)[:, ~mask].abs().mean() / 2
    assert alone[1] == pytest.approx(1 - float(change))
    assert change > 0.5


def test_no_hair_colour_is_asked_for_of_the_bald() -> None:
    """Said by mistake to be bald: the colour cannot be seen then, and counts again afterwards."""
    talked = talk(FACE, ("hair_shape", "bald"), ("hair_colour", "pink"), ("hair_shape", "short"))
    bald = {**FACE, "hair_shape": "bald", "hair_colour": None}
    result = measured(shown([talked], [drawn_faces([bald, bald, FACE])]))
    assert "attained.2" not in result.values
    assert result.values["attained"] == result.values["retained_last"] == 1
    told = talk(FACE, ("mouth", "smile"), ("hair_colour", "pink"))
    values = measured(shown([told], [drawn_faces([bald, bald])])).values
    assert values["attained_last"] == 0


def test_a_picture_before_the_first_turn_is_compared_with_the_one_after() -> None:
    talked = talk(FACE, ("mouth", "smile"))
    two = drawn_faces([{**FACE, "glasses": "none", "mouth": "sad"}, FACE])
    values = measured(shown([talked], [two], first=-1)).values
    assert values["attained.1"] == 1
    assert values["undisturbed.1"] == pytest.approx(7 / 8)


def test_a_painter_that_draws_the_last_turn_alone_is_measured_there() -> None:
    talked = talk(FACE, ("mouth", "smile"), ("glasses", "round"))
    values = measured(shown([talked], [drawn_faces([FACE])], first=1)).values
    assert values["attained"] == values["attained_last"] == values["retained_last"] == 1
    assert "undisturbed" not in values
    assert "attained.1" not in values


def test_batches_do_not_matter(conversations: list[Conversation], told: list[Tensor]) -> None:
    random, some = torch.Generator().manual_seed(3), conversations[:8]
    noisy = [row + 0.8 * torch.randn(row.shape, generator=random) for row in told[:8]]
    halves = (shown(some[start::2], noisy[start::2]) for start in (0, 1))
    one, two = measured(shown(some, noisy)), measured(*halves)
    assert one.values.keys() == two.values.keys()
    assert {name: pytest.approx(value) for name, value in one.values.items()} == two.values


def test_without_pictures_it_says_so() -> None:
    with pytest.raises(Failure, match="no picture"):
        TurnAccuracy(TurnAccuracySettings()).result()


def test_data_without_attribute_turns_are_refused(dataset: Avatars) -> None:
    def no_slot(*_: object) -> Any:
        raise AssertionError

    def refused(data: Any) -> str:
        with pytest.raises(WrongInput) as error:
            build(TurnAccuracySettings(), BuildContext(no_slot, Path(), dataset=data))
        return str(error.value)

    dialogue = Avatars(AvatarsSettings(train=1, validation=3), Path("/nowhere"))
    assert refused(dialogue).startswith(
        "turn-accuracy   measures turns that tell an attribute each, and no turn of these data does"
    )
    assert 'data.turns = "attributes" or "sentences"' in refused(dialogue)
    assert "the data here is another" in refused(SampleDataset())
    built = build(TurnAccuracySettings(), BuildContext(no_slot, Path(), dataset=dataset))
    assert built.conversations == 1000
