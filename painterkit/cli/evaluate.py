"""`painterkit evaluate`: measure what a painter draws."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painterkit.checkpoints.data_digest import require_same_data
from painterkit.checkpoints.run_folder import open_run
from painterkit.cli.completion import complete_metric
from painterkit.cli.fitting_metrics import require_fit
from painterkit.cli.options import Json
from painterkit.cli.output import cell, print_json, print_table, say
from painterkit.cli.references import (
    PAINTER,
    PAINTER_HELP,
    is_trained,
    painter_of,
    painter_of_run,
)
from painterkit.evaluation.metric_slots import metric_slots
from painterkit.generation.shipped import find_painter
from painterkit.plugins import load_plugins
from painterkit.reporting.console import console_reporter
from painterkit.settings import Use

if TYPE_CHECKING:
    from painterkit.generation.painter import Painter
    from painterkit.interfaces.metric import Metric, MetricResult

DEFAULT_METRIC = "attribute-accuracy"


def evaluate(
    run: Annotated[
        str,
        typer.Argument(metavar=PAINTER, help=PAINTER_HELP),
    ],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            help="What to measure, as in 'painterkit list metric'; repeat it for more. "
            f"{DEFAULT_METRIC} if left out, which fits the data set avatars alone.",
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
    gates: Annotated[
        bool,
        typer.Option(
            "--gates",
            help="Score how much the gates of the painter's memory open where the attribute just "
            "told shows, and draw them turn by turn; without --metric nothing else is measured.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Draw held-out conversations and measure the pictures; a run keeps the numbers."""
    plugins = load_plugins()
    names = metric or ([] if gates else [DEFAULT_METRIC])
    asked = names or sets  # --set without a metric is told to have none
    slots = metric_slots(names, plugins.registry, sets or [], conversations) if asked else {}
    path = find_painter(run)
    opened = None if path.is_file() else open_run(path)
    checkpoint = None
    if opened is None:
        painter = painter_of(path, plugins)
    else:
        painter, checkpoint = painter_of_run(opened, plugins)
        held_out = painter.assembly.dataset.conversations("validation")
        require_same_data(opened, {"validation": held_out})
    from painterkit.evaluation.evaluate import built_metrics, measure, metric_context
    from painterkit.evaluation.gate_scores import GATES, GatesSettings, score_gates
    from painterkit.evaluation.result_files import Measured, result_facts, write_results

    if metric is None and not gates:
        require_fit(slots[DEFAULT_METRIC], metric_context(painter), plugins.registry, run)
    metrics = built_metrics(painter, slots)
    results: dict[str, MetricResult] = {}
    pictures: list[Path] = []
    with console_reporter() as console:
        if gates:
            settings = GatesSettings.of(conversations)
            results[GATES] = score_gates(painter, settings, seed, console.preparing)
            slots = {GATES: Use(GATES, settings), **slots}
        results |= measure(painter, metrics, seed, console.preparing) if metrics else {}
        if opened is not None:
            pictures = _draw(painter, metrics, gates, opened.evaluation, seed)
    trained = checkpoint is None or is_trained(checkpoint, len(painter.assembly.recipe.phases))
    drawn_by = checkpoint and checkpoint.name
    measured = {
        name: Measured(slots[name], result, seed, drawn_by, trained)
        for name, result in results.items()
    }
    written = write_results(opened.evaluation, measured.values()) if opened is not None else []
    if json:
        print_json({name: result_facts(one) for name, one in measured.items()})
        return
    for number, (name, result) in enumerate(results.items()):
        _print_result(name, result, first=number == 0)
    for file in [*written, *pictures]:
        say(f"written to {file}")
    if opened is None:
        say("nothing is written: only the folder of a run keeps the numbers")


def _draw(
    painter: Painter, metrics: Mapping[str, Metric], gates: bool, folder: Path, seed: int
) -> list[Path]:
    """Write pictures of what was measured turn by turn, and return the files."""
    from painterkit.evaluation.gate_maps import write_gate_maps
    from painterkit.evaluation.sequences import write_sequences

    files: list[Path] = []
    if any(metric.draws.every_turn for metric in metrics.values()):
        files.append(write_sequences(painter, folder / "sequences.png", seed))
    if gates:
        files.append(write_gate_maps(painter, folder / "gates.png", seed))
    return files


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
