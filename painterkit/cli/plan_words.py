"""Say what a training would do, for --dry-run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from painterkit.cli.endings import say_problems
from painterkit.cli.output import print_paragraphs, print_table, size_words

if TYPE_CHECKING:
    from painterkit.training.plan import Plan, PlannedData


READY = {True: "there already", False: "to be made", None: "made for the weights of then"}


def print_plan(plan: Plan) -> None:
    """Print a plan as tables on stdout, and its warnings on stderr."""
    print_paragraphs(f"{plan.recipe}: {_data_words(plan.data)}")
    typer.echo()
    parts = [(part.name, part.component, part.parameters) for part in plan.parts]
    print_table(("part", "component", "parameters"), parts)
    weights = [(one.name, one.source, one.there) for one in plan.weights]
    if weights:
        typer.echo()
        print_table(("weights of", "taken from", "name there"), weights)
    typer.echo()
    phases = [
        (phase.name, phase.step, phase.steps, phase.batch, phase.images) for phase in plan.phases
    ]
    print_table(("phase", "step", "steps", "batch", "images"), phases)
    typer.echo()
    trained = [
        (phase.name, phase.trained, phase.frozen, ", ".join(phase.prefixes))
        for phase in plan.phases
    ]
    print_table(("phase", "parameters trained", "frozen", "trained are"), trained)
    caches = [(cache.what, size_words(cache.bytes), READY[cache.ready]) for cache in plan.cache]
    if caches:
        typer.echo()
        print_table(("prepared once", "size", "state"), caches)
    say_problems("warning", plan.warnings)


def _data_words(data: PlannedData) -> str:
    if data.train is None or data.validation is None:
        return f"the data of {data.component} are not there yet, pictures of {data.resolution} px."
    return (
        f"{data.train:,} conversations of {data.component} to train on, "
        f"{data.validation:,} held out, pictures of {data.resolution} px."
    )
