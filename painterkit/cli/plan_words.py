"""Say what a training would do, for --dry-run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from painterkit.cli.endings import say_problems
from painterkit.cli.output import print_table, size_words

if TYPE_CHECKING:
    from painterkit.training.plan import Plan


def print_plan(plan: Plan) -> None:
    """Print a plan as tables on stdout, and its warnings on stderr."""
    data = plan.data
    typer.echo(
        f"{plan.recipe}: {data.train:,} conversations of {data.component} to train on, "
        f"{data.validation:,} held out, pictures of {data.resolution} px\n"
    )
    parts = [(part.name, part.component, f"{part.parameters:,}") for part in plan.parts]
    print_table(("part", "component", "parameters"), parts)
    typer.echo()
    phases = [
        (
            phase.name,
            phase.step,
            f"{phase.steps:,}",
            phase.batch,
            f"{phase.images:,}",
            f"{phase.trained:,} of {phase.trained + phase.frozen:,}",
            ", ".join(phase.prefixes),
        )
        for phase in plan.phases
    ]
    columns = ("phase", "step", "steps", "batch", "images", "parameters trained", "in")
    print_table(columns, phases)
    typer.echo()
    caches = [
        (cache.what, size_words(cache.bytes), "there already" if cache.ready else "to be made")
        for cache in plan.cache
    ]
    print_table(("prepared", "size", "state"), caches)
    say_problems("warning", plan.warnings)
