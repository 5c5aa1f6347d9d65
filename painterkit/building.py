# pyright: standard
"""One component, built by name: for programs that put a painter together without a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from attrs import evolve

from painterkit.assembly import root_context
from painterkit.data.prepared import cache_folder
from painterkit.errors import Problem, WrongInput, nearest
from painterkit.interfaces.dataset import Dataset
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.paths import text_path
from painterkit.registry import Registry
from painterkit.roles import Role
from painterkit.settings import Use
from painterkit.structure import WrongData, structure

NEEDED: Mapping[Role, tuple[str, ...]] = {
    Role.DIALOGUE_ENCODER: ("turn_width",),
    Role.CONDITIONER: ("embedding_width",),
    Role.GENERATOR: ("embedding_width",),
    Role.DISCRIMINATOR: ("resolution", "condition_width", "embedding_width"),
}
"""The sizes without which the layers of a role would have no inputs."""


def build(
    role: Role | str,
    use: str | Mapping[str, Any],
    *,
    caption_width: int | None = None,
    turn_width: int | None = None,
    word_widths: Mapping[str, int] | None = None,
    embedding_width: int | None = None,
    condition_width: int | None = None,
    image_width: int | None = None,
    resolution: int | None = None,
    turn_encoder: Any = None,
    dataset: Dataset | None = None,
    cache: Path | None = None,
    plugins: LoadedPlugins | None = None,
) -> Any:
    """Build one component as a recipe would: `use` is its name, or a table with `use` and settings.

    The rest is what a recipe's parts agree on and tell each other, under the names of
    `painterkit.interfaces.context.BuildContext`; `condition_width` is the generator's at
    `resolution`. A dialogue encoder needs `turn_width`, a conditioner and a generator
    `embedding_width`, a discriminator this and `resolution` and `condition_width`; whatever else is
    left out is 0 or None, as where a painter has no such part. Weights are drawn from torch's
    random state. Without `cache`, prepared data lie where PAINTERKIT_CACHE says; without `plugins`,
    those that are installed are loaded.

    Raises WrongInput for a role, a component, settings or sizes that cannot be, Failure where the
    component cannot be imported.
    """
    role = _role(role)
    sizes = {
        "caption_width": caption_width,
        "turn_width": turn_width,
        "embedding_width": embedding_width,
        "condition_width": condition_width,
        "image_width": image_width,
        "resolution": resolution,
    }
    _check_sizes(role, sizes)
    registry = (plugins or load_plugins()).registry
    slot = _slot(role, use, registry)
    told = {"mu": condition_width, "code": condition_width, "embedding": embedding_width}
    context = evolve(
        root_context(registry, cache or cache_folder()),
        dataset=dataset,
        caption_width=caption_width or 0,
        turn_width=turn_width or 0,
        turn_encoder=turn_encoder,
        word_widths=word_widths or {},
        embedding_width=embedding_width or 0,
        condition_widths={name: width or 0 for name, width in told.items()},
        image_width=image_width or 0,
        resolution=resolution or 0,
    )
    return context.build(role, slot)


def _role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError:
        known = [str(one) for one in Role]
        raise WrongInput(
            Problem("", f"there is no role '{role}'", nearest(str(role), known))
        ) from None


def _slot(role: Role, use: str | Mapping[str, Any], registry: Registry) -> Use:
    """Read a component with its settings as a recipe's slot is read."""
    try:
        # A slot is a type of its own: what is read for it is a Use.
        return structure(use, Annotated[Use, role], registry)  # pyright: ignore
    except WrongData as error:
        raise WrongInput(
            Problem(text_path((role, *one.path)), one.what, one.hint) for one in error.problems
        ) from error


def _check_sizes(role: Role, sizes: Mapping[str, int | None]) -> None:
    """Refuse sizes below 0, and a role without those that its layers are made for."""
    problems = [
        Problem(name, f"expected a whole number of at least 0, got {size!r}")
        for name, size in sizes.items()
        if size is not None and (type(size) is not int or size < 0)
    ]
    missing = [name for name in NEEDED.get(role, ()) if sizes[name] is None]
    if missing:
        what = f"needs {', '.join(missing)}: what the other parts have"
        hint = f"write {', '.join(f'{name}=...' for name in missing)}"
        problems.append(Problem(str(role), what, hint))
    if problems:
        raise WrongInput(problems)
