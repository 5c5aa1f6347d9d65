"""Metrics and their settings, from names, tables and --set."""

from __future__ import annotations

from typing import Any

import pytest

from painterkit.errors import WrongInput
from painterkit.evaluation.metric_slots import MetricSlot, metric_slots
from painterkit.plugins import load_plugins
from painterkit.registry import Component, Offer, Registry
from painterkit.roles import Role

ACCURACY, SCORE = "attribute-accuracy", "classifier-score"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins().registry


def test_every_way_of_giving_a_setting(registry: Registry) -> None:
    slots = metric_slots(
        [ACCURACY, {"use": SCORE, "splits": 5}],
        registry,
        ["classifier-score.protocol=disjoint-splits", f"{ACCURACY}.seed=7"],
        conversations=50,
    )
    assert list(slots) == [ACCURACY, SCORE]
    assert (slots[ACCURACY].settings.seed, slots[ACCURACY].settings.conversations) == (7, 50)
    score = slots[SCORE].settings
    assert (score.splits, score.protocol, score.conversations) == (5, "disjoint-splits", 50)


def test_what_is_set_for_one_metric_is_stronger_than_a_number_for_all(registry: Registry) -> None:
    slots = metric_slots(
        [ACCURACY, {"use": SCORE, "conversations": 20}],
        registry,
        [f"{ACCURACY}.conversations=30"],
        conversations=50,
    )
    assert [slot.settings.conversations for slot in slots.values()] == [30, 20]


def test_slots_are_given_back_as_they_are(registry: Registry) -> None:
    slots = metric_slots([{"use": SCORE, "per_split": 9, "conversations": 10}], registry)
    assert metric_slots(list(slots.values()), registry) == slots


def test_values_are_read_as_in_a_recipe(registry: Registry) -> None:
    sets = ["inception-score={weights='a b.pth', conversations=1_000}", "inception-score.splits=2"]
    [slot] = metric_slots(["inception-score"], registry, sets).values()
    settings = slot.settings
    assert (settings.weights, settings.conversations, settings.splits) == ("a b.pth", 1000, 2)


def test_a_qualified_name_is_set_by_its_bare_one(registry: Registry) -> None:
    [(name, slot)] = metric_slots([f"avatars:{ACCURACY}"], registry, [f"{ACCURACY}.seed=3"]).items()
    assert (name, slot.settings.seed) == (f"avatars:{ACCURACY}", 3)


def test_two_metrics_of_one_name_are_set_by_their_whole_names() -> None:
    component = load_plugins().registry.find(Role.METRIC, ACCURACY).component
    other = Component(Role.METRIC, ACCURACY, component.settings, "other:build")
    registry = Registry([Offer(component, "avatars"), Offer(other, "mine")])
    names = [f"avatars:{ACCURACY}", f"mine:{ACCURACY}"]
    slots = metric_slots(names, registry, [f'"{names[1]}".seed=3'])
    assert [slot.settings.seed for slot in slots.values()] == [0, 3]


def refused(registry: Registry, *metrics: MetricSlot, sets: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(WrongInput) as error:
        metric_slots(metrics, registry, sets)
    return [str(problem) for problem in error.value.problems]


SENTENCES: list[tuple[list[Any], tuple[str, ...], list[str]]] = [
    (
        ["inception-score"],
        (),
        [
            "inception-score.weights   missing; it has no default: Path of the file of weights, a "
            "state_dict in .pth format. Nothing is downloaded."
        ],
    ),
    (
        ["inception-score", ACCURACY],
        ("inception-score.weigths=x", f"{ACCURACY}.seed=first"),
        [
            "inception-score.weights   missing; it has no default: Path of the file of weights, a "
            "state_dict in .pth format. Nothing is downloaded.",
            "--set #1   inception-score.weigths   unknown key; did you mean 'weights'?",
            f"--set #2   {ACCURACY}.seed   expected a whole number, got 'first' (text)",
        ],
    ),
    (
        [ACCURACY],
        ("attribute-acuracy.seed=1",),
        [
            "--set #1   attribute-acuracy   no metric of this name is measured here; did you mean "
            "'attribute-accuracy'?"
        ],
    ),
    (
        [ACCURACY],
        ("seed=1", "seed"),
        [
            "--set #2   expected path=value, got 'seed'; write --set attribute-accuracy.seed=1",
            "--set #1   seed   no metric of this name is measured here; known: attribute-accuracy",
        ],
    ),
    ([ACCURACY], (f"{ACCURACY}=1",), [f"--set #1   {ACCURACY}   expected a table, got 1"]),
    ([ACCURACY], (f"{ACCURACY}.use=x",), [f"--set #1   {ACCURACY}.use   unknown key; "]),
    (
        [{"seed": 1}],
        (),
        [
            "metrics   a table needs 'use', the name of a metric; write "
            '{"use": "attribute-accuracy"}'
        ],
    ),
    (
        [{"use": ACCURACY, "seed": 1}, ACCURACY],
        (),
        [f"{ACCURACY}   is named twice, with different settings; measure one after the other"],
    ),
    ([], (), ["metrics   there is none to measure; name at least one"]),
]


@pytest.mark.parametrize(("metrics", "sets", "sentences"), SENTENCES)
def test_what_is_wrong_is_told_with_its_place(
    metrics: list[Any], sets: tuple[str, ...], sentences: list[str], registry: Registry
) -> None:
    said = refused(registry, *metrics, sets=sets)
    assert len(said) == len(sentences)
    for one, sentence in zip(sorted(said), sorted(sentences), strict=True):
        assert one.startswith(sentence)
