"""The pages of papers name code that is there, and values that the recipes have."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from statistics import fmean
from typing import Any

import pytest

from benchmarks.neural_painter_figures import KINDS
from painterkit.plugins import load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.structure import unstructure

from .pages import ROOT, page, sections, tables

CHATPAINTER = "docs/papers/chatpainter.md"
NEURAL_PAINTER = "docs/papers/neural_painter.md"
DFGAN = "docs/papers/dfgan.md"
GAN_CLS = "docs/papers/gan_cls.md"
ATTNGAN = "docs/papers/attngan.md"
CODE = re.compile(r"((?:`[\w.]+`(?:, | in ))+)\[[^\]]+\]\((\.\./\.\./[\w/]+\.py)\)")

TOLD = {
    (CHATPAINTER, "What `chatpainter_rnn_printed` keeps"): "chatpainter_rnn_printed",
    (CHATPAINTER, "At the paper's size"): "paper/chatpainter_rnn_coco",
    (CHATPAINTER, "Where `chatpainter_rnn` differs"): "chatpainter_rnn",
    (GAN_CLS, "At the paper's settings"): "paper/gan_cls",
    (GAN_CLS, "GAN-INT-CLS"): "paper/gan_int_cls_coco",
    (GAN_CLS, "Where `gan_cls` differs"): "gan_cls",
    (ATTNGAN, "At the authors' settings"): "paper/attngan_cub",
    (ATTNGAN, "Where `paper/attngan_coco` differs"): "paper/attngan_coco",
    (NEURAL_PAINTER, "At the paper's settings"): "paper/neural_painter_cub",
    (NEURAL_PAINTER, "Where `neural_painter` differs"): "neural_painter",
    (NEURAL_PAINTER, "Where `neural_painter_printed` differs"): "neural_painter_printed",
}
"""The sections that tell the values of a recipe, in columns `key` and `here`, by their pages."""


def names_in(node: ast.AST, prefix: str = "") -> Iterator[str]:
    """Yield the functions, classes and constants of a module, methods as Class.method."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield prefix + child.name
            if isinstance(child, ast.ClassDef):
                yield from names_in(child, f"{child.name}.")
        elif isinstance(child, ast.Assign):
            yield from (prefix + one.id for one in child.targets if isinstance(one, ast.Name))


@pytest.mark.parametrize(
    ("paper", "least"),
    [(CHATPAINTER, 26), (NEURAL_PAINTER, 44), (DFGAN, 12), (GAN_CLS, 12), (ATTNGAN, 12)],
)
def test_the_code_it_names_is_there(paper: str, least: int) -> None:
    named = CODE.findall(page(paper))
    assert len(named) >= least
    for names, link in named:
        path = (ROOT / paper).parent / link
        known = set(names_in(ast.parse(path.read_text(encoding="utf-8"))))
        assert set(re.findall(r"`([\w.]+)`", names)) <= known, link


def values(data: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every key of a recipe with its value; a phase's step is the phase's name."""
    if path:
        yield path, data
    if isinstance(data, dict):
        for key, value in data.items():
            yield from values(value, f"{path}.{key}" if path else key)
    elif isinstance(data, list):
        for entry in data:
            if isinstance(entry, dict):
                yield from values(entry, f"{path}.{entry['name']}")


@pytest.mark.parametrize(
    ("paper", "section", "recipe"),
    [(paper, section, recipe) for (paper, section), recipe in TOLD.items()],
)
def test_the_values_it_tells_are_those_of_the_recipe(paper: str, section: str, recipe: str) -> None:
    [[head, *rows]] = tables(sections(page(paper))[section])
    key_column, value_column = head.index("key"), head.index("here")
    known = list(values(unstructure(load_recipe(recipe, load_plugins()).recipe), ""))
    wrong: list[str] = []
    for row in rows:
        pattern, told = row[key_column].strip("`"), row[value_column]
        found = [value for path, value in known if matches(path, pattern)]
        if told == "none":
            wanted: list[Any] = []
        else:
            wanted = [tomllib.loads(f"value = {told.strip('`')}")["value"]] * max(len(found), 1)
        if found != wanted and [named(value) for value in found] != wanted:
            wrong.append(f"{pattern} is {found}, told is {told}")
    assert wrong == []


def matches(path: str, pattern: str) -> bool:
    """Match step by step: `*` stands for one step, `stage-*` for the phases named so."""
    steps, wanted = path.split("."), pattern.split(".")
    return len(steps) == len(wanted) and all(map(fnmatchcase, steps, wanted))


def named(value: Any) -> Any:
    """Return the name of a component that is told by its name alone."""
    return value.get("use") if isinstance(value, dict) else value


def numbers(section: str, rows: Sequence[str], column: str) -> list[float]:
    """Return a column of the first table of the Neural Painter's section, of some rows."""
    head, *found = tables(sections(page(NEURAL_PAINTER))[section])[0]
    return [float(row[head.index(column)]) for row in found if row[0] in rows]


MEASURED = {
    "`neural_painter`": "What it draws",
    "the painter that ships": "The painter that ships",
}
FIGURES = {"colour": 4, "part": 5, "shape": 6}


@pytest.mark.parametrize("column", ["attained", "retained", "undisturbed"])
def test_the_means_by_kind_are_those_of_the_tables(column: str) -> None:
    [[head, *rows]] = tables(sections(page(NEURAL_PAINTER))["Is shape harder than colour?"])
    assert {tuple(row[:2]) for row in rows} == {(a, b) for a in MEASURED for b in FIGURES}
    for painter, kind, *means in rows:
        attributes = KINDS[FIGURES[kind]]
        found = numbers(MEASURED[painter], attributes, column)
        assert len(found) == len(attributes)
        told = float(means[head.index(column) - 2])
        assert told == pytest.approx(fmean(found), abs=0.00051), (painter, kind)
