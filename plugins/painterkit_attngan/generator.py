"""The `attngan` generator: stages that look at the words before they draw finer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from painterkit.data.words import Words
from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.context import BuildContext
from painterkit.interfaces.generator import GeneratorOutput, Noise, WordSource
from painterkit.nn.attention import WordAttention
from painterkit.nn.blocks import conv3x3
from painterkit.nn.first_stage import FirstStage
from painterkit.nn.glu import GLUResidualBlock, glu_up_block
from painterkit.nn.init import orthogonal_init
from painterkit.nn.recompute import run, run_each
from painterkit.roles import Role
from painterkit_attngan.settings import AttnGANSettings

WordsBySource = Mapping[WordSource, Words]


class AttendingStage(nn.Module):
    """Make a finer map from a coarser one and what it finds in the words."""

    def __init__(
        self, word_widths: Mapping[str, int], channels: int, blocks: int, save_memory: bool
    ) -> None:
        super().__init__()
        self.save_memory = save_memory
        self.attention = WordAttention(word_widths, channels)
        self.residual = nn.Sequential(*(GLUResidualBlock(2 * channels) for _ in range(blocks)))
        self.up = glu_up_block(2 * channels, channels)

    def forward(self, coarse: Tensor, words: WordsBySource) -> tuple[Tensor, dict[str, Tensor]]:
        """Return [B, C, 2M, 2M] for `coarse` [B, C, M, M], and {source: [B, L, M, M]}."""
        found, weights = self.attention(
            coarse,
            {source: one.vectors for source, one in words.items()},
            {source: one.mask for source, one in words.items()},
        )
        seen = torch.cat([coarse, found.to(coarse.dtype)], dim=1)
        seen = run_each(self.residual, seen, self.save_memory)
        return run(self.up, seen, self.save_memory), weights


class AttnGAN(nn.Module):
    """Draw at each resolution from the map of its stage; without memory.

    `stages` and `heads` hold modules by resolution. All stages share one condition, which the
    first alone is told; the others look at the words.
    """

    def __init__(
        self, settings: AttnGANSettings, word_widths: Mapping[str, int], conditioner: Any
    ) -> None:
        super().__init__()
        self.resolutions = settings.resolutions
        self.word_sources: tuple[WordSource, ...] = settings.words
        self.word_widths = {source: word_widths[source] for source in settings.words}
        self.noise_widths = {"z": settings.noise, "epsilon": conditioner.noise_width}
        self.condition_widths = dict.fromkeys(self.resolutions, conditioner.width)
        (low, *finer), channels = self.resolutions, settings.channels
        told, save = conditioner.width + settings.noise, settings.save_memory
        self.stages = nn.ModuleDict({str(low): FirstStage(told, channels, low, save)})
        for size in finer:
            self.stages[str(size)] = AttendingStage(
                self.word_widths, channels, settings.residual_blocks, save
            )
        self.heads = nn.ModuleDict({str(size): conv3x3(channels, 3) for size in self.resolutions})
        orthogonal_init(nn.ModuleList([self.stages, self.heads]))
        self.conditioner = conditioner

    def begin(self, batch_size: int, device: torch.device) -> None:
        """Return None: it has no memory."""
        return None

    def forward(
        self,
        embedding: Tensor,
        noise: Noise,
        state: Any = None,
        largest: int | None = None,
        words: WordsBySource | None = None,
    ) -> GeneratorOutput:
        """Draw from `embedding` [B, E] and words; with `largest`, no stage that is finer."""
        condition: Condition = self.conditioner(embedding, noise["epsilon"])
        words = self._no_words(embedding) if words is None else words
        attention: dict[int, Mapping[WordSource, Tensor]] = {}
        low, *finer = self.resolutions
        seen = self.stages[str(low)](noise["z"], condition.code)
        images = {low: self._picture(low, seen)}
        for size in finer:
            if largest is not None and size > largest:
                break
            seen, attention[size] = self.stages[str(size)](seen, words)
            images[size] = self._picture(size, seen)
        conditions = dict.fromkeys(images, condition)
        return GeneratorOutput(images, conditions, attention=attention)

    def _picture(self, size: int, seen: Tensor) -> Tensor:
        return torch.tanh(self.heads[str(size)](seen).float())

    def _no_words(self, embedding: Tensor) -> dict[WordSource, Words]:
        """Return what there is to look at where nobody said a word."""
        rows = len(embedding)
        none = torch.zeros(rows, 0, dtype=torch.bool, device=embedding.device)
        return {
            source: Words(embedding.new_zeros(rows, 0, self.word_widths[source]), none)
            for source in self.word_sources
        }


def build(settings: AttnGANSettings, context: BuildContext) -> AttnGAN:
    """Build the generator and its conditioner.

    Raises WrongInput where the text encoders give no words of a source that it is to look at.
    """
    there = context.word_widths
    lacking = [source for source in settings.words if source not in there]
    if lacking:
        raise WrongInput([_no_such_words(source, there) for source in lacking])
    conditioner = context.build(Role.CONDITIONER, settings.conditioner)
    return AttnGAN(settings, context.word_widths, conditioner)


def _no_such_words(source: str, there: Collection[str]) -> Problem:
    if source != "caption" and "turns" not in there:
        why, wanted = "no turns are read", "a dialogue_encoder that reads turns"
    else:
        of_what = "caption" if source == "caption" else "turn"
        why = f"the {of_what} encoder gives none"
        wanted = f"a {of_what}_encoder that gives words, such as 'word-lstm'"
    others = f", or look at what there is: words = {list(there)}" if there else ""
    what = f"there are no words of '{source}': {why}"
    return Problem("attngan.words", what, f"choose {wanted}{others}")
