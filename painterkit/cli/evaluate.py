"""`painterkit evaluate`: measure what a painter draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painterkit.checkpoints.data_digest import require_same_data
from painterkit.checkpoints.run_folder import open_run
from painterkit.cli.completion import complete_metric
from painterkit.cli.options import Json
from painterkit.cli.output import cell, print_json, print_table, say
from painterkit.cli.references import painter_of
from painterkit.evaluation.metric_slots import metric_slots
from painterkit.plugins import load_plugins
from painterkit.reporting.console import console_reporter

if TYPE_CHECKING:
    from painterkit.interfaces.metric import MetricResult

DEFAULT_METRIC = "attribute-accuracy"


def evaluate(
    run: Annotated[
        str,
        typer.Argument(metavar="RUN", help="The folder of a run, or a file that 'export' wrote."),
    ],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            help="What to measure, as in 'painterkit list metric'; repeat it for more. "
            f"{DEFAULT_METRIC} if left out.",
            autocompletion=complete_metric,
            show_default=False,
        ),
    ] = None,
    conversations: Annotated[
        int | None,
        typer.Option(
            help="How many held-out conversations to draw; the metric's own number if left out.",
            min=1,
            show_default=False,
        ),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="METRIC.KEY=VALUE",
            help=f"Change a setting of a metric, as in --set {DEFAULT_METRIC}.seed=1; may be "
            "repeated.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Chooses the noise of the pictures.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Draw held-out conversations and measure the pictures; a run keeps the numbers."""
    plugins = load_plugins()
    metrics = metric or [DEFAULT_METRIC]
    slots = metric_slots(metrics, plugins.registry, sets or [], conversations)
    painter = painter_of(run, plugins)
    opened = open_run(Path(run)) if Path(run).is_dir() else None
    if opened is not None:
        held_out = painter.assembly.dataset.conversations("validation")
        require_same_data(opened, {"validation": held_out})
    from painterkit.evaluation.evaluate import evaluate as measure
    from painterkit.evaluation.evaluate import write_results

    with console_reporter() as console:
        results = measure(painter, plugins, list(slots.values()), seed, progress=console.preparing)
    if opened is not None:
        write_results(opened.evaluation, results)
    if json:
        print_json(results)
        return
    for number, (name, result) in enumerate(results.items()):
        _print_result(name, result, first=number == 0)
    if opened is not None:
        say(f"written to {opened.evaluation}")


def _print_result(name: str, result: MetricResult, first: bool) -> None:
    if not first:
        typer.echo()
    typer.echo(name)
    if result.rows:
        typer.echo()
        columns = result.columns or [f"column {n}" for n in range(1, len(result.rows[0]) + 1)]
        print_table(columns, result.rows)
        typer.echo()
    width = max(map(len, result.values), default=0)
    for key, value in result.values.items():
        typer.echo(f"{key:<{width}}  {cell(value)}")
