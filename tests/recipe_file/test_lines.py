"""The lines that keys were written on."""

from __future__ import annotations

import pytest

from painterkit.recipe_file.lines import Lines
from painterkit.recipe_file.paths import KeyPath, holds, text_path

TEXT = '''\
# a comment
a = 1
b.c = 2

[table]
long = [
    1,  # one
    [2,
     3],
]
text = """
d = 4
[no.table]
"""
inline = { x = { y = 1 }, z = 2 }

[[phases]]
name = "one"

[phases.deep.er]
k = 1

[[phases]]
name = "two words"
[phases.deep]
k = 2
[[phases.list]]
m = 1
[[phases.list]]
m = 2
[ "quoted.key" ]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("a",), 2),
        (("b",), 3),
        (("b", "c"), 3),
        (("table",), 5),
        (("table", "long"), 6),
        (("table", "long", 1, 1), 6),
        (("table", "text"), 11),
        (("table", "inline", "x", "y"), 15),
        (("phases",), 17),
        (("phases", 0), 17),
        (("phases", 0, "name"), 18),
        (("phases", 0, "deep"), 20),
        (("phases", 0, "deep", "er", "k"), 21),
        (("phases", 1), 23),
        (("phases", 1, "name"), 24),
        (("phases", 1, "deep", "k"), 26),
        (("phases", 1, "list", 0, "m"), 28),
        (("phases", 1, "list", 1), 29),
        (("quoted.key",), 31),
        # what nobody wrote is looked for on the innermost table's line
        (("d",), 1),
        (("table", "missing"), 5),
        (("phases", 1, "missing", "too"), 23),
        (("phases", 2), 17),
        (("a", "below"), 2),
    ],
)
def test_line(path: KeyPath, line: int) -> None:
    assert Lines(TEXT).line_of(path) == line


def test_one_finder_answers_many_times() -> None:
    lines = Lines(TEXT)
    paths: list[KeyPath] = [("a",), ("phases", 1), ("a",)]
    assert [lines.line_of(path) for path in paths] == [2, 23, 2]


def test_holds() -> None:
    data = {"a": [{"b": 1}]}
    assert holds(data, ("a", 0, "b"))
    assert not holds(data, ("a", 1))
    assert not holds(data, ("a", -1))
    assert not holds(data, ("a", "b"))
    assert not holds(data, ("a", 0, "b", "c"))


def test_paths_name_phases_and_quote_what_toml_would() -> None:
    data = {"phases": [{"name": "one"}, {"name": "two words"}, {}]}
    assert text_path(("phases", 0, "batch"), data) == "phases.one.batch"
    assert text_path(("phases", 1), data) == 'phases."two words"'
    assert text_path(("phases", 2), data) == "phases.2"
    assert text_path(("a", "b.c", "")) == 'a."b.c".""'
    assert text_path(("a\nb",)) == '"a\\nb"'
