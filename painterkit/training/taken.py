"""Weights that a training starts with, taken from another run or from an exported file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import torch
from attrs import evolve, frozen
from torch import Tensor

from painterkit.checkpoints.checkpoint import differences
from painterkit.errors import Failure, PainterkitError, Problem
from painterkit.generation.saved import UNDRAWN, SavedPainter, read_painter
from painterkit.generation.shipped import find_painter
from painterkit.interfaces.parts import Parts
from painterkit.recipe_file.paths import text_path
from painterkit.recipe_file.schema import Recipe, weights_source
from painterkit.trainable import named_tensors, nearest_module, under
from painterkit.user_paths import expanded


@frozen
class Source:
    """Where one key of `[weights]` takes its weights, and the live tensors by their names there."""

    key: str
    saved: SavedPainter
    name: str
    live: Mapping[str, Tensor]

    @property
    def given(self) -> dict[str, Tensor]:
        """What the source has under the name."""
        return {n: tensor for n, tensor in self.saved.tensors.items() if under(n, self.name)}


def find_sources(recipe: Recipe, parts: Parts) -> tuple[list[Source], list[Problem]]:
    """Find where the parts take the weights which the recipe names, and what hinders it.

    That is runs and files that are not there or are broken, and tensors that they lack, have
    besides or have in another shape. Nothing is taken; parts on the device "meta" will do.
    """
    tensors = named_tensors(parts)
    read = cache(read_painter)
    sources: list[Source] = []
    problems: list[Problem] = []
    for key, text in recipe.weights.items():
        path, name = weights_source(key, text)
        where = text_path(("weights", key))
        try:
            saved = read(find_painter(expanded(path, path)))
        except PainterkitError as error:
            problems += [evolve(one, where=f"{where} ({one.where})") for one in error.problems]
            continue
        live = {name + n.removeprefix(key): t for n, t in tensors.items() if under(n, key)}
        sources.append(Source(key, saved, name, live))
        problems += _misfits(sources[-1], f"{where} ({saved.origin})")
    return sources, problems


def take_weights(recipe: Recipe, parts: Parts) -> list[str]:
    """Give the parts the weights which the recipe names; return sentences that tell from where.

    Of a run they are those that its newest whole checkpoint draws with, the average's where there
    is one. Raises Failure with everything that hinders it; nothing is taken then.
    """
    sources, problems = find_sources(recipe, parts)
    if problems:
        raise Failure(problems)
    said: list[str] = []
    for source in sources:
        given = source.given
        with torch.no_grad():
            for name, tensor in source.live.items():
                tensor.copy_(given[name])
        said += [f"skipped: {problem}" for problem in source.saved.skipped]
        there = "" if source.name == source.key else f", '{source.name}' there"
        said.append(f"weights of '{source.key}' taken from {source.saved.origin}{there}")
    return list(dict.fromkeys(said))


def _misfits(source: Source, where: str) -> list[Problem]:
    given, name = source.given, source.name
    if not given:
        what = f"no parameter or buffer there is named '{name}' or stands under it"
        hint = nearest_module(name, list(source.saved.tensors))
        if source.saved.reached is None and name.partition(".")[0] in UNDRAWN:
            hint = "an exported file has what draws alone: name the run that it comes from"
        return [Problem(where, what, hint)]
    told = differences(source.live, given)
    if not told:
        return []
    hint = f"give '{source.key}' the settings that it has there"
    return [Problem(where, f"does not fit '{source.key}': {told}", hint)]
