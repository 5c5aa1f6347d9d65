"""How an attribute is asked about and answered."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

Wordings = Mapping[str, tuple[str, ...]]
"""For each value, the ways to say it."""


@frozen
class FollowUp:
    """A question that rests on the one before it.

    `lead` are the first questions and `lead_answer` their answers; the pair tells nothing by
    itself. `elliptical` and `named` are the second questions: the first kind means nothing
    without the lead, the second names its subject. `replies` are their answers, by true value;
    a value without a reply cannot be told in this way.
    """

    lead: tuple[str, ...]
    lead_answer: tuple[str, ...]
    elliptical: tuple[str, ...]
    named: tuple[str, ...]
    replies: Wordings


@frozen
class Speech:
    """The words for one attribute.

    `questions` are open ones, answered by `short`. `asked` are the yes-or-no questions after each
    value. `short` and `full` say a value in a few words and as a clause. `absent` are yes-or-no
    questions to which `absence_answers` says that there is none; empty where the attribute has no
    value `none`. `doubt` are the questions that bring up a value said before.
    """

    questions: tuple[str, ...]
    short: Wordings
    full: Wordings
    asked: Wordings
    doubt: Wordings
    absent: tuple[str, ...] = ()
    absence_answers: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = field(default=())


def expand(templates: tuple[str, ...], words: Wordings) -> Wordings:
    """Put every wording of every value into every template, at the place of a `*`."""
    return {
        value: tuple(template.replace("*", word) for template in templates for word in wordings)
        for value, wordings in words.items()
    }
