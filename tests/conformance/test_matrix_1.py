"""Share 1 of the matrix."""

from __future__ import annotations

from pathlib import Path

from painterkit.testing.matrix import Choice

from .matrix import share, train_or_be_refused


@share(1)
def test_what_fits_is_trained_and_what_does_not_is_refused(
    generator: Choice, loss: Choice, tmp_path: Path
) -> None:
    train_or_be_refused(generator, loss, tmp_path)
