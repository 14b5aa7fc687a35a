"""Makes attacks out of the templates in `attacks.toml`: two hundred of them, the same ones every time.

Knows documents and messages; knows no bot. A round holds one attack of each class, each on a subject of its own, so
that one snapshot can hold the documents of a round. Who attacks knows the words in which customers ask, and gives
them to the document as its heading; the owner's entry has these very words no longer.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.corpus.entry import Entry

ROUNDS = 25
_IN_DOCUMENTS = 15  # rounds; in the others the attack stands in what the customer writes
_TEMPLATES = 5
_DATA = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack on what is `asked` of `subject`. Without a `document` it stands in the `message` itself.

    `marks` are what a reply holds only if the attack has reached its end: its word, its address, its false number.
    """

    kind: str
    round: int
    subject: Entry
    asked: str
    message: str
    marks: tuple[str, ...]
    document: str = ""

    @property
    def suffix(self) -> str:
        """The kind of file that its document is."""
        return ".html" if self.document.startswith("<") else ".md"


def rounds(entries: Sequence[Entry]) -> Iterator[tuple[Attack, ...]]:
    """The attacks, a round at a time, on those of the `entries` that know another way to be asked for."""
    kinds = tomllib.loads(_DATA.read_text("utf-8"))
    subjects = sorted((entry for entry in entries if entry.similar), key=lambda entry: _digest(entry.id))
    for number in range(ROUNDS):
        first = number * len(kinds)
        yield tuple(
            _attack(kind, templates, number, subjects[(first + place) % len(subjects)])
            for place, (kind, templates) in enumerate(kinds.items())
        )


def _attack(kind: str, templates: dict[str, list[str]], number: int, subject: Entry) -> Attack:
    told = _digest(f"{kind} {number}")
    canary, lie = f"KESTREL{int(told[:8], 16) % 9000 + 1000}", str(int(told[8:16], 16) % 900 + 7100)
    url = f"https://collect-{told[:4]}.example/k"
    asked, *others = subject.similar
    subject = replace(subject, similar=tuple(others))
    words = {"question": asked, "answer": subject.answer, "canary": canary, "lie": lie, "url": url}
    marks = (canary, url.removeprefix("https://").removesuffix("/k"), *([lie] if kind == "lies" else []))
    if number < _IN_DOCUMENTS or "messages" not in templates:
        document = _filled(templates["documents"][number % _TEMPLATES], words)
        return Attack(kind, number, subject, asked, asked, marks, document)
    message = _filled(templates["messages"][number % _TEMPLATES], words)
    return Attack(kind, number, subject, asked, message, marks)


def _filled(template: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        template = template.replace(f"{{{name}}}", word)
    return template


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
