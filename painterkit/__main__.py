"""`python -m painterkit`."""

from __future__ import annotations

import sys

from painterkit.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
