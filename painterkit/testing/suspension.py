"""What surrounds a step at the moment it yields."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import CodeType, GeneratorType

import torch


def modes() -> dict[str, object]:
    """Return the switches of torch that a context manager turns."""
    return {
        "gradients enabled": torch.is_grad_enabled(),
        "inference mode": torch.is_inference_mode_enabled(),
        "autocast on the CPU": torch.is_autocast_enabled("cpu"),
        "autocast to": torch.get_autocast_dtype("cpu"),
        "default type": torch.get_default_dtype(),
        "default device": str(torch.get_default_device()),
    }


def with_statements_around(suspended: object) -> list[str]:
    """Return the with statements that a suspended generator function stands in.

    Each is told as `file.py line 12`. What it delegates to with `yield from` is looked into as
    well. Code without a source, such as a lambda typed in, has none that could be told.
    """
    found: list[str] = []
    while isinstance(suspended, GeneratorType):
        frame = suspended.gi_frame
        if frame is not None:
            for first, last in _with_bodies(frame.f_code):
                if first <= frame.f_lineno <= last:
                    found.append(f"{frame.f_code.co_filename} line {first}")
        suspended = suspended.gi_yieldfrom
    return found


def _with_bodies(code: CodeType) -> Iterator[tuple[int, int]]:
    """Return the first and last line of the body of every with statement in a function."""
    try:
        lines, start = inspect.getsourcelines(code)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            first, last = node.body[0].lineno, node.end_lineno or node.body[-1].lineno
            yield start + first - 1, start + last - 1
