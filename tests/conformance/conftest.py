"""What the tests of the kit itself share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from painterkit.interfaces.context import BuildContext
from painterkit.registry import Registry
from painterkit.testing import Subject, sample_context

MakeSubject = Callable[[Callable[[], Any]], Subject]


@pytest.fixture
def context(tmp_path: Path) -> BuildContext:
    """Return the kit's context, with an empty registry."""
    return sample_context(Registry([]), tmp_path)


@pytest.fixture
def subject(context: BuildContext) -> MakeSubject:
    """Make a subject of a class or of a function without arguments; its place is `it`."""
    return lambda make: Subject("it", lambda _: make(), context)
