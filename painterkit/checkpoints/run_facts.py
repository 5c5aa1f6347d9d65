"""What a run remembers of how it was made."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from painterkit.plugins import LoadedPlugins
from painterkit.versions import installed_version, painterkit_version


def run_facts(plugins: LoadedPlugins, recipe: str, sets: Sequence[str]) -> dict[str, Any]:
    """Return versions, plugins and arguments, for run.json."""
    return {
        "painterkit": painterkit_version(),
        "python": platform.python_version(),
        "torch": installed_version("torch"),
        "platform": platform.platform(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "arguments": sys.argv[1:],
        "recipe": recipe,
        "set": list(sets),
        "plugins": [
            {
                "name": status.name,
                "state": status.state,
                "distribution": status.distribution,
                "version": status.version,
                "components": [f"{one.role} {one.name}" for one in status.components],
            }
            for status in plugins.statuses
        ],
    }
