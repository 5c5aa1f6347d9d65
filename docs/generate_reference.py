"""Write docs/reference/ from the code: settings classes, the registry and the command line.

python docs/generate_reference.py            write the pages
python docs/generate_reference.py --check    write nothing, exit 1 if a page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import typer
from attrs import evolve

from painterkit.cli.app import app
from painterkit.cli.describe import SettingRow, description, setting_rows
from painterkit.plugins import load_plugins
from painterkit.recipe_file.schema import Duration, Recipe
from painterkit.registry import Component, Offer
from painterkit.roles import Role
from painterkit.setting_types import setting_fields, slot_role
from painterkit.settings import is_settings

DOCS = Path(__file__).parent
REFERENCE = DOCS / "reference"
DISTRIBUTION = "painterkit"

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


def commands_page() -> str:
    """Return the page of the commands."""
    group: Any = typer.main.get_command(app)
    parts = [
        GENERATED,
        "# Commands",
        "Data go to stdout, words to stderr. The exit code is 0, 1 where something failed, 2 for "
        "wrong input, 130 if interrupted. With `PAINTERKIT_TRACEBACK=1` in the environment an "
        "error is shown with its traceback.",
        "`painterkit --install-completion` teaches a shell the names of commands, recipes and "
        "components; `painterkit --version` prints the version.",
    ]
    for name, command in every_command(group):
        arguments = [one for one in command.params if one.opts[0] == one.name]
        options = [one for one in command.params if one.opts[0] != one.name]
        words = [one.metavar if one.required else f"[{one.metavar}]" for one in arguments]
        parts += [
            f"## {name}",
            paragraphs(command.help),
            f"```\npainterkit {' '.join([name, *words, '[OPTIONS]'])}\n```",
            table(
                ("argument or option", "default", "what it is"),
                [
                    *((f"`{one.metavar}`", "", one.help) for one in arguments),
                    *((option_words(one), option_default(one), one.help) for one in options),
                ],
            ),
        ]
    return joined(parts)


def every_command(group: Any) -> Iterator[tuple[str, Any]]:
    """Yield each command by its full name, such as `data check`.

    Those of painterkit's own plugins stand behind; other plugins' are not for this page.
    """
    own = dict(group.commands)
    for name, one in group.from_plugins.commands.items():
        if one.distribution == DISTRIBUTION:
            own[name] = one.command
    for name, command in own.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {word}", one) for word, one in inner.items())


def option_words(option: Any) -> str:
    """Return an option as it is typed."""
    name = "/".join(option.opts)
    if option.is_flag:
        return f"`{name}`"
    return f"`{name} {option.metavar or option.name.upper()}`" + (" …" if option.multiple else "")


def option_default(option: Any) -> str:
    """Return an option's default, empty where leaving it out has no value of its own."""
    if option.is_flag or option.default in (None, ""):
        return ""
    return f"`{option.default}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)


def paragraphs(text: str) -> str:
    """Return a docstring with each paragraph on one line."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def joined(parts: Sequence[str]) -> str:
    """Return the parts of a page as its text."""
    return "\n\n".join(parts) + "\n"


def pages() -> dict[Path, str]:
    """Return the text of every page that is written from the code, by its path."""
    return {
        REFERENCE / "recipe.md": recipe_page(),
        REFERENCE / "components.md": components_page(),
        REFERENCE / "commands.md": commands_page(),
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
