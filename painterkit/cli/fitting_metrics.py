"""Which metrics can measure the data of a painter."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from attrs import NOTHING

from painterkit.errors import PainterkitError, Problem, WrongInput
from painterkit.registry import Offer, Registry
from painterkit.roles import Role
from painterkit.setting_types import setting_fields
from painterkit.settings import Use
from painterkit.structure import WrongData, structure

if TYPE_CHECKING:
    from painterkit.interfaces.context import BuildContext

COUNT = "conversations"


def require_fit(slot: Use, context: BuildContext, registry: Registry, run: str) -> None:
    """Raise WrongInput naming the metrics that fit, where the metric that nobody chose does not."""
    try:
        context.build(Role.METRIC, slot)
    except WrongInput as error:
        what = f"{slot.name}, which is measured if none is named, does not fit these data"
        found = {
            offer.component.name: options
            for offer in registry.offers(Role.METRIC)
            if (options := _options(offer, context, registry)) is not None
        }
        if not found:
            reason = "; ".join(problem.what for problem in error.problems)
            hint = f"no metric that is installed does: {reason}"
            raise WrongInput(Problem("--metric", what, hint)) from error
        name, options = min(found.items(), key=lambda one: len(one[1]))
        command = shlex.join(["painterkit", "evaluate", run, "--metric", name, *options])
        hint = f"these do: {', '.join(found)}; as in: {command}"
        raise WrongInput(Problem("--metric", what, hint)) from error


def _options(offer: Offer, context: BuildContext, registry: Registry) -> list[str] | None:
    """Return the options that a metric needs to measure these data; None where it cannot."""
    options: list[str] = []
    table: dict[str, int] = {}
    for field in setting_fields(offer.component.settings):
        if field.default is NOTHING:
            options += ["--set", f"{offer.component.name}.{field.name}=..."]
        elif field.name == COUNT and context.dataset is not None:
            held_out = context.dataset.size("validation")
            if isinstance(field.default, int) and held_out < field.default:
                options += [f"--{COUNT}", str(held_out)]
                table[COUNT] = held_out
    if any(option == "--set" for option in options):
        return options  # what lacks only its user knows, so it cannot be tried
    settings_class: type[Any] = offer.component.settings
    try:
        settings = structure(table, settings_class, registry)
        context.build(Role.METRIC, Use(offer.qualified_name, settings))
    except (PainterkitError, WrongData):
        return None
    return options
