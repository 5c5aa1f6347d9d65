"""The reference page of the command line, from its help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from reference_markdown import block, paragraphs, table

from painterkit.cli.app import app

DISTRIBUTION = "painterkit"


def commands_parts() -> list[str]:
    """Return the parts of the page of the commands."""
    group: Any = typer.main.get_command(app)
    parts = [
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
            block("", f"painterkit {' '.join([name, *words, '[OPTIONS]'])}"),
            table(
                ("argument or option", "default", "what it is"),
                [
                    *((f"`{one.metavar}`", "", one.help) for one in arguments),
                    *((option_words(one), option_default(one), one.help) for one in options),
                ],
            ),
        ]
    return parts


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
