"""The `skip-thought` text encoder: the authors' own, or one to be trained."""

from __future__ import annotations

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.user_paths import expanded
from painterkit_chatpainter.skip_thought.frozen import FrozenSkipThought
from painterkit_chatpainter.skip_thought.trainable import SkipThought
from painterkit_chatpainter.skip_thought_settings import SkipThoughtSettings


def build(settings: SkipThoughtSettings, context: BuildContext) -> SkipThought | FrozenSkipThought:
    """Build the encoder. Raises WrongInput where the authors' files or the width are wrong."""
    if settings.folder is not None:
        return FrozenSkipThought(expanded(settings.folder, "skip-thought.folder"), settings)
    if settings.mode != "uni" and settings.width % 2:
        what = f"must be even where mode is {settings.mode}, got {settings.width}"
        raise WrongInput(Problem("skip-thought.width", what, "bi reads half of it each way"))
    return SkipThought(settings)
