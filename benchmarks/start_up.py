"""How long the commands that need no torch take, from the shell and back: the best of several.

python benchmarks/start_up.py [--rounds 7] [--json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time

COMMAND = "import sys; from painterkit.cli.app import main; sys.exit(main())"
COMMANDS = (["--help"], ["list"], ["recipes"], ["info", "generator", "stackgan"])
"""All take turns, so that a busy moment of the machine slows none alone."""


def seconds(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    measured = {"python alone": ["-c", ""]}
    measured |= {f"painterkit {' '.join(c)}": ["-c", COMMAND, *c] for c in COMMANDS}
    best = dict.fromkeys(measured, float("inf"))
    for _ in range(options.rounds):
        for name, arguments in measured.items():
            best[name] = min(best[name], seconds(arguments))
    rows = {name: round(found, 3) for name, found in best.items()}
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    for name, found in rows.items():
        print(f"{name}: {found:.3f} s")


if __name__ == "__main__":
    main()
