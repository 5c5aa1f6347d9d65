"""CUB-200-2011 in the layout of the real files: what is said of a bird, and to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from painterkit.data.conversation import Conversation, Turn
from painterkit.errors import Failure

from ...cub_folder import (
    COLOURS,
    FIRST,
    SIX_FIELDS,
    number_of,
    truth,
    write_cub,
    write_labels,
    write_rows,
)
from .conftest import OpenData, copied

SPLITS = ("train", "validation")
NAMES = {
    "primary colour": "has_primary_color",
    "shape": "has_shape",
    "size": "has_size",
    "bill colour": "has_bill_color",
}
COUNT = 12
Said = dict[int, dict[int, tuple[int, int]]]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cub(tmp_path_factory.mktemp("cub")).parent


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Return a copy of the folder CUB_200_2011 that a test may spoil."""
    return copied(made, tmp_path / "birds") / "CUB_200_2011"


def by_number(data: Any) -> Mapping[int, Conversation]:
    """Return all conversations by the number of their picture."""
    return {
        int(one.id.split("_")[-1]): one for split in SPLITS for one in data.conversations(split)
    }


def all_said() -> Said:
    return {n: {number_of(*one): (1, 4) for one in truth(n).items()} for n in range(1, COUNT + 1)}


def values_of(open_data: OpenData, folder: Path, said: Said, **settings: Any) -> Any:
    write_labels(folder, said)
    return by_number(open_data("cub", folder, **settings))


def test_what_is_said_of_a_bird(open_data: OpenData, made: Path) -> None:
    data = open_data("cub", made / "CUB_200_2011")
    assert data.lacks() == ()
    assert [data.size(split) for split in SPLITS] == [10, 2]
    values = {name: tuple(FIRST[group][1]) for name, group in NAMES.items()}
    assert dict(data.attributes) == values
    assert list(data.attributes) == list(NAMES)
    assert data.tells_attributes
    birds = by_number(data)
    assert sorted(birds) == list(range(1, COUNT + 1))
    for number, bird in birds.items():
        assert bird.attributes == {name: truth(number)[group] for name, group in NAMES.items()}
        assert bird.class_id == (number - 1) // 6
        assert len(bird.turns) == 4
        for place, turn in enumerate(bird.turns):
            value = truth(number)[NAMES[turn.attribute]]
            assert turn == Turn(f"{turn.attribute}: {value}", attribute=turn.attribute, value=value)
            assert bird.told_in[turn.attribute] == place
        assert len(bird.captions) == 10
        colour = truth(number)["has_primary_color"]
        assert bird.captions[3] == f"this bird is {colour} and number {number}, said 3 times."
    assert birds[1].id == "001.Drawn_Bird_1/Drawn_Bird_0001_1"
    for split in SPLITS:
        rows = [one.image for one in data.conversations(split)]
        assert rows == list(range(data.size(split)))
    assert len({tuple(bird.told_in) for bird in birds.values()}) > 4, "the order is shuffled"


@pytest.mark.parametrize("place", ["..", ".", "attributes"])
def test_the_list_of_attributes_may_lie_in_three_places(
    open_data: OpenData, folder: Path, place: str
) -> None:
    expected = by_number(open_data("cub", folder))
    (folder.parent / "attributes.txt").rename(folder / place / "attributes.txt")
    data = open_data("cub", folder)
    assert data.lacks() == ()
    assert by_number(data) == expected


def test_the_folder_around_it_or_a_file_in_it_may_be_named(open_data: OpenData, made: Path) -> None:
    expected = by_number(open_data("cub", made / "CUB_200_2011"))
    assert by_number(open_data("cub", made)) == expected
    assert by_number(open_data("cub", made / "CUB_200_2011" / "image_class_labels.txt")) == expected


