"""Plain data to settings classes: strict, all problems at once, and back."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomli_w

from painterkit.recipe_file.schema import Decay, Duration, Optimizer
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.settings import Use
from painterkit.structure import WrongData, structure, unstructure

from .conftest import REGISTRY_AND_CLASS


def complaints(data: object, settings_class: type, registry: Registry) -> list[str]:
    with pytest.raises(WrongData) as caught:
        structure(data, settings_class, registry)
    return [str(problem) for problem in caught.value.problems]


def made(data: dict[str, Any], generator: REGISTRY_AND_CLASS) -> Any:
    registry, settings_class = generator
    return structure(data, settings_class, registry)


def test_defaults_fill_slots_too(generator: REGISTRY_AND_CLASS) -> None:
    settings = made({}, generator)
    assert settings.base_channels == 64
    assert isinstance(settings.conditioner, Use)
    assert settings.conditioner.settings.width == 128
    assert settings.second is None
    assert settings.losses == {}


def test_every_type_is_read(generator: REGISTRY_AND_CLASS) -> None:
    settings = made(
        {
            "resolutions": [32, 64],
            "conditioner": {"use": "augment", "width": 3, "inner": "other:twin"},
            "second": "plain",
            "losses": {"a": "hinge", "b": {"use": "kl", "weight": 2}},
            "more": ["hinge", {"use": "kl", "weight": 0.5}],
            "widths": {"32": 1, "64": 0.5},
            "window": {"width": 4},
            "windows": [{"width": 1}, {"width": 2, "name": "b"}],
            "range": [0, 1],
            "clip": 3,
            "level": 2,
            "attention": True,
        },
        generator,
    )
    assert settings.resolutions == (32, 64)
    assert settings.conditioner.settings.inner.name == "other:twin"
    assert settings.conditioner.settings.inner.settings.width == 128
    assert settings.losses["b"].settings.weight == 2.0
    assert type(settings.losses["b"].settings.weight) is float
    assert [use.name for use in settings.more] == ["hinge", "kl"]
    assert settings.widths == {32: 1.0, 64: 0.5}
    assert settings.window.name == "window"
    assert [window.width for window in settings.windows] == [1, 2]
    assert settings.range == (0.0, 1.0)
    assert settings.clip == 3.0
    assert type(settings.clip) is float
    assert settings.level == 2
    assert settings.attention is True


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("base_channels", "64", "expected a whole number, got '64' (text)"),
        ("base_channels", 1.5, "expected a whole number, got 1.5"),
        ("base_channels", True, "expected a whole number, got true"),
        ("base_channels", {}, "expected a whole number, got a table"),
        ("base_channels", [1], "expected a whole number, got an array"),
        ("base_channels", 0, "must be at least 1, got 0"),
        ("slope", "0.5", "expected a number, got '0.5' (text)"),
        ("slope", False, "expected a number, got false"),
        ("slope", 1.5, "must be at most 1.0, got 1.5"),
        ("slope", float("nan"), "expected a number, got nan"),
        ("slope", 10**400, "expected a number, got a huge number"),
        ("attention", 1, "expected true or false, got 1"),
        ("attention", "false", "expected true or false, got 'false' (text)"),
        ("norm", "Batch", "expected one of 'batch', 'layer', 'none', got 'Batch' (text); did you"),
        ("norm", 3, "expected one of 'batch', 'layer', 'none', got 3"),
        ("level", True, "expected one of 1, 2, got true"),
        ("level", 1.0, "expected one of 1, 2, got 1.0"),
        ("clip", "aut", "expected a number or 'auto', got 'aut' (text); did you mean 'auto'?"),
        ("clip", True, "expected a number or 'auto', got true"),
        ("resolutions", 64, "expected an array, got 64"),
        ("resolutions", "64", "expected an array, got '64' (text)"),
        ("resolutions", [], "must not be empty"),
        ("resolutions", [64, 2], "must be at least 4, got 2"),
        ("range", [1], "expected an array of 2 entries, got 1"),
        ("window", [], "expected a table, got an empty array"),
        ("window", 3, "expected a table, got 3"),
        ("losses", ["hinge"], "expected a table, got an array"),
        ("conditioner", 3, "expected the name of a conditioner or a table with 'use', got 3"),
        ("conditioner", {}, "needs 'use', the name of a conditioner; known: augment, plain, twin"),
        ("conditioner", "augmnet", "no conditioner is named 'augmnet'; did you mean 'augment'?"),
        ("conditioner", "hinge", "no conditioner is named 'hinge'; 'hinge' is a loss"),
        (
            "conditioner",
            "twin",
            "'twin' is offered by the plugins 'fake' and 'other'; "
            "write 'fake:twin' or 'other:twin'",
        ),
        ("base_channels", "x" * 99, f"expected a whole number, got '{'x' * 37}...' (text)"),
    ],
)
def test_a_wrong_value(
    generator: REGISTRY_AND_CLASS, key: str, value: object, complaint: str
) -> None:
    registry, settings_class = generator
    [found] = complaints({key: value}, settings_class, registry)
    assert found.startswith(f"{key}   {complaint}")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"resolutions": [8, "x"]}, "resolutions.1   expected a whole number, got 'x' (text)"),
        ({"widths": {"064": 1.0}}, "widths.064   the key must be a whole number, got '064' (text)"),
        ({"widths": {"64": 0}}, "widths   must be above 0.0, got 0.0"),
        ({"windows": [{"width": 1}, {}]}, "windows.1.width   missing; it has no default: Width."),
        ({"window": {"wdith": 1, "width": 1}}, "window.wdith   unknown key; did you mean 'width'?"),
        ({"losses": {"a": {"use": "kl"}}}, "losses.a.weight   missing; it has no default: Weight"),
        ({"more": ["hing"]}, "more.0   no loss is named 'hing'; did you mean 'hinge'?"),
        ({"second": {"use": 3}}, "second.use   expected text, got 3; known: augment, plain, twin"),
        ({"second": {"use": "plan"}}, "second.use   no conditioner is named 'plan'; did you mean"),
        (
            {"second": {"use": "plain", "width": 3}},
            "second.width   unknown key; there is nothing to set here",
        ),
        (
            {"conditioner": {"use": "augment", "inner": {"use": "augment", "width": 0}}},
            "conditioner.inner.width   must be at least 1, got 0",
        ),
        ({3: 4}, "3   unknown key; known: attention, base_channels, clip"),
    ],
)
def test_a_wrong_value_below(
    generator: REGISTRY_AND_CLASS, data: dict[str, Any], found: str
) -> None:
    registry, settings_class = generator
    [problem] = complaints(data, settings_class, registry)
    assert problem.startswith(found)


def test_a_class_refuses_its_values_together(registry: Registry) -> None:
    settings_class = registry.find(Role.IMAGE_ENCODER, "pair").component.settings
    assert complaints({"low": 3}, settings_class, registry) == ["low must not be above high"]


@pytest.mark.parametrize("data", [{}, {"epochs": 1, "steps": 1}])
def test_a_duration_has_one_unit(registry: Registry, data: dict[str, Any]) -> None:
    assert complaints(data, Duration, registry) == ["give exactly one of epochs, images, steps"]


def test_a_learning_rate_falls_in_one_way(registry: Registry) -> None:
    decay = {"factor": 0.98, "every": {"epochs": 1}}
    data = {"train": ["generator"], "halve_every": {"epochs": 5}, "decay": decay}
    assert complaints(data, Optimizer, registry) == [
        "halve_every and decay both lower the learning rate; give one of them: halve_every is "
        "decay with factor = 0.5"
    ]
    for one in ("halve_every", "decay"):
        assert structure({key: data[key] for key in data if key != one}, Optimizer, registry)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("factor", 1.0, "factor   must be below 1.0, got 1.0"),
        ("factor", 0.0, "factor   must be above 0.0, got 0.0"),
        ("floor", 1.0, "floor   must be below 1.0, got 1.0"),
        ("floor", -0.1, "floor   must be at least 0.0, got -0.1"),
    ],
)
def test_a_decay_makes_the_rate_smaller(
    registry: Registry, key: str, value: float, problem: str
) -> None:
    data = {"factor": 0.98, "every": {"epochs": 1}, key: value}
    assert complaints(data, Decay, registry) == [problem]


def test_everything_is_written_out_and_read_back(generator: REGISTRY_AND_CLASS) -> None:
    settings = made(
        {
            "conditioner": {"use": "augment", "inner": "fake:twin"},
            "losses": {"a b": {"use": "kl", "weight": 2}},
            "widths": {"8": 1},
            "window": {"width": 1},
            "windows": [{"width": 1}],
            "clip": 1e-9,
        },
        generator,
    )
    plain = unstructure(settings)
    assert plain["conditioner"]["inner"] == {"use": "fake:twin"}
    assert plain["base_channels"] == 64
    assert plain["widths"] == {"8": 1.0}
    assert "second" not in plain
    assert made(tomllib.loads(tomli_w.dumps(plain)), generator) == settings


def test_deep_data_is_a_problem(generator: REGISTRY_AND_CLASS) -> None:
    data: dict[str, Any] = {"use": "augment"}
    for _ in range(5000):
        data = {"use": "augment", "inner": data}
    registry, settings_class = generator
    with pytest.raises(WrongData):
        structure({"conditioner": data}, settings_class, registry)
