"""What painterkit_tensorboard offers; imports nothing slow."""

from __future__ import annotations

from painterkit.hookspecs import hookimpl


@hookimpl
def painterkit_reporters() -> dict[str, str]:
    """Return the reporter that writes what TensorBoard reads."""
    return {"tensorboard": "painterkit_tensorboard.writer:build"}
