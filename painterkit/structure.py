"""Turn plain data, as TOML gives it, into settings classes and back, strictly.

Nothing is coerced but a whole number to a number. All problems are found in one go, each with
the path of the key that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from attrs import frozen
from cattrs import ClassValidationError, IterableValidationError
from cattrs.errors import ForbiddenExtraKeysError

from painterkit.errors import PainterkitError, Problem, nearest
from painterkit.registry import Registry
from painterkit.setting_types import setting_fields
from painterkit.settings import Use, is_settings
from painterkit.strict_converter import Complaint, KeyPath, strict_converter

T = TypeVar("T")


@frozen
class PathProblem:
    """A problem with the value at a path: `("parts", "generator", "width")`."""

    path: KeyPath
    what: str
    hint: str = ""

    def __str__(self) -> str:
        """Return one sentence that begins with the path."""
        place = ".".join(str(step) for step in self.path)
        return str(Problem(place, self.what, self.hint))


class WrongData(ValueError):
    """Everything that is wrong with some data."""

    def __init__(self, problems: Iterable[PathProblem]) -> None:
        """Keep the problems; their sentences are the message."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def structure(data: object, settings_class: type[T], registry: Registry) -> T:
    """Make an instance of a settings class from plain data.

    Every slot becomes a `Use` that holds its component's settings; defaults are read as if the
    data had them. Raises WrongData with all problems at once.
    """
    try:
        return strict_converter(registry).structure(data, settings_class)
    except RecursionError:
        raise WrongData([PathProblem((), "is nested too deeply")]) from None
    except Exception as error:
        raise WrongData(_problems(error, ())) from error


def unstructure(settings: Any) -> dict[str, Any]:
    """Turn an instance of a settings class into plain data, every default written out.

    None is left out, as TOML has no word for it: `structure` gives it back as the default.
    """
    fields = setting_fields(cast("object", settings).__class__)
    table = {field.name: _plain(getattr(settings, field.name)) for field in fields}
    return {name: value for name, value in table.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Use):
        return {"use": value.name, **unstructure(value.settings)}
    if is_settings(cast("object", value).__class__):
        return unstructure(value)
    if isinstance(value, Mapping):
        table = cast("Mapping[Any, Any]", value)
        return {str(key): _plain(entry) for key, entry in table.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in cast("list[Any]", value)]
    return value


def _problems(error: BaseException, path: KeyPath) -> list[PathProblem]:
    """Collect what cattrs gathered in nested exception groups."""
    if isinstance(error, ClassValidationError):
        noted, rest = error.group_exceptions()
        below = [(exception, note.name) for exception, note in noted]
    elif isinstance(error, IterableValidationError):
        noted, rest = error.group_exceptions()
        below = [(exception, note.index) for exception, note in noted]
    else:
        return _leaf_problems(error, path)
    problems = [problem for one in rest for problem in _problems(one, path)]
    for exception, step in below:
        problems.extend(_problems(exception, (*path, step)))
    return problems


def _leaf_problems(error: BaseException, path: KeyPath) -> list[PathProblem]:
    if isinstance(error, Complaint):
        return [PathProblem((*path, *error.path), error.what, error.hint)]
    if isinstance(error, ForbiddenExtraKeysError):
        known = [field.name for field in setting_fields(error.cl)]
        return [
            PathProblem(
                (*path, key),
                "unknown key",
                nearest(str(key), known) if known else "there is nothing to set here",
            )
            for key in sorted(error.extra_fields, key=str)
        ]
    if isinstance(error, PainterkitError):
        return [PathProblem(path, problem.what, problem.hint) for problem in error.problems]
    if isinstance(error, ValueError) and str(error):
        return [PathProblem(path, str(error))]  # a class refused its values together, in its words
    return [PathProblem(path, f"{type(error).__name__}: {error}")]
