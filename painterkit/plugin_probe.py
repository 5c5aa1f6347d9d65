"""Load one plugin in a process of its own, and print what there is to say of it as JSON.

    python -m painterkit.plugin_probe NAME MODULE

Where torch is imported already, or the plugin, nobody sees what loading it takes.
"""

from __future__ import annotations

import json
import sys

from painterkit.plugin_commands import plugin_commands
from painterkit.plugins import load_plugins


def main(name: str, module: str) -> None:
    """Print the reason why the plugin cannot be used, and its warnings, as a list on one line."""
    loaded = load_plugins([(name, module)], installed=False)
    [status] = plugin_commands(loaded.statuses, ()).statuses
    print(json.dumps([*filter(None, [status.reason]), *status.warnings]))


if __name__ == "__main__":
    main(*sys.argv[1:])
