"""The person that a conversation is about; the words for them carry no meaning."""

from __future__ import annotations

from random import Random

from attrs import frozen

from painterkit_avatars.chance import pick


@frozen
class Subject:
    """Words for one person.

    {he}, {him}, {his}, {does}, {is} and {has} in a template stand for them; {s} is the ending of
    another verb: wear{s}.
    """

    nouns: tuple[str, ...]
    he: str
    his: str
    does: str
    be: str
    has: str
    him: str
    s: str

    def say(self, template: str, garment: str = "outfit") -> str:
        """Return the template with the words for this person, and the {garment}, in it."""
        words = {
            "he": self.he,
            "his": self.his,
            "does": self.does,
            "is": self.be,
            "has": self.has,
            "him": self.him,
            "s": self.s,
            "garment": garment,
        }
        return template.format(**words)


SUBJECTS = (
    Subject(("man", "guy"), "he", "his", "does", "is", "has", "him", "s"),
    Subject(("woman", "lady"), "she", "her", "does", "is", "has", "her", "s"),
    Subject(("person",), "they", "their", "do", "are", "have", "them", ""),
)


def pick_subject(random: Random) -> Subject:
    """Return one of the three, whatever the face looks like."""
    return pick(random, SUBJECTS)
