from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from painterkit.data.conversation import Conversation
from painterkit.data.facts import UNKNOWN, UNSEEN, Facts
from painterkit.errors import Failure, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import MetricResult
from painterkit.testing import SampleDataset
from painterkit_avatars.attributes import ATTRIBUTES, NAMES
from painterkit_avatars.chance import seeded
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.settings import AvatarsSettings, VarietySettings
from painterkit_avatars.variety import Variety, build, face_that_fits

from .known_pictures import drawn_faces, shown

NOISES = 6


def talks(count: int, **settings: Any) -> list[Conversation]:
    made = AvatarsSettings(train=1, validation=count, **settings)
    return list(Avatars(made, Path("/nowhere")).conversations("validation"))


@pytest.fixture(scope="module")
def conversations() -> list[Conversation]:
    return talks(6, turns="attributes", most_turns=4)


def measured(conversations: list[Conversation], *, varies: bool) -> MetricResult:
    """Measure faces that fit what was said, drawn anew for each noise where it `varies`."""
    metric = Variety(VarietySettings(noises=NOISES))
    for one in conversations:
        [said] = Facts([one], ATTRIBUTES).said
        rows = [
            [
                face_that_fits(seeded("own", one.id, turn, noise if varies else 0), said[turn + 1])
                for turn in range(len(one.turns))
            ]
            for noise in range(NOISES)
        ]
        metric.add(shown([one] * NOISES, [drawn_faces(faces) for faces in rows]))
    return metric.result()


def test_faces_that_fit_are_as_various_as_the_data(conversations: list[Conversation]) -> None:
    values = measured(conversations, varies=True).values
    for measure in ("pixels", "differing"):
        assert 0.9 < values[f"{measure}_share"] < 1.1, measure
        assert 0.85 < values[f"{measure}_share_last"] < 1.15, measure
    assert values["pixels"] > values["pixels_last"]
    # Nine attributes differ on three quarters of the pairs, about.
    assert values["differing_data"] == pytest.approx(0.75, abs=0.07)


def test_a_painter_that_ignores_the_noise_has_no_variety(
    conversations: list[Conversation],
) -> None:
    result = measured(conversations, varies=False)
    assert result.values["pixels"] == result.values["differing"] == 0
    assert result.values["pixels_share"] == result.values["differing_share"] == 0
    assert result.values["pixels_data"] > 0.05
    assert [row[0] for row in result.rows] == [*NAMES, "mean"]


def test_distances_are_counted_by_hand() -> None:
    """Black, black and white: two of three pairs are as far apart as can be."""
    [one] = talks(1, turns="attributes", most_turns=1)
    metric = Variety(VarietySettings(noises=3))
    black = torch.full((1, 3, 64, 64), -1.0)
    metric.add(shown([one] * 3, [black, black, -black]))
    assert metric.result().values["pixels.1"] == pytest.approx(2 / 3)


def test_where_all_is_told_no_face_differs_and_no_share_is_given() -> None:
    [one] = talks(1, turns="attributes")
    metric = Variety(VarietySettings(noises=2))
    faces = drawn_faces([one.attributes])
    metric.add(shown([one] * 2, [faces, faces], first=len(one.turns) - 1))
    values = metric.result().values
    assert values["pixels_data"] == 0
    assert "pixels_share" not in values
    assert "differing" not in values


def test_a_dialogue_is_measured_by_what_caption_and_answers_told() -> None:
    [one] = talks(1)
    metric = Variety(VarietySettings(noises=2))
    faces = drawn_faces([one.attributes] * 11)
    metric.add(shown([one] * 2, [faces, faces], first=-1))
    values = metric.result().values
    # Before the first turn the caption has told three attributes; the answers tell the others.
    assert values["pixels_data.0"] > values["pixels_data.10"]
    assert len(one.told_in) == 9
    assert "differing.0" in values
    assert "differing.10" not in values


def test_a_face_that_fits_has_what_was_said() -> None:
    said = np.full(len(NAMES), UNKNOWN, np.int8)
    shape, colour, mouth = (NAMES.index(n) for n in ("hair_shape", "hair_colour", "mouth"))
    random = seeded("a test")
    free = [face_that_fits(random, said) for _ in range(300)]
    assert {face["hair_shape"] for face in free} == set(ATTRIBUTES["hair_shape"])
    assert all((f["hair_shape"] == "bald") == (f["hair_colour"] is None) for f in free)
    said[colour], said[mouth] = 2, 1
    told = [face_that_fits(random, said) for _ in range(100)]
    assert {(face["hair_colour"], face["mouth"]) for face in told} == {("blonde", "serious")}
    assert {face["hair_shape"] for face in told} == set(ATTRIBUTES["hair_shape"]) - {"bald"}
    said[colour] = UNSEEN
    assert face_that_fits(random, said)["hair_shape"] == "bald"
    said[colour], said[shape] = 2, ATTRIBUTES["hair_shape"].index("bald")
    assert face_that_fits(random, said)["hair_colour"] is None


def test_without_pictures_it_says_so() -> None:
    with pytest.raises(Failure, match="no picture"):
        Variety(VarietySettings()).result()


def test_another_data_set_is_refused() -> None:
    def no_slot(*_: object) -> Any:
        raise AssertionError

    context = BuildContext(no_slot, Path(), dataset=SampleDataset())
    with pytest.raises(WrongInput, match="variety   measures the faces of the data set avatars"):
        build(VarietySettings(), context)