def test_lines_of_six_fields_say_what_lines_of_five_say(open_data: OpenData, folder: Path) -> None:
    path = folder / "attributes" / "image_attribute_labels.txt"
    lengths = Counter(len(line.split()) for line in path.read_text().splitlines())
    assert lengths == {5: 312 * (COUNT - len(SIX_FIELDS)), 6: 312 * len(SIX_FIELDS)}
    expected = by_number(open_data("cub", folder))
    lines = [line.split() for line in path.read_text().splitlines()]
    path.write_text("".join(" ".join([*line[:4], line[-1]]) + "\n" for line in lines))
    assert by_number(open_data("cub", folder)) == expected


def test_of_several_values_the_most_certain_counts(open_data: OpenData, folder: Path) -> None:
    said = all_said()
    red, blue, white = (number_of("has_primary_color", one) for one in ("red", "blue", "white"))
    said[1] |= {number: (0, 4) for number in said[1] if 249 <= number <= 263}
    said[2] = dict(said[1])
    said[1] |= {blue: (1, 3), red: (1, 4), white: (1, 3)}
    said[2] |= {blue: (0, 4), red: (1, 2), white: (1, 3)}
    birds = values_of(open_data, folder, said)
    assert birds[1].attributes["primary colour"] == "red"
    assert birds[2].attributes["primary colour"] == "white"
    assert {turn.value for turn in birds[1].turns if turn.attribute == "primary colour"} == {"red"}


def test_ties_go_to_what_is_said_most_often_of_the_class(open_data: OpenData, folder: Path) -> None:
    said = all_said()
    numbers = {colour: number_of("has_bill_color", colour) for colour in COLOURS}
    for number in (1, 7):
        said[number] |= {numbers[one]: (1, 4) for one in ("blue", "pink", "red")}
        said[number][number_of("has_bill_color", truth(number)["has_bill_color"])] = (0, 4)
    table = [["0.0"] * 312 for _ in range(2)]
    table[0][numbers["pink"] - 1] = "61.25"
    table[0][numbers["red"] - 1] = "60.5"
    table[0][numbers["green"] - 1] = "99.0"
    table[1][numbers["red"] - 1] = "12.5"
    path = folder / "attributes" / "class_attribute_labels_continuous.txt"
    path.write_text("".join(" ".join(row) + "\n" for row in table))
    birds = values_of(open_data, folder, said)
    assert [birds[number].attributes["bill colour"] for number in (1, 7)] == ["pink", "red"]
    path.unlink()
    data = open_data("cub", folder)
    assert data.lacks() == ()
    birds = by_number(data)
    assert [birds[number].attributes["bill colour"] for number in (1, 7)] == ["blue", "blue"]


def test_what_nobody_is_sure_of_is_not_told(open_data: OpenData, folder: Path) -> None:
    said = all_said()
    colour, size = number_of("has_primary_color", truth(1)["has_primary_color"]), 218
    said[1][colour] = (1, 2)
    said[1] |= dict.fromkeys(range(size, size + 5), (0, 4))
    said[2] = {}
    birds = values_of(open_data, folder, said)
    assert sorted(birds[1].attributes) == ["bill colour", "shape"], "the others are not known"
    assert sorted(turn.attribute for turn in birds[1].turns) == ["bill colour", "shape"]
    assert sorted(birds[1].told_in) == ["bill colour", "shape"]
    assert 2 not in birds, "nothing is known of it"
    data = open_data("cub", folder)
    assert data.lacks() == ()
    assert [len(data.images(split)) for split in SPLITS] == [data.size(split) for split in SPLITS]
    assert sum(data.size(split) for split in SPLITS) == COUNT - 1
    birds = values_of(open_data, folder, said, certainty=2)
    assert birds[1].attributes["primary colour"] == truth(1)["has_primary_color"]
    assert "size" not in birds[1].attributes


