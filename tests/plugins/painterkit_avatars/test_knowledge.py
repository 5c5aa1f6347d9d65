from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from painterkit_avatars.attributes import ATTRIBUTES, NAMES
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.faces import faces, held_out_triples
from painterkit_avatars.knowledge import (
    exact_conditional,
    face_table,
    told_so_far,
    training_law,
)
from painterkit_avatars.settings import AvatarsSettings


def test_the_latest_value_of_each_attribute_counts() -> None:
    settings = AvatarsSettings(train=50, turns="sentences", revised=1.0)
    changed = 0
    for one in Avatars(settings, Path("/nowhere")).conversations("train"):
        known: dict[str, str] = {}
        assert told_so_far(one, -1) == {}
        for place, turn in enumerate(one.turns):
            changed += turn.attribute in known
            known[turn.attribute] = turn.value
            assert told_so_far(one, place) == known
        for beyond in (-2, len(one.turns)):
            with pytest.raises(ValueError, match=f"{one.id} has"):
                told_so_far(one, beyond)
    assert changed == 50


def test_questions_and_answers_are_not_read() -> None:
    dialogue = Avatars(AvatarsSettings(train=1), Path("/nowhere")).conversations("train")[0]
    assert told_so_far(dialogue, 9) == {}


def test_a_table_has_the_faces_row_by_row() -> None:
    drawn = faces(0, "train", 200)
    table = face_table(drawn)
    assert table.shape == (200, 9)
    assert table.dtype == np.int8
    for row, face in zip(table, drawn, strict=True):
        for code, name in zip(row, NAMES, strict=True):
            assert (None if code == -1 else ATTRIBUTES[name][code]) == face[name]
    assert face_table(()).shape == (0, 9)
    assert exact_conditional(face_table(()), {}) is None


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    return face_table(faces(0, "train", 8000))


def test_of_nothing_said_every_value_is_about_as_likely(table: np.ndarray) -> None:
    found = exact_conditional(table, {})
    assert found is not None
    assert list(found) == list(NAMES)
    for name, values in ATTRIBUTES.items():
        if name == "hair_colour":
            assert found[name].shape == (7,)
            np.testing.assert_allclose(found[name], 1 / 7, atol=0.03)
        else:
            np.testing.assert_allclose(found[name], 1 / len(values), atol=0.02)
        assert found[name].sum() == pytest.approx(1)


def test_the_bald_have_no_hair_colour_and_the_others_have(table: np.ndarray) -> None:
    bald = exact_conditional(table, {"hair_shape": "bald"})
    assert bald is not None
    np.testing.assert_array_equal(bald["hair_colour"], [0, 0, 0, 0, 0, 0, 1])
    np.testing.assert_array_equal(bald["hair_shape"], [0, 0, 0, 0, 0, 1])
    blonde = exact_conditional(table, {"hair_colour": "blonde", "background": "lilac"})
    assert blonde is not None
    np.testing.assert_array_equal(blonde["hair_colour"], [0, 0, 1, 0, 0, 0, 0])
    np.testing.assert_array_equal(blonde["background"], [0, 0, 0, 0, 1])
    assert blonde["hair_shape"][-1] == 0
    np.testing.assert_allclose(blonde["hair_shape"][:-1], 0.2, atol=0.1)


def test_it_is_the_share_of_the_faces_that_fit(table: np.ndarray) -> None:
    drawn = faces(0, "train", 8000)
    said = {"glasses": "round", "mouth": "sad", "clothing_colour": "red"}
    fitting = [face for face in drawn if said.items() <= face.items()]
    found = exact_conditional(table, said)
    assert found is not None
    for name, values in ATTRIBUTES.items():
        for place, value in enumerate(values):
            share = sum(face[name] == value for face in fitting) / len(fitting)
            assert found[name][place] == pytest.approx(share)


def test_what_no_face_is_has_no_distribution(table: np.ndarray) -> None:
    assert exact_conditional(table, {"hair_shape": "bald", "hair_colour": "pink"}) is None
    hair, clothing, glasses = held_out_triples(0)[0]
    said = {"hair_colour": hair or "", "clothing_colour": clothing, "glasses": glasses}
    assert exact_conditional(table, said) is None
    assert exact_conditional(training_law(0), said) is None
    with pytest.raises(ValueError, match="a face has no 'hat'; it has hair_shape"):
        exact_conditional(table, {"hat": "red"})
    with pytest.raises(ValueError, match="mouth is never 'open'; it is one of smile"):
        exact_conditional(table, {"mouth": "open"})


def test_the_law_is_what_many_faces_come_to() -> None:
    law = training_law(0)
    assert law.shape == (552_960, 9)
    many = face_table(faces(0, "train", 20_000))
    hair, clothing, _ = held_out_triples(0)[0]
    for said in ({}, {"hair_shape": "bald"}, {"hair_colour": hair or "", "mouth": "sad"}):
        by_law, by_faces = exact_conditional(law, said), exact_conditional(many, said)
        assert by_law is not None
        assert by_faces is not None
        for name in NAMES:
            np.testing.assert_allclose(by_law[name], by_faces[name], atol=0.05)
    known = exact_conditional(law, {"hair_colour": hair or "", "clothing_colour": clothing})
    assert known is not None
    # The third of the triple is held out, and the two other kinds of glasses are left.
    assert sorted(known["glasses"]) == [0, 0.5, 0.5]


def test_it_needs_no_torch() -> None:
    code = (
        "import sys, painterkit_avatars.knowledge, painterkit_avatars.masks; "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
