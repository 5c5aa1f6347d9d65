"""`painterkit data check`: what a folder of pictures holds, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import frozen

from painterkit.cli.completion import complete_dataset
from painterkit.cli.endings import say_problems
from painterkit.cli.known_data import data_settings, dataset_named, dataset_of
from painterkit.cli.options import Json
from painterkit.cli.output import print_json, print_table, say, size_words
from painterkit.errors import PainterkitError, WrongInput
from painterkit.plugins import load_plugins
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.settings import Use

if TYPE_CHECKING:
    from painterkit.interfaces.dataset import Dataset, Split

data = typer.Typer(no_args_is_help=True, help="Look at data of your own.")


@frozen
class SplitFacts:
    """What a split holds. `bytes` is what its pictures take once they are prepared."""

    split: str
    pictures: int
    conversations: int
    captions: int
    turns: int
    fewest_turns: int
    most_turns: int
    bytes: int


@frozen
class DataFacts:
    """What a data set holds, with the values of its attributes."""

    dataset: str
    resolution: int
    splits: Sequence[SplitFacts]
    attributes: Mapping[str, Sequence[str]]


@data.command("check")
def data_check(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="The folder of the data, or its .jsonl file.")
    ],
    name: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            help="The data set that it is for, as in 'painterkit list dataset'; told by the names "
            "of the files if left out.",
            autocompletion=complete_dataset,
            show_default=False,
        ),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a setting of the data set, as in --set resolution=128; may be repeated.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Check data of your own: every line, every name, and every picture's file."""
    registry = load_plugins().registry
    offer = dataset_of(path, registry) if name is None else dataset_named(name, registry)
    use = data_settings(offer, registry, path, sets or [])
    try:
        facts = _facts(offer.component.name, use, registry)
    except PainterkitError as error:
        if not json:
            raise WrongInput(error.problems) from error
        print_json({"right": False, "problems": error.problems})
        say_problems("error", error.problems)
        raise typer.Exit(WrongInput.exit_code) from error
    if json:
        print_json({"right": True, "problems": [], "facts": facts})
        return
    _print(facts)
    say(f"{path}: nothing is wrong")


def _facts(name: str, use: Use, registry: Registry) -> DataFacts:
    """Build the data set and count. Raises WrongInput with what it lacks."""
    from painterkit.assembly import root_context
    from painterkit.data.prepared import cache_folder
    from painterkit.interfaces.dataset import SPLITS

    dataset: Dataset = root_context(registry, cache_folder()).build(Role.DATASET, use)
    lacks = dataset.lacks()
    if lacks:
        raise WrongInput(lacks)
    return DataFacts(
        dataset=name,
        resolution=dataset.resolution,
        splits=[_split_facts(dataset, split) for split in SPLITS],
        attributes=dataset.attributes,
    )


def _split_facts(dataset: Dataset, split: Split) -> SplitFacts:
    conversations = dataset.conversations(split)
    turns = [len(one.turns) for one in conversations]
    return SplitFacts(
        split=split,
        pictures=len({one.image for one in conversations}),
        conversations=len(conversations),
        captions=sum(1 for one in conversations for text in one.captions if text),
        turns=sum(turns),
        fewest_turns=min(turns, default=0),
        most_turns=max(turns, default=0),
        bytes=dataset.prepared_bytes(split),
    )


def _print(facts: DataFacts) -> None:
    typer.echo(f"{facts.dataset}, pictures made to fit {facts.resolution} px")
    typer.echo()
    rows = [
        (
            one.split,
            one.pictures,
            one.conversations,
            one.captions,
            one.turns,
            f"{one.fewest_turns} to {one.most_turns}",
            size_words(one.bytes),
        )
        for one in facts.splits
    ]
    columns = ("split", "pictures", "conversations", "captions", "turns", "turns each", "prepared")
    print_table(columns, rows)
    if facts.attributes:
        typer.echo()
        values = [(name, ", ".join(values)) for name, values in facts.attributes.items()]
        print_table(("attribute", "values"), values)
