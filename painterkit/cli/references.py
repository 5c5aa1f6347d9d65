"""What a user names a painter by: the folder of a run, or a file that `export` wrote."""

from __future__ import annotations

from pathlib import Path

from painterkit.checkpoints.run_folder import open_run


def check_reference(reference: str | Path) -> None:
    """Raise WrongInput where nothing is that could be a painter, before torch is imported."""
    if not Path(reference).is_file():
        open_run(Path(reference))
