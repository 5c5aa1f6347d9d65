"""Any plain data is read, or complained of: never another error, and never read wrongly."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from painterkit.recipe_file.schema import Duration, Recipe
from painterkit.registry import Registry
from painterkit.structure import WrongData, structure, unstructure

from .conftest import REGISTRY_AND_CLASS

KEYS = st.sampled_from(
    [
        "use",
        "name",
        "parts",
        "phases",
        "generator",
        "until",
        "epochs",
        "width",
        "inner",
        "32",
        "losses",
        "data",
        "optimizers",
        "train",
        "betas",
        "resolutions",
        "windows",
        "conditioner",
    ]
)
NAMES = st.sampled_from(["stack", "augment", "twin", "kl", "judge", "fake:twin", ":", "auto"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | NAMES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=4)
        | st.dictionaries(st.integers(), inner, max_size=2)
    ),
    max_leaves=20,
)


RIGHT: dict[str, Any] = {
    "painterkit": 1,
    "name": "right",
    "data": "faces",
    "parts": {
        "caption_encoder": "hashed-words",
        "dialogue_encoder": "bilstm",
        "generator": "stack",
    },
    "phases": [
        {
            "name": "a",
            "until": {"steps": 1},
            "batch": 2,
            "step": "adversarial",
            "optimizers": {"generator": {"train": ["generator"]}},
        }
    ],
}
PATHS: list[tuple[str | int, ...]] = [
    ("name",),
    ("parts",),
    ("parts", "generator"),
    ("parts", "discriminators"),
    ("phases",),
    ("phases", 0),
    ("phases", 0, "until"),
    ("phases", 0, "optimizers", "generator"),
    ("phases", 0, "optimizers", "generator", "betas"),
    ("samplers",),
]


@hypothesis_settings(deadline=None, max_examples=100)
@given(value=VALUES, path=st.sampled_from(PATHS))
def test_any_value_anywhere_is_read_or_complained_of(
    registry: Registry, value: Any, path: tuple[str | int, ...]
) -> None:
    data = deepcopy(RIGHT)
    target: Any = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    try:
        recipe = structure(data, Recipe, registry)
    except WrongData as error:
        complaints = error.problems
    else:
        assert structure(unstructure(recipe), Recipe, registry) == recipe
        return
    assert complaints
    assert all(problem.what for problem in complaints)


@hypothesis_settings(deadline=None, max_examples=100)
@given(value=VALUES)
def test_any_data_is_read_or_complained_of(generator: REGISTRY_AND_CLASS, value: Any) -> None:
    registry, settings_class = generator
    for kind in (settings_class, Recipe, Duration):
        made = None
        with suppress(WrongData):
            made = structure(value, kind, registry)
        if made is not None:
            assert structure(unstructure(made), kind, registry) == made
