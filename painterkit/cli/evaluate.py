"""`painterkit evaluate`: measure what a painter draws."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painterkit.cli.completion import complete_metric
from painterkit.cli.fitting_metrics import require_fit
from painterkit.cli.options import Json
from painterkit.cli.output import cell, print_json, print_table, say
from painterkit.cli.references import PAINTER, PAINTER_HELP, painter_of
from painterkit.evaluation.metric_slots import metric_slots
from painterkit.plugins import load_plugins
from painterkit.reporting.console import console_reporter
from painterkit.settings import Use

if TYPE_CHECKING:
    from painterkit.data.batches import Batches
    from painterkit.evaluation.result_files import Measured
    from painterkit.generation.painter import Painter
    from painterkit.interfaces.metric import MetricResult

DEFAULT_METRIC = "attribute-accuracy"
SEQUENCES = "sequences"


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
    painter = painter_of(run, plugins)
    from painterkit.evaluation.evaluate import (
        built_metrics,
        held_out,
        measure_each,
        metric_context,
    )
    from painterkit.evaluation.gate_scores import GATES, GatesSettings, score_gates
    from painterkit.evaluation.gates import gated_cells
    from painterkit.evaluation.result_files import Measured, result_facts, write_result

    if metric is None and not gates:
        require_fit(slots[DEFAULT_METRIC], metric_context(painter), plugins.registry, run)
    metrics = built_metrics(painter, slots)
    if gates:
        gated_cells(painter)  # a painter without them is refused before its data are prepared
        slots = {GATES: Use(GATES, GatesSettings.of(conversations)), **slots}
    used = painter.checkpoint
    measured: dict[str, Measured] = {}
    written: list[Path] = []
    with console_reporter() as console:
        split = held_out(painter, console.preparing)
        found = measure_each(painter, metrics, split, seed, console.preparing)
        if gates:
            settings = slots[GATES].settings
            scored = score_gates(painter, split, settings, seed, console.preparing)
            found = chain([(GATES, scored)], found)
        for name, result in found:
            drawn_by, trained = (used.name, used.trained) if used else (None, True)
            measured[name] = Measured(slots[name], result, seed, drawn_by, trained)
            if used is not None:  # written at once: whatever fails later, it is there
                written.append(write_result(used.run.evaluation, measured[name]))
        if used is not None:
            every_turn = any(metric.draws.every_turn for metric in metrics.values())
            drawn = [one for one, asked in ((SEQUENCES, every_turn), (GATES, gates)) if asked]
            [first, *_] = measured.values()
            written += _draw(painter, split, drawn, used.run.evaluation, first)
    measured = {name: measured[name] for name in slots}
    if json:
        print_json({name: result_facts(one) for name, one in measured.items()})
        return
    for number, (name, one) in enumerate(measured.items()):
        _print_result(name, one.result, first=number == 0)
    for file in written:
        say(f"written to {file}")
    if used is None:
        say("nothing is written: only the folder of a run keeps the numbers")


def _draw(
    painter: Painter, split: Batches, names: Sequence[str], folder: Path, measured: Measured
) -> list[Path]:
    """Write pictures of what was measured turn by turn, and return the files."""
    from painterkit.evaluation.gate_maps import write_gate_maps
    from painterkit.evaluation.result_files import picture_file
    from painterkit.evaluation.sequences import write_sequences

    write = {SEQUENCES: write_sequences, "gates": write_gate_maps}
    return [
        write[name](painter, split, folder / picture_file(name, measured), measured.noise_seed)
        for name in names
    ]


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
