"""What a user names a painter by: the folder of a run, or a file that `export` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from painterkit.checkpoints.run_folder import open_run
from painterkit.cli.output import say

if TYPE_CHECKING:
    from painterkit.generation.painter import Painter
    from painterkit.plugins import LoadedPlugins


def painter_of(reference: str | Path, plugins: LoadedPlugins | None = None) -> Painter:
    """Load a painter, and warn of newer checkpoints of its run that are broken.

    Raises WrongInput where nothing is that could be a painter, before torch is imported.
    """
    if not Path(reference).is_file():
        open_run(Path(reference))
    from painterkit.generation.painter import load_painter

    painter = load_painter(reference, plugins)
    for problem in painter.skipped:
        say(f"skipped: {problem}", "warning")
    return painter
