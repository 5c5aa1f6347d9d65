"""What the discriminators are shown of a batch of drawn moments, and what they say of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch
from attrs import evolve
from torch import Tensor

from painterkit.data import Batch
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.loss import Facts, Judged, Shown
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.unrolled import DrawnMoments
from painterkit_standard.mismatch import (
    Mismatch,
    RealPictures,
    another_class,
    another_picture,
    contradicted,
    next_picture,
)
from painterkit_standard.training_settings import AdversarialSettings

MISMATCHES: Mapping[str, Mismatch] = {
    "next": next_picture,
    "other-image": another_picture,
    "other-class": another_class,
    "contradicting": contradicted,
}


class Judging:
    """Let the discriminators of some resolutions judge; compute nothing that no loss `reads`."""

    def __init__(self, settings: AdversarialSettings, reads: Collection[str]) -> None:
        self.settings = settings
        self.reads = reads

    def all_pairs(
        self, parts: Parts, batch: Batch, drawn: DrawnMoments, shared: torch.Generator
    ) -> dict[int, Judged]:
        """Judge drawn, real and mismatched pairs, for the discriminators' update."""
        pairs = self._mismatched(batch, drawn, shared)
        judged: dict[int, Judged] = {}
        for resolution in self.settings.resolutions:
            discriminator = parts.discriminator(resolution)
            condition = drawn.conditions[resolution].detach()
            real = self._real_features(parts, batch, drawn, resolution)
            fake = discriminator.features(drawn.images[resolution].detach())
            fake_logits = discriminator.logits(fake, condition)
            real_logits = discriminator.logits(real, condition)
            found = Judged(fake_logits, real_logits, fake_features=fake, real_features=real)
            if pairs is not None:
                order, weight = pairs
                mismatched = discriminator.logits(real, condition.rows(order))
                found = evolve(found, mismatched=mismatched, mismatched_weight=weight)
            judged[resolution] = found
        return judged

    def drawn_pairs(self, parts: Parts, batch: Batch, drawn: DrawnMoments) -> dict[int, Judged]:
        """Judge what was drawn, for the generator's update."""
        judged: dict[int, Judged] = {}
        for resolution in self.settings.resolutions:
            discriminator = parts.discriminator(resolution)
            condition = drawn.conditions[resolution]
            if not self.settings.gradient_through_condition:
                condition = condition.detach()
            features = discriminator.features(drawn.images[resolution])
            found = Judged(discriminator.logits(features, condition), fake_features=features)
            if "real_features" in self.reads:
                with torch.no_grad():
                    real = self._real_features(parts, batch, drawn, resolution)
                found = evolve(found, real_features=real)
            judged[resolution] = found
        return judged

    def shown(self, parts: Parts, batch: Batch, drawn: DrawnMoments) -> dict[int, Shown]:
        """Return the pictures that each discriminator is shown; nothing if no loss reads them."""
        if "shown" not in self.reads:
            return {}
        return {
            resolution: Shown(
                self._real_pictures(batch, drawn, resolution),
                drawn.images[resolution].detach(),
                drawn.conditions[resolution].detach(),
                parts.discriminator(resolution),
            )
            for resolution in self.settings.resolutions
        }

    def seen(self, parts: Parts, drawn: DrawnMoments) -> ImageFeatures | None:
        """Return what the image encoder sees in what was drawn, if a loss reads it."""
        if "seen" not in self.reads or parts.image_encoder is None:
            return None
        return parts.image_encoder(drawn.images[parts.image_encoder.resolution])

    def facts(self, batch: Batch, drawn: DrawnMoments) -> Facts | None:
        """Return what was said and what is true at the drawn moments, if a loss reads it."""
        if "facts" not in self.reads:
            return None
        real = self._beside(batch, drawn)
        return Facts(
            said=_taken(batch.said, drawn.rows, drawn.moments + 1),
            truth=real.truth,
            class_ids=_taken(batch.class_ids, drawn.rows),
            image_rows=batch.image_rows[drawn.rows],
            shown_class_ids=real.class_ids,
            shown_rows=real.rows,
            heard=drawn.moments + 1,
            turns=batch.lengths[drawn.rows],
        )

    def _beside(self, batch: Batch, drawn: DrawnMoments) -> RealPictures:
        """Return which real pictures stand beside the drawn moments, and what they show."""
        rows, moments = drawn.rows, drawn.moments + 1
        if self.settings.supervision != "matching":
            truth, class_ids = _taken(batch.truth, rows), _taken(batch.class_ids, rows)
            return RealPictures(batch.image_rows[rows], truth, class_ids)
        assert batch.matching_rows is not None, "the step asks for matching pictures"
        return RealPictures(
            batch.matching_rows[rows, moments],
            _taken(batch.matching_truth, rows, moments),
            _taken(batch.matching_class_ids, rows, moments),
        )

    def _real_pictures(self, batch: Batch, drawn: DrawnMoments, resolution: int) -> Tensor:
        if self.settings.supervision == "matching":
            return batch.matching[resolution][drawn.rows, drawn.moments + 1]
        images = batch.images[resolution]
        # Drawn once each, the rows are in their order: no copy is made.
        return images if len(drawn.rows) == batch.size else images[drawn.rows]

    def _real_features(
        self, parts: Parts, batch: Batch, drawn: DrawnMoments, resolution: int
    ) -> Tensor:
        discriminator = parts.discriminator(resolution)
        if self.settings.supervision == "matching" or len(drawn.rows) == batch.size:
            return discriminator.features(self._real_pictures(batch, drawn, resolution))
        # Drawn at several moments, a conversation's own picture is looked at once.
        return discriminator.features(batch.images[resolution])[drawn.rows]

    def _mismatched(
        self, batch: Batch, drawn: DrawnMoments, shared: torch.Generator
    ) -> tuple[Tensor, Tensor] | None:
        if self.settings.mismatch == "none":
            return None
        real = self._beside(batch, drawn)
        return MISMATCHES[self.settings.mismatch](batch, drawn, real, shared)


def _taken(tensor: Tensor | None, *places: Tensor) -> Tensor | None:
    """Return what stands at some places, where anything does."""
    return None if tensor is None else tensor[places]
