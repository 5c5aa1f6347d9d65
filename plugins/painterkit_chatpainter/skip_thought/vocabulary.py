"""The numbers of skip-thought's words."""

from __future__ import annotations

END = 0
UNKNOWN = 1
"""The numbers of the two words that every vocabulary has."""

FIRST_LEARNT = 2
"""The number of the first learnt word; the others come after."""
