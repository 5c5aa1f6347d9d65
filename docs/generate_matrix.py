"""Write docs/reference/matrix.md: what goes with what, from the registry.

python docs/generate_matrix.py            write the page
python docs/generate_matrix.py --check    write nothing, exit 1 if the page is out of date
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from generate_reference import REFERENCE
from reference_markdown import joined, table

from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.roles import Role
from painterkit.testing.matrix import (
    ADVERSARIAL,
    KIT,
    Choice,
    Combination,
    choices,
    combinations,
    recipe_of,
    refusals,
)

PAGE = REFERENCE / "matrix.md"

GENERATED = "<!-- Written by docs/generate_matrix.py: change the code it reads, not this page. -->"

INTRODUCTION = f"""\
What goes with what. Every combination of a generator, a dialogue encoder, a conditioner and the
loss `{ADVERSARIAL}`, in each of its kinds, that fits is assembled, trained for two steps, saved,
loaded and drawn with by a test, at a tiny size, with the first discriminator that will do. Any
other loss stands beside `{ADVERSARIAL}`. What does not fit is refused by `painterkit check` and
`painterkit train` before any training, with the sentence given here.

A component is tried with each of the `samples` that its plugin offers it with: where there are
several kinds, what makes the difference is named. With another loss, and with a further sample of
a generator, not every combination is trained, to save time: any three of generator, dialogue
encoder, conditioner and loss are, but not all four in every way.

Each table of losses says what two things make of it; the rest is what fits: the bases have the
conditioner `conditioning-augmentation` in the first, which is not the default of all.

Words of the captions, regions and attributes of the pictures are there for whoever asks for them.
"""


class Reasons:
    """Number the sentences of refusals, in the order in which they are met."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def cell(self, sentences: Sequence[str]) -> str:
        """Return what a table says of a combination: that it fits, or why not."""
        if not sentences:
            return "yes"
        numbers: list[int] = []
        for sentence in dict.fromkeys(map(_plain, sentences)):
            if sentence not in self.sentences:
                self.sentences.append(sentence)
            numbers.append(self.sentences.index(sentence) + 1)
        return "no: " + ", ".join(map(str, numbers))


def _plain(sentence: str) -> str:
    """Return a sentence without its place in the recipe and without a height."""
    words = sentence.split("   ", 1)[1]
    return re.sub(r"at \d+ px", "at one height", re.sub(r"that of \d+ px", "one of these", words))


def page(plugins: LoadedPlugins, cache: Path) -> str:
    """Return the page."""
    reasons = Reasons()
    parts = [GENERATED, "# Matrix", INTRODUCTION.rstrip()]
    for heading, rows in (
        ("Losses and bases", _losses_and_bases(plugins, cache, reasons)),
        ("Losses and discriminators", _losses_and_judges(plugins, cache, reasons)),
        ("Losses and conditioners", _losses_and_conditioners(plugins, cache, reasons)),
        ("Bases, dialogue encoders and conditioners", _bases(plugins, cache, reasons)),
    ):
        parts += [f"## {heading}", table(rows[0], rows[1:])]
    listed = "\n".join(f"{place}. {one}" for place, one in enumerate(reasons.sentences, 1))
    return joined([*parts, "## Why not", listed])


def _losses_and_bases(plugins: LoadedPlugins, cache: Path, reasons: Reasons) -> list[Sequence[str]]:
    bases = choices(Role.GENERATOR, plugins.registry)
    rows: list[Sequence[str]] = [["loss", *(f"`{base}`" for base in bases)]]
    for loss in choices(Role.LOSS, plugins.registry):
        cells = [
            reasons.cell(_best(next(combinations(base, loss, plugins.registry)), plugins, cache))
            for base in bases
        ]
        rows.append([f"`{loss}`", *cells])
    return rows


def _losses_and_judges(
    plugins: LoadedPlugins, cache: Path, reasons: Reasons
) -> list[Sequence[str]]:
    judges = choices(Role.DISCRIMINATOR, plugins.registry)
    rows: list[Sequence[str]] = [["loss", *(f"`{judge}`" for judge in judges)]]
    for loss in choices(Role.LOSS, plugins.registry):
        base = _fitting_base(loss, plugins, cache)
        judged = next(combinations(base, loss, plugins.registry))
        cells = [reasons.cell(_refusals(one, plugins, cache)) for one in judged]
        rows.append([f"`{loss}`", *cells])
    return rows


def _losses_and_conditioners(
    plugins: LoadedPlugins, cache: Path, reasons: Reasons
) -> list[Sequence[str]]:
    names = [f"`{one}`" for one in choices(Role.CONDITIONER, plugins.registry)]
    rows: list[Sequence[str]] = [["loss", *names]]
    for loss in choices(Role.LOSS, plugins.registry):
        found: dict[str, str] = {}
        for judged in combinations(_fitting_base(loss, plugins, cache), loss, plugins.registry):
            name = f"`{judged[0].conditioner}`"
            if name not in found:
                found[name] = reasons.cell(_best(judged, plugins, cache))
        rows.append([f"`{loss}`", *(found[name] for name in names)])
    return rows


def _bases(plugins: LoadedPlugins, cache: Path, reasons: Reasons) -> list[Sequence[str]]:
    readers = choices(Role.DIALOGUE_ENCODER, plugins.registry)
    plain = next(one for one in choices(Role.LOSS, plugins.registry) if str(one) == ADVERSARIAL)
    rows: list[Sequence[str]] = [["base", "conditioner", *(f"`{reader}`" for reader in readers)]]
    for base in choices(Role.GENERATOR, plugins.registry):
        found: dict[str, list[str]] = {}
        for judged in combinations(base, plain, plugins.registry):
            told = f"`{judged[0].conditioner}`" if judged[0].conditioner else "none to choose"
            cell = reasons.cell(_best(judged, plugins, cache))
            found.setdefault(told, []).append(cell)
        rows += [[f"`{base}`", told, *cells] for told, cells in found.items()]
    return rows


def _refusals(one: Combination, plugins: LoadedPlugins, cache: Path) -> Sequence[str]:
    return refusals(recipe_of(one, plugins.registry, cache), plugins, cache)


def _best(judged: Sequence[Combination], plugins: LoadedPlugins, cache: Path) -> Sequence[str]:
    """Return nothing if a combination fits with any discriminator, or why the last one does not."""
    sentences: Sequence[str] = ()
    for one in judged:
        sentences = _refusals(one, plugins, cache)
        if not sentences:
            break
    return sentences


def _fitting_base(loss: Choice, plugins: LoadedPlugins, cache: Path) -> Choice:
    """Return the first base that a loss goes with, or the first of all."""
    bases = choices(Role.GENERATOR, plugins.registry)
    for base in bases:
        if not _best(next(combinations(base, loss, plugins.registry)), plugins, cache):
            return base
    return bases[0]


def main(arguments: Sequence[str]) -> int:
    """Write the page, or check it; return the exit code."""
    if list(arguments) not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as cache:
        text = page(load_plugins([KIT]), Path(cache))
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    if arguments:
        print(f"{PAGE} is out of date; run: python docs/generate_matrix.py", file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8")
    print(PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
