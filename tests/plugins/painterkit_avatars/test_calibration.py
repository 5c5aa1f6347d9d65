from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from painterkit.data.conversation import Conversation
from painterkit.errors import Failure, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.metric import MetricResult
from painterkit.testing import SampleDataset
from painterkit_avatars.attributes import ATTRIBUTES, NAMES, Face
from painterkit_avatars.calibration import Calibration, build
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.knowledge import told_so_far, training_law
from painterkit_avatars.settings import AvatarsSettings, CalibrationSettings

from .known_pictures import drawn_faces, shown

NOISES = 24
COUNT = 4
LAW = training_law(0)


@pytest.fixture(scope="module")
def conversations() -> list[Conversation]:
    settings = AvatarsSettings(
        train=1, validation=COUNT, turns="attributes", most_turns=4, revised=0.0
    )
    return list(Avatars(settings, Path("/nowhere")).conversations("validation"))


def fitting(said: dict[str, str]) -> np.ndarray:
    """Return the rows of the law that fit what was said, or of all where none does."""
    fits = np.ones(len(LAW), bool)
    for name, value in said.items():
        fits &= LAW[:, NAMES.index(name)] == ATTRIBUTES[name].index(value)
    return LAW[fits] if fits.any() else LAW


def face_of(row: np.ndarray) -> Face:
    return {
        name: None if code < 0 else ATTRIBUTES[name][code]
        for name, code in zip(NAMES, row.tolist(), strict=True)
    }


def measured(conversations: list[Conversation], *, hears: bool, varies: bool) -> MetricResult:
    """Measure pictures of faces drawn from the law, given what was said where they `hear`."""
    random = np.random.default_rng(5)
    metric = Calibration(CalibrationSettings(noises=NOISES), LAW)
    for one in conversations:
        rows: list[list[Face]] = [[] for _ in range(NOISES)]
        for turn in range(len(one.turns)):
            law = fitting(dict(told_so_far(one, turn)) if hears else {})
            places = random.integers(len(law), size=NOISES if varies else 1)
            for noise in range(NOISES):
                rows[noise].append(face_of(law[places[noise % len(places)]]))
        metric.add(shown([one] * NOISES, [drawn_faces(faces) for faces in rows]))
    return metric.result()


def test_draws_from_the_conditional_itself_are_at_the_floor(
    conversations: list[Conversation],
) -> None:
    values = measured(conversations, hears=True, varies=True).values
    assert values["told"] < 0.03
    assert 0.1 < values["floor"] < 0.2
    assert abs(values["untold"] - values["floor"]) < 0.03
    assert abs(values["untold.1"] - values["floor.1"]) < 0.05


def test_a_painter_that_does_not_listen_is_calibrated_in_what_is_untold_alone(
    conversations: list[Conversation],
) -> None:
    result = measured(conversations, hears=False, varies=True)
    assert 0.6 < result.values["told"] < 0.95
    assert result.values["untold"] < result.values["floor"] + 0.07
    assert [row[0] for row in result.rows] == [*NAMES, "mean"]
    assert result.rows[-1][1:] == [result.values[name] for name in result.columns[1:]]


def test_a_painter_that_listens_but_knows_one_face_is_far_in_what_is_untold(
    conversations: list[Conversation],
) -> None:
    values = measured(conversations, hears=True, varies=False).values
    assert values["told"] < 0.03
    assert values["untold"] > 0.6


def test_the_distance_is_counted_by_hand() -> None:
    """Of four pictures three are sad; one was to be, and the background is as often any."""
    conversation = next(
        one
        for one in Avatars(
            AvatarsSettings(train=1, validation=99, turns="attributes", revised=0.0), Path()
        ).conversations("validation")
        if one.turns[0].attribute == "mouth" and one.turns[0].value == "sad"
    )
    face = dict(conversation.attributes)
    faces = [{**face, "mouth": mouth, "background": "blue"} for mouth in ("sad",) * 3 + ("smile",)]
    metric = Calibration(CalibrationSettings(noises=4), LAW)
    first = [one[None] for one in drawn_faces(faces)]
    metric.add(shown([conversation] * 4, first))
    result = metric.result()
    rows = {row[0]: dict(zip(result.columns, row, strict=True)) for row in result.rows}
    assert rows["mouth"]["told"] == 0.25
    assert rows["mouth"]["untold"] is None
    assert rows["background"]["untold"] == pytest.approx(0.8, abs=0.01)
    assert result.protocol["turns"] == 1


def test_what_fits_no_training_face_is_left_out_and_told() -> None:
    """At the end of a whole conversation a held-out face is known, and training had none of it."""
    settings = AvatarsSettings(train=1, validation=1, turns="attributes", revised=0.0)
    [one] = Avatars(settings, Path()).conversations("validation")
    metric = Calibration(CalibrationSettings(noises=2), LAW)
    faces = drawn_faces([one.attributes] * len(one.turns))
    metric.add(shown([one] * 2, [faces, faces]))
    result = metric.result()
    assert result.values["told"] == 0
    left_out = result.protocol["turns_that_fit_no_training_face"]
    assert 1 <= left_out < result.protocol["turns"] == len(one.turns)
    assert f"told.{len(one.turns)}" in result.values
    assert f"untold.{len(one.turns)}" not in result.values


def test_without_pictures_it_says_so() -> None:
    with pytest.raises(Failure, match="no picture"):
        Calibration(CalibrationSettings(), LAW).result()


def test_other_data_are_refused() -> None:
    def no_slot(*_: object) -> Any:
        raise AssertionError

    class SameAttributes(SampleDataset):
        attributes = ATTRIBUTES

    dialogue = Avatars(AvatarsSettings(train=1, validation=3), Path("/nowhere"))
    for data, words in (
        (SampleDataset(), "the data here is another"),
        (dialogue, "no turn of these data does"),
        (SameAttributes(), "how likely every face is"),
    ):
        context = BuildContext(no_slot, Path(), dataset=data)
        with pytest.raises(WrongInput, match=words):
            build(CalibrationSettings(), context)
