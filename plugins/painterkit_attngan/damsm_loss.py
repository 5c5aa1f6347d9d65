"""The `damsm` loss: the drawn picture is to be told from others by its words."""

from __future__ import annotations

from torch import Tensor

from painterkit.errors import WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.loss import Side, StepView
from painterkit.interfaces.parts import Parts
from painterkit_attngan.damsm import match
from painterkit_attngan.damsm_pairs import data_problems, parts_lack, same_pairs, spoken
from painterkit_attngan.settings_damsm import DAMSMSettings


class DAMSM:
    """Match what is seen in the drawn pictures with the words that they were drawn from.

    L_DAMSM of equation 3, whose gradient comes to the generator through the image encoder.
    """

    sides = (Side.GENERATOR,)
    reads = ("seen", "words", "captions", "facts")

    def __init__(self, settings: DAMSMSettings) -> None:
        self.settings = settings

    def __call__(self, view: StepView) -> Tensor:
        """Return the weighed term."""
        assert view.seen is not None, "a step refuses this loss where nothing sees pictures"
        assert view.facts is not None, "the loss reads facts"
        said = spoken(view.words, view.captions, self.settings.reads)
        same = same_pairs(self.settings.same, view.facts)
        return self.settings.weight * match(view.seen, said, same, self.settings).loss

    def parts_misfits(self, parts: Parts) -> list[str]:
        """Say what it needs that the parts lack, or that the generator does not look at."""
        # Without an image encoder the step says so itself, as of every loss that reads what it
        # sees.
        sees = parts.image_encoder is not None
        sentences = parts_lack(parts, self.settings.reads) if sees else []
        looked_at = parts.word_sources
        lacking = [source for source in self.settings.reads if source not in looked_at]
        if lacking:
            told = " and ".join(map(repr, lacking))
            known = " and ".join(map(repr, looked_at)) or "no words at all"
            sentences.append(
                f"needs a generator that looks at the words of {told}, and this one looks at "
                f"{known}; let both name the same sources"
            )
        return sentences


def build(settings: DAMSMSettings, context: BuildContext) -> DAMSM:
    """Build the loss.

    Raises WrongInput where the data have no classes or no attributes that `same` asks for.
    """
    where = "damsm.same"
    problems = [] if context.restoring else data_problems(where, settings.same, context.dataset)
    if problems:
        raise WrongInput(problems)
    return DAMSM(settings)