def test_a_share_of_every_class_is_held_out(
    open_data: OpenData, tmp_path: Path, made: Path
) -> None:
    folder = write_cub(tmp_path / "more", classes=4, each=10, captions=False)
    data = open_data("cub", folder, validation=0.3)
    held_out = Counter(one.class_id for one in data.conversations("validation"))
    assert held_out == {0: 3, 1: 3, 2: 3, 3: 3}
    assert data.size("train") == 28
    ids = {
        seed: [one.id for one in open_data("cub", folder, seed=seed).conversations("validation")]
        for seed in (0, 1, 2)
    }
    assert all(len(one) == 4 for one in ids.values())
    assert len({tuple(one) for one in ids.values()}) > 1
    published = open_data("cub", folder, split="published")
    numbers = [int(one.id.split("_")[-1]) for one in published.conversations("validation")]
    assert numbers == list(range(2, 41, 2))
    assert open_data("cub", made, validation=0.01).size("validation") == 2, "one of each class"


def test_a_class_of_one_picture_is_trained_on(open_data: OpenData, folder: Path) -> None:
    write_rows(folder / "image_class_labels.txt", [(n, 2 if n == 5 else 1) for n in range(1, 13)])
    data = open_data("cub", folder)
    assert {one.class_id for one in data.conversations("validation")} == {0}
    assert {one.class_id for one in data.conversations("train")} == {0, 1}


def test_how_long_a_conversation_is(open_data: OpenData, tmp_path: Path) -> None:
    folder = write_cub(tmp_path / "many", classes=4, each=12, captions=False)
    whole = by_number(open_data("cub", folder))
    cut = by_number(open_data("cub", folder, turns="random"))
    assert {len(one.turns) for one in whole.values()} == {4}
    assert {len(one.turns) for one in cut.values()} == {1, 2, 3, 4}
    for number, one in cut.items():
        assert one.turns == whole[number].turns[: len(one.turns)]
        assert list(one.told_in.values()) == list(range(len(one.turns)))
        assert one.attributes == whole[number].attributes
    other = by_number(open_data("cub", folder, turns="random", seed=5))
    assert any(other[number].turns != cut[number].turns for number in cut)
    firsts = Counter(one.turns[0].attribute for one in whole.values())
    assert set(firsts) == set(NAMES), "each attribute is told first at times"


def test_without_captions_a_conversation_has_an_empty_one(
    open_data: OpenData, folder: Path
) -> None:
    (folder.parent / "text_c10").rename(folder / "text")
    assert all(len(one.captions) == 10 for one in by_number(open_data("cub", folder)).values())
    (folder / "text").rename(folder.parent / "captions")
    assert {one.captions for one in by_number(open_data("cub", folder)).values()} == {("",)}
    named = open_data("cub", folder, text=str(folder.parent / "captions"))
    assert all(len(one.captions) == 10 for one in by_number(named).values())


def test_broken_letters_of_captions_are_spaces(open_data: OpenData, folder: Path) -> None:
    path = folder.parent / "text_c10" / "001.Drawn_Bird_1" / "Drawn_Bird_0001_1.txt"
    path.write_bytes(b"a red bird\xff\xef\xbf\xbdwith  a bill\r\n\r\n a bird. \n")
    assert by_number(open_data("cub", folder))[1].captions == ("a red bird with a bill", "a bird.")


def test_the_large_files_are_read_once(
    open_data: OpenData, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = by_number(open_data("cub", folder))
    read: list[Path] = []

    def read_labels(path: Path, *others: Any) -> Any:
        read.append(path)
        raise Failure(())

    monkeypatch.setattr("painterkit_datasets.cub_attributes.read_labels", read_labels)
    assert by_number(open_data("cub", folder)) == first
    assert open_data("cub", folder, split="published", turns="random").size("train") == 6
    assert read == []
    with pytest.raises(Failure):
        open_data("cub", folder, certainty=4).size("train")
    [kept] = (tmp_path / "cache").glob("cub-attributes-*.json")
    kept.write_bytes(kept.read_bytes()[:-9])
    with pytest.raises(Failure):
        open_data("cub", folder).size("train")
    assert len(read) == 2
    monkeypatch.undo()
    assert by_number(open_data("cub", folder)) == first
    write_labels(folder, all_said() | {3: {}})
    assert 3 not in by_number(open_data("cub", folder)), "it is read anew when it changes"
