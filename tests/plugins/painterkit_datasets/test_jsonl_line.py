"""One line: what it tells, and each thing that can be wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from painterkit.data.conversation import Turn
from painterkit_datasets.jsonl_line import Line, read_line

RIGHT: dict[str, Any] = {"image": "a.jpg", "caption": "a red circle"}


def read(**changes: Any) -> Line:
    line = read_line(json.dumps({**RIGHT, **changes}), 3)
    assert isinstance(line, Line), line
    return line


def faults(text: str) -> list[str]:
    found = read_line(text, 3)
    assert isinstance(found, list)
    return [f"{what}; {hint}" if hint else what for what, hint in found]


def test_the_shortest_line() -> None:
    line = read_line('{"image": "a.jpg", "caption": "a red circle"}', 3)
    assert line == Line(3, "a.jpg", ("a red circle",), (), {}, (), None, "", "", "")


def test_a_whole_line() -> None:
    line = read_line(
        json.dumps(
            {
                "image": "sub/ä b.jpg",
                "captions": ["a  red\ncircle ", "one circle"],
                "turns": [
                    " it is  red ",
                    {"question": "is it round?", "answer": "yes"},
                    {"attribute": "main_colour", "value": "red"},
                ],
                "attributes": {"main_colour": "red", "count": 2, "filled": True, "hidden": None},
                "told_in": {"main_colour": 2, "count": "caption"},
                "class": "circles",
                "split": "validation",
                "id": "circle 1",
            }
        ),
        7,
    )
    assert line == Line(
        number=7,
        image="sub/ä b.jpg",
        captions=("a red circle", "one circle"),
        turns=(
            Turn("it is red"),
            Turn("is it round? yes", "is it round?", "yes"),
            Turn("main colour: red", attribute="main_colour", value="red"),
        ),
        attributes={"main_colour": "red", "count": 2, "filled": True, "hidden": None},
        said=(("main_colour", "red"),),
        told_in={"main_colour": 2, "count": "caption"},
        class_name="circles",
        split="validation",
        id="circle 1",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("./a.jpg", "a.jpg"), ("b//a.jpg", "b/a.jpg"), ("a  b .jpg", "a  b .jpg"), ("../a", "../a")],
)
def test_a_picture_has_one_name(name: str, expected: str) -> None:
    assert read(image=name).image == expected


def test_a_question_stays_as_it_was_written() -> None:
    line = read(turns=[{"question": "它是红色的吗？", "answer": "是"}])
    assert line.turns[0].text == "它是红色的吗？ 是"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"image": "a.jpg"', "is not JSON: Expecting ',' delimiter at character 18"),
        ('{"image": "a.jpg", "caption": "a"},', "without commas or brackets around the lines"),
        ("[", "without commas or brackets around the lines"),
        ("[1]", 'must be an object, and is a list; write {"image"'),
        ('"a.jpg"', "must be an object, and is text"),
        ('{"image": "a", "image": "b", "caption": "c"}', "has the key 'image' twice"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"caption": "a"}', "has no 'image'; give the name of its picture"),
        ('{"image": "a.jpg"}', 'has no caption; "caption": "..." says what is seen'),
    ],
)
def test_a_line_that_is_wrong_as_a_whole(text: str, words: str) -> None:
    [fault] = faults(text)
    assert words in fault


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"image": ""}, "'image' is empty"),
        ({"image": 3}, "'image' must be text, and is a whole number"),
        ({"caption": "  "}, "'caption' is empty"),
        ({"caption": ["a"]}, "'caption' must be text, and is a list"),
        ({"caption": "a\ud83d"}, "'caption' holds half a character"),
        ({"captions": ["a"]}, "has both 'caption' and 'captions'; keep 'captions'"),
        ({"imgae": "a"}, "unknown key 'imgae'; did you mean 'image'?"),
        ({"turns": "a"}, "'turns' must be a list, and is text"),
        ({"turns": ["a", ""]}, "turn 2 is empty"),
        ({"turns": [3]}, 'turn 1 is a whole number; write a text, {"question", "answer"} or'),
        ({"turns": [{"question": "a?"}]}, "turn 1 is an object with question; write a text"),
        ({"turns": [{}]}, "turn 1 is an object"),
        ({"turns": [{"question": "", "answer": "a"}]}, "the question of turn 1 is empty"),
        ({"turns": [{"question": "a", "answer": 1}]}, "the answer of turn 1 must be text"),
        ({"turns": [{"attribute": "a", "value": ""}]}, "the value of turn 1 is empty"),
        ({"turns": [{"attribute": "a", "value": None}]}, "the value of turn 1 is null; write"),
        ({"attributes": ["a"]}, "'attributes' must be an object, and is a list"),
        ({"attributes": {"a": 1.5}}, "attribute 'a' is a fraction; write a text, a whole number"),
        ({"attributes": {"a": {}}}, "attribute 'a' is an object"),
        ({"attributes": {"a": " "}}, "attribute 'a' is empty"),
        ({"attributes": {"": "a"}}, "the name of an attribute is empty"),
        ({"told_in": {"a": 0}}, "'a' is told in 0, and there are 0 turns"),
        (
            {"turns": ["b"], "told_in": {"a": 1}},
            "'a' is told in 1, and there are 1 turns; write \"caption\" or a turn, 0 to 0",
        ),
        ({"turns": ["b"], "told_in": {"a": True}}, "'a' is told in true"),
        ({"turns": ["b"], "told_in": {"a": "turn"}}, "'a' is told in \"turn\""),
        ({"class": 3}, "'class' must be text"),
        ({"split": "test"}, "'split' is 'test'; write \"train\" or \"validation\""),
        ({"id": ""}, "'id' is empty"),
    ],
)
def test_a_key_that_is_wrong(changes: dict[str, Any], words: str) -> None:
    [fault] = faults(json.dumps({**RIGHT, **changes}))
    assert words in fault


def test_an_empty_list_of_captions() -> None:
    assert faults('{"image": "a.jpg", "captions": []}') == [
        "'captions' is empty; give at least one caption"
    ]
    assert faults('{"image": "a.jpg", "captions": "a"}') == [
        "'captions' must be a list, and is text; write [...]"
    ]
    assert faults('{"image": "a.jpg", "captions": ["a", ""]}') == ["caption 2 is empty"]


def test_all_that_is_wrong_is_told() -> None:
    found = faults('{"image": 1, "captions": ["", 2], "turns": [""], "split": "dev", "x": 0}')
    assert len(found) == 6
