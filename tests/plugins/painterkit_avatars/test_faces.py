from __future__ import annotations

import io
from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest
import resvg_py
from PIL import Image

from painterkit_avatars.attributes import ATTRIBUTES, NAMES, Face, class_of, visible
from painterkit_avatars.chance import pick, seeded, shuffled
from painterkit_avatars.drawing import COLOURS, draw, layer_svg
from painterkit_avatars.faces import faces, held_out_triples, triple_of

PLAIN: Face = dict(
    zip(
        NAMES,
        ("short", "brown", "tanned", "none", "none", "smile", "t-shirt", "blue", "white"),
        strict=True,
    )
)


@pytest.fixture(scope="module")
def train() -> tuple[Face, ...]:
    return faces(0, "train", 4000)


@pytest.fixture(scope="module")
def validation() -> tuple[Face, ...]:
    return faces(0, "validation", 1000)


def test_random_choices_never_change() -> None:
    random = seeded("a", 1)
    assert [pick(random, range(100)) for _ in range(5)] == [77, 69, 44, 34, 45]
    assert shuffled(random, "abcdef") == ["f", "e", "d", "b", "c", "a"]


def test_faces_are_all_different(train: tuple[Face, ...], validation: tuple[Face, ...]) -> None:
    tuples = {tuple(face[name] for name in NAMES) for face in (*train, *validation)}
    assert len(tuples) == 5000


def test_faces_depend_on_seed_split_and_index_alone(train: tuple[Face, ...]) -> None:
    assert faces(0, "train", 50) == train[:50]
    assert faces(1, "train", 50) != train[:50]
    first = ("bald", None, "tanned", "none", "beard", "laughing", "hoodie", "blue", "white")
    assert tuple(train[0].values()) == first


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_validation_holds_exactly_the_held_out_triples(seed: int) -> None:
    held_out = set(held_out_triples(seed))
    assert len(held_out) == 14
    assert {triple_of(face) for face in faces(seed, "validation", 400)} == held_out
    assert not {triple_of(face) for face in faces(seed, "train", 2000)} & held_out
    hair = Counter(colour for colour, _, _ in held_out)
    assert set(hair) == {*ATTRIBUTES["hair_colour"], None}
    assert set(hair.values()) == {2}


@pytest.mark.parametrize("split", ["train", "validation"])
def test_no_value_is_rare(split: str, request: pytest.FixtureRequest) -> None:
    found: tuple[Face, ...] = request.getfixturevalue(split)
    for name, values in ATTRIBUTES.items():
        counts = Counter(face[name] for face in found if face[name] is not None)
        assert set(counts) == set(values)
        fair = sum(counts.values()) / len(values)
        # The held-out triples are few, so their own attributes are less even in validation.
        slack = 0.5 if split == "validation" else 0.2
        assert min(counts.values()) > (1 - slack) * fair, (name, counts)
        assert max(counts.values()) < (1 + slack) * fair, (name, counts)


def test_the_bald_have_no_hair_colour(train: tuple[Face, ...]) -> None:
    for face in train:
        assert (face["hair_shape"] == "bald") == (face["hair_colour"] is None)
        assert len(visible(face)) == (8 if face["hair_shape"] == "bald" else 9)
    assert {class_of(face) for face in train} == set(range(18))


@pytest.mark.parametrize("resolution", [32, 64, 100, 256])
def test_a_face_is_its_layers_rendered_as_one_picture(resolution: int) -> None:
    """The fast drawing differs from rendering the whole face at once by rounding only."""
    for face in faces(5, "train", 6):
        whole = render_at_once(face, resolution)
        drawn = draw(face, resolution)
        assert drawn.shape == (resolution, resolution, 3)
        assert drawn.dtype == np.uint8
        assert np.abs(whole.astype(int) - drawn).max() <= 4


def render_at_once(face: Face, resolution: int) -> npt.NDArray[np.uint8]:
    hair = COLOURS["hair_colour"][face["hair_colour"]]
    skin = COLOURS["skin_tone"][face["skin_tone"]]
    layers = [
        layer_svg("skin_tone", "", skin),
        layer_svg(
            "clothing", face["clothing"] or "", COLOURS["clothing_colour"][face["clothing_colour"]]
        ),
        layer_svg("facial_hair", face["facial_hair"] or "", hair),
        layer_svg("mouth", face["mouth"] or "", skin if face["facial_hair"] == "beard" else ""),
        layer_svg("hair_shape", face["hair_shape"] or "", hair),
        layer_svg("glasses", face["glasses"] or "", ""),
    ]
    parts = [_with_own_names(layer, place) for place, layer in enumerate(layers)]
    whole = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="280" height="280">'
        f'<rect width="280" height="280" fill="{COLOURS["background"][face["background"]]}"/>'
        + "".join(parts)
        + "</svg>"
    )
    png = resvg_py.svg_to_bytes(
        svg_string=whole, width=resolution, height=resolution, skip_system_fonts=True
    )
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def _with_own_names(layer: str, place: int) -> str:
    """Keep the masks and paths of one layer apart from another's of the same name."""
    layer = layer.replace('id="', f'id="n{place}-').replace("url(#", f"url(#n{place}-")
    return layer.replace('href="#', f'href="#n{place}-')


@pytest.mark.parametrize("resolution", [32, 64, 256])
def test_colours_are_where_they_should_be(resolution: int) -> None:
    """Look at a corner, at the chest and at the cheek, whose colours are told."""
    spots = {"background": (0.05, 0.05), "clothing_colour": (0.95, 0.35), "skin_tone": (0.45, 0.4)}
    for name, (down, right) in spots.items():
        for value in ATTRIBUTES[name]:
            picture = draw({**PLAIN, name: value}, resolution)
            red, green, blue = picture[int(down * resolution), int(right * resolution)]
            assert f"#{red:02X}{green:02X}{blue:02X}" == COLOURS[name][value]


@pytest.mark.parametrize("resolution", [32, 64])
@pytest.mark.parametrize("name", NAMES)
def test_no_two_values_look_the_same(name: str, resolution: int) -> None:
    pictures = [draw({**PLAIN, name: value}, resolution).astype(int) for value in ATTRIBUTES[name]]
    for index, one in enumerate(pictures):
        for other in pictures[:index]:
            different = np.abs(one - other).max(-1) > 30
            assert different.sum() >= (8 if resolution == 64 else 3)


def test_a_bald_face_shows_no_hair_colour() -> None:
    for facial_hair in ATTRIBUTES["facial_hair"]:
        bald = {**PLAIN, "hair_shape": "bald", "hair_colour": None, "facial_hair": facial_hair}
        assert (draw(bald, 64) == draw({**bald, "hair_colour": "brown"}, 64)).all()


def test_white_clothes_are_seen_on_white() -> None:
    white = draw({**PLAIN, "clothing_colour": "white"}, 64)
    chest, corner = white[60, 22].astype(int), white[3, 3].astype(int)
    assert (corner - chest).min() > 15
