"""Say what a training would do, for --dry-run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from painterkit.training.plan import Plan


def print_plan(plan: Plan) -> None:
    """Print a plan as tables on stdout, and its warnings on stderr."""
    raise NotImplementedError
