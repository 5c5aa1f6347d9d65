"""What a user names a painter by: a run, a file that `export` wrote, or one that ships."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from painterkit.checkpoints.run_folder import open_run
from painterkit.cli.interruption import signals_held_back
from painterkit.cli.lost_plugins import require_plugins
from painterkit.cli.output import say
from painterkit.generation.shipped import find_painter
from painterkit.plugins import LoadedPlugins, load_plugins

if TYPE_CHECKING:
    from painterkit.generation.painter import Painter

PAINTER = "RUN|FILE|demo"
"""What stands for the reference in the help of a command."""

PAINTER_HELP = "The folder of a run, a file that 'export' wrote, or the painter that ships, demo."


def painter_of(reference: str | Path, plugins: LoadedPlugins | None = None) -> Painter:
    """Load a painter, and warn of newer checkpoints of its run that are broken.

    A run folder or a file of that path goes before a painter that ships under that name, `demo`.
    Raises WrongInput where nothing is that could be a painter, before torch is imported.
    """
    path = find_painter(reference)
    if not path.is_file():
        plugins = plugins or load_plugins()
        require_plugins(open_run(path), plugins)
    with signals_held_back():
        from painterkit.generation.load_painter import load_painter

    painter = load_painter(path, plugins)
    for problem in painter.skipped:
        say(f"skipped: {problem}", "warning")
    return painter
