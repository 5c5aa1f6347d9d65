"""Which metrics are measured, and with which settings; imports no torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from painterkit.errors import Problem, WrongInput, nearest
from painterkit.recipe_file.merge import MergedRecipe
from painterkit.recipe_file.overrides import apply_sets
from painterkit.recipe_file.paths import text_path
from painterkit.registry import Offer, Registry
from painterkit.roles import Role
from painterkit.settings import Use, has_setting
from painterkit.structure import PathProblem, WrongData, structure, unstructure

MetricSlot = str | Mapping[str, Any] | Use
"""A metric as a recipe names a component: "name", {"use": "name", "key": value}, or a Use."""

EXAMPLE = "attribute-accuracy.seed=1"


def metric_slots(
    metrics: Sequence[MetricSlot],
    registry: Registry,
    sets: Sequence[str] = (),
    conversations: int | None = None,
) -> dict[str, Use]:
    """Return the metrics by name, as they were named, each with its settings.

    `sets` are texts `METRIC.key=value`, read as the --set of a recipe is. `conversations` stands
    for the setting of that name wherever a metric has it and nothing else sets it. Raises
    WrongInput with all that is wrong.
    """
    if not metrics:
        raise WrongInput(Problem("metrics", "there is none to measure", "name at least one"))
    tables = _tables(metrics)
    offers = {name: registry.find(Role.METRIC, name) for name in tables}
    keys = _keys(offers)
    merged = MergedRecipe("")
    for name, table in tables.items():
        if conversations is not None and has_setting(
            offers[name].component.settings, "conversations"
        ):
            table = {"conversations": conversations, **table}
        merged.lay_over({keys[name]: table}, "")
    problems = apply_sets(merged, sets, EXAMPLE)
    problems += _strangers(merged, list(keys.values()))
    slots: dict[str, Use] = {}
    for name, offer in offers.items():
        key = keys[name]
        try:
            settings = structure(merged.data[key], offer.component.settings, registry)
        except WrongData as error:
            problems += [_place(key, problem, merged) for problem in error.problems]
        else:
            slots[name] = Use(name, settings)
    if problems:
        raise WrongInput(problems)
    return slots


def _tables(metrics: Sequence[MetricSlot]) -> dict[str, dict[str, Any]]:
    """Return the settings that are given with each name; a name may come twice, if the same."""
    tables: dict[str, dict[str, Any]] = {}
    for metric in metrics:
        if isinstance(metric, str):
            name, table = metric, {}
        elif isinstance(metric, Use):
            name, table = metric.name, unstructure(metric.settings)
        else:
            table = dict(metric)
            name = table.pop("use", None)
        if not isinstance(name, str):
            hint = 'write {"use": "attribute-accuracy"}'
            raise WrongInput(Problem("metrics", "a table needs 'use', the name of a metric", hint))
        if tables.setdefault(name, table) != table:
            hint = "measure one after the other"
            raise WrongInput(Problem(name, "is named twice, with different settings", hint))
    return tables


def _keys(offers: Mapping[str, Offer]) -> dict[str, str]:
    """Return what --set calls each metric: its bare name, or `plugin:name` if two share that."""
    bare = Counter(offer.component.name for offer in offers.values())
    return {
        name: offer.component.name if bare[offer.component.name] == 1 else offer.qualified_name
        for name, offer in offers.items()
    }


def _strangers(merged: MergedRecipe, keys: Sequence[str]) -> list[Problem]:
    """Return a problem for each --set whose first step is no metric that is measured."""
    return [
        Problem(
            f"{merged.origin_of((key,))}   {text_path((key,))}",
            "no metric of this name is measured here",
            nearest(key, keys),
        )
        for key in merged.data
        if key not in keys
    ]


def _place(key: str, problem: PathProblem, merged: MergedRecipe) -> Problem:
    path = (key, *problem.path)
    origin = cast("str", merged.origin_of(path))  # nothing here comes from a file
    where = text_path(path)
    return Problem(f"{origin}   {where}" if origin else where, problem.what, problem.hint)
