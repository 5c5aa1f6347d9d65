"""What a shell is offered to complete names with; never imports torch."""

from __future__ import annotations

import typer

from painterkit.cli.describe import summary
from painterkit.plugins import load_plugins
from painterkit.recipe_file.names import OWN, shipped_recipes
from painterkit.roles import Role

Offered = list[tuple[str, str]]
"""Pairs of a word and what it stands for."""


def complete_recipe(incomplete: str) -> Offered:
    """Offer the names of recipes; paths of files are the shell's own business."""
    return [
        (name, recipe.description)
        for recipe in shipped_recipes(load_plugins())
        for name in (recipe.name if recipe.plugin == OWN else recipe.qualified_name,)
        if name.startswith(incomplete)
    ]


def complete_plugin(incomplete: str) -> Offered:
    """Offer the plugins that are installed."""
    names = [status.name for status in load_plugins().statuses]
    return [(name, "") for name in names if name.startswith(incomplete)]


def complete_role(incomplete: str) -> Offered:
    """Offer the roles."""
    return [(role.value, "") for role in Role if role.value.startswith(incomplete)]


def complete_component(context: typer.Context, incomplete: str) -> Offered:
    """Offer the components of the role that was given before."""
    role = context.params.get("role")
    known = {one.value: one for one in Role}
    offers = load_plugins().registry.offers(known.get(str(role)))
    return [
        (offer.component.name, summary(offer.component))
        for offer in offers
        if offer.component.name.startswith(incomplete)
    ]


def complete_metric(incomplete: str) -> Offered:
    """Offer the metrics."""
    return [
        (offer.component.name, summary(offer.component))
        for offer in load_plugins().registry.offers(Role.METRIC)
        if offer.component.name.startswith(incomplete)
    ]


def complete_dataset(incomplete: str) -> Offered:
    """Offer the data sets."""
    return [
        (offer.component.name, summary(offer.component))
        for offer in load_plugins().registry.offers(Role.DATASET)
        if offer.component.name.startswith(incomplete)
    ]
