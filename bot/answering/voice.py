"""In which voice the bot speaks: its name, who it is, its tone. Knows no entry and no model."""

from dataclasses import dataclass

from bot.answering.phrases import PLAIN, Tone, phrase

_NAMED = frozenset({"greeting", "about_bot"})


@dataclass(frozen=True, slots=True)
class Persona:
    """A name, and a sentence for the model about who that is; both may be empty."""

    name: str = ""
    about: str = ""

    @classmethod
    def read(cls, text: str) -> "Persona":
        """What `NAME: a sentence`, or a name alone, tells."""
        name, _, about = text.partition(":")
        return cls(name.strip(), about.strip())


@dataclass(frozen=True, slots=True)
class Voice:
    """How the bot's own phrases sound, and what a generator is told of how it shall write."""

    tone: Tone = PLAIN
    persona: Persona = Persona()

    def phrase(self, name: str, language: str, **parts: str) -> str:
        """The phrase `name` in `language`, in this tone; who has a name says it where it says what it is."""
        if name in _NAMED and self.persona.name:
            return phrase(f"{name}_named", language, self.tone, name=self.persona.name)
        return phrase(name, language, self.tone, **parts)


PLAINLY = Voice()
"""Without a name, in the plain tone."""
