"""The packages that the metrics need, which come with the extra `metrics`."""

from __future__ import annotations

import importlib.util

from painterkit.errors import Problem, WrongInput

INSTALL = 'pip install "painterkit[metrics]"'


def require_packages(where: str, what: str, *modules: str) -> None:
    """Raise WrongInput where a module is not installed that `what` needs."""
    lacking = [name for name in modules if importlib.util.find_spec(name) is None]
    if lacking:
        names = " and ".join(name.replace("_", "-") for name in lacking)
        raise WrongInput(Problem(where, f"{what} needs {names}, not installed here", INSTALL))
