"""Write docs/reference/ from the code: settings, the registry, the command line and the kit.

python docs/generate_reference.py            write the pages
python docs/generate_reference.py --check    write nothing, exit 1 if a page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from attrs import evolve
from reference_commands import DISTRIBUTION, commands_parts
from reference_markdown import joined, paragraphs, table
from reference_testing import testing_parts

from painterkit.cli.describe import SettingRow, description, setting_rows
from painterkit.plugins import load_plugins
from painterkit.recipe_file.schema import Duration, Recipe
from painterkit.registry import Component, Offer
from painterkit.roles import Role
from painterkit.setting_types import setting_fields, slot_role
from painterkit.settings import is_settings

DOCS = Path(__file__).parent
REFERENCE = DOCS / "reference"

GENERATED = (
    "<!-- Written by docs/generate_reference.py: change the code it reads, not this page. -->"
)

RECIPE_HEADINGS = {
    "Recipe": "The whole",
    "Samplers": "`[samplers]`",
    "Parts": "`[parts]`",
    "Phase": "`[[phases]]`",
    "Duration": "A stretch of training",
    "Optimizer": "`[phases.optimizers.NAME]`",
    "Decay": "`[phases.optimizers.NAME.decay]`",
    "Ema": "`[phases.ema]`",
    "Checkpoints": "`[checkpoints]`",
    "Samples": "`[samples]`",
}
"""The heading of each table of a recipe, by the class that it becomes."""

INTERFACE_FILES = {Role.TURN_SAMPLER: "samplers", Role.NOISE_SAMPLER: "samplers"}
"""Where a role's interface does not have a file of the role's name."""


def recipe_page() -> str:
    """Return the page of the keys of a recipe."""
    parts = [
        GENERATED,
        "# Recipe",
        "Every key of a recipe. What `extends` and `--set` do, and how a component is named in a "
        "slot, is told in [how a recipe is read](../explanation/recipes.md); the keys of a "
        "component stand in [components](components.md).",
    ]
    for settings_class in tables_of(Recipe, []):
        parts += [
            f"## {RECIPE_HEADINGS[settings_class.__name__]}",
            paragraphs(settings_class.__doc__ or ""),
            settings_table(direct_rows(settings_class), "key"),
        ]
    return joined(parts)


def direct_rows(settings_class: type) -> list[SettingRow]:
    """Return the rows of a class alone; a table inside it is a link to its own section."""
    inner = {
        f.name: next(settings_classes_in(f.type), None) for f in setting_fields(settings_class)
    }
    return [
        evolve(row, type=row.type.replace("table", section_link(inner[row.name])))
        for row in setting_rows(settings_class)
        if row.name in inner
    ]


def section_link(settings_class: type | None) -> str:
    """Return a link to the section of a table of the recipe."""
    if settings_class is None:
        return "table"
    heading = RECIPE_HEADINGS[settings_class.__name__]
    anchor = "".join(c for c in heading.lower() if c.isalnum() or c in " _-").replace(" ", "-")
    words = "stretch" if settings_class is Duration else "table"
    return f"[{words}](#{anchor})"


def tables_of(settings_class: type, found: list[type]) -> list[type]:
    """Return a settings class and every other that its fields hold, each once."""
    if settings_class not in found:
        found.append(settings_class)
        for field in setting_fields(settings_class):
            for inner in settings_classes_in(field.type):
                tables_of(inner, found)
    return found


def settings_classes_in(kind: Any) -> Iterator[type]:
    """Yield the settings classes inside a type; what a slot holds is a component's own affair."""
    if slot_role(kind) is not None:
        return
    if is_settings(kind):
        yield kind
    for member in get_args(kind):
        yield from settings_classes_in(member)


def components_page() -> str:
    """Return the page of the components that painterkit brings."""
    offers = [o for o in load_plugins().registry.offers() if o.distribution == DISTRIBUTION]
    parts = [
        GENERATED,
        "# Components",
        "What painterkit brings, by role. `painterkit list` also shows what other plugins bring, "
        "and `painterkit info ROLE NAME` shows one of them.",
    ]
    for role in Role:
        parts += [f"## {role}", interface_words(role)]
        for offer in offers:
            if offer.component.role is role:
                parts += component_parts(offer)
    return joined(parts)


def interface_words(role: Role) -> str:
    """Return what a role promises, and where that is written down."""
    module_name = INTERFACE_FILES.get(role, role.value.replace("-", "_"))
    module = import_module(f"painterkit.interfaces.{module_name}")
    protocol = getattr(module, "".join(word.title() for word in role.value.split("-")))
    summary = paragraphs(protocol.__doc__).partition("\n\n")[0]
    path = f"painterkit/interfaces/{module_name}.py"
    return f"{summary} Interface: [`{path}`](../../{path})."


def component_parts(offer: Offer) -> list[str]:
    """Return the heading, the description and the settings of a component."""
    component: Component = offer.component
    rows = list(setting_rows(component.settings))
    return [
        f"### {component.role} `{component.name}`",
        paragraphs(description(component)),
        f"Plugin `{offer.plugin}`, built by `{component.build}`.",
        settings_table(rows, "setting") if rows else "There is nothing to set.",
    ]


def settings_table(rows: Sequence[SettingRow], first: str) -> str:
    """Return settings as a table: name, type, default, help."""
    return table(
        (first, "type", "default", "what it is"),
        [(f"`{row.name}`", type_cell(row), default_cell(row), row.help) for row in rows],
    )


def type_cell(row: SettingRow) -> str:
    """Return a type with its unit."""
    return f"{row.type}, in {row.unit}" if row.unit else row.type


def default_cell(row: SettingRow) -> str:
    """Return a default as a recipe writes it."""
    if row.required:
        return "required"
    return f"`{row.default}`" if row.default else "none"


def pages() -> dict[Path, str]:
    """Return the text of every page that is written from the code, by its path."""
    return {
        REFERENCE / "recipe.md": recipe_page(),
        REFERENCE / "components.md": components_page(),
        REFERENCE / "commands.md": joined([GENERATED, *commands_parts()]),
        REFERENCE / "testing.md": joined([GENERATED, *testing_parts()]),
    }


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them; return the exit code."""
    if list(arguments) not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = {
        path: text
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    }
    for path, text in stale.items():
        if arguments:
            print(f"{path} is out of date; run: python docs/generate_reference.py", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(path)
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
