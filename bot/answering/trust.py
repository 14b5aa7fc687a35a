"""For which kinds of question a generator may write, as it was measured on this knowledge. Asks nobody.

What was measured of one generator on one knowledge lies in a file of its own, under a name that both give: other
entries or another model are not trusted for what these have shown.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import sqrt
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog

from bot.answering.answer import Question
from bot.answering.question import points_back
from knowledge.corpus.entry import Entry

_log = structlog.get_logger(__name__)

FORMAT = 1
_LEAST = 8  # questions, and drafts that were sent; fewer tell nothing
_LEAST_WON = 3  # questions; two come out the same way by chance once in four
_Z = 1.0  # 84 %, on one side


class Kind(StrEnum):
    """What a question asks of whoever answers it."""

    SINGLE = "single"
    SEVERAL = "several"
    FOLLOW_UP = "follow_up"
    ACROSS = "across"


@dataclass(frozen=True, slots=True)
class Measured:
    """Of `n` questions `quoted` were answered rightly by quoting, and `generated` when the generator may write.

    In `spoke` of them a draft passed the check, and `spoke_right` of those hold the facts.
    """

    n: int = 0
    quoted: int = 0
    generated: int = 0
    spoke: int = 0
    spoke_right: int = 0

    def and_one(self, *, quoted: bool, generated: bool, spoke: bool) -> "Measured":
        """With one question more."""
        right = self.spoke_right + (spoke and generated)
        return Measured(self.n + 1, self.quoted + quoted, self.generated + generated, self.spoke + spoke, right)

    @property
    def surely_wrong(self) -> float:
        """The share of the drafts sent that is wrong at least (Wilson's lower bound, 84 %)."""
        if not self.spoke:
            return 0.0
        share, square = 1 - self.spoke_right / self.spoke, _Z * _Z
        spread = _Z * sqrt(share * (1 - share) / self.spoke + square / (4 * self.spoke**2))
        return max(0.0, (share + square / (2 * self.spoke) - spread) / (1 + square / self.spoke))


@dataclass(frozen=True, slots=True)
class Trust:
    """What was `measured`, by kind. At most the share `promised` of the drafts that are sent may be wrong.

    `rewrites`: the same of follow-ups that are quoted for, `generated` being right when they are rewritten first.
    """

    measured: Mapping[Kind, Measured] = field(default_factory=lambda: MappingProxyType({}))
    promised: float = 0.15
    rewrites: Measured = Measured()

    @property
    def lets_rewrite(self) -> bool:
        """Whether rewriting follow-ups was found to pay: it costs seconds, and must win more than chance does."""
        return self.rewrites.n >= _LEAST and self.rewrites.generated - self.rewrites.quoted >= _LEAST_WON

    def lets(self, kind: Kind) -> bool:
        """Whether the generator may write: never when its drafts break the promise, else where it does as well.

        A quote in a language that the customer may not read is no rival. Unmeasured, only there it writes.
        """
        seen = self.measured.get(kind, Measured())
        if seen.n < _LEAST:
            return kind is Kind.ACROSS
        if seen.surely_wrong > self.promised:
            return False
        return kind is Kind.ACROSS or (seen.spoke >= _LEAST and seen.generated >= seen.quoted)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON types, with what follows from it."""
        told = {str(kind): asdict(seen) | {"writes": self.lets(kind)} for kind, seen in self.measured.items()}
        rewrites = asdict(self.rewrites) | {"writes": self.lets_rewrite}
        return {"format": FORMAT, "promised": self.promised, "measured": told, "rewrites": rewrites}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Trust":
        """What `to_json` gave. ValueError, KeyError or TypeError when it is anything else."""
        if (written := data["format"]) != FORMAT:
            raise ValueError(f"trust of format {written}")
        measured = {Kind(kind): _measured(seen) for kind, seen in data["measured"].items()}
        return cls(MappingProxyType(measured), float(data["promised"]), _measured(data["rewrites"]))


def _measured(seen: dict[str, Any]) -> Measured:
    return Measured(**{name: int(value) for name, value in seen.items() if name != "writes"})


def kind_of(question: Question, language: str, entries: Sequence[Entry]) -> Kind:
    """The kind of a question that these entries answer."""
    if any(entry.language not in {"", language} for entry in entries):
        return Kind.ACROSS
    if question.history and points_back(question.text):
        return Kind.FOLLOW_UP
    return Kind.SEVERAL if len({entry.id for entry in entries}) > 1 else Kind.SINGLE


def trust_file(folder: Path, generator: str, entries: Sequence[Entry]) -> Path:
    """Where in `folder` lies what was measured of this generator over these entries."""
    digest = hashlib.sha256(generator.encode())
    for entry in entries:
        digest.update(f"\0{entry.id}\0{entry.language}\0{entry.answer}".encode("utf-8", "surrogatepass"))
    return folder / f"{digest.hexdigest()[:24]}.json"


def write_trust(path: Path, trust: Trust, told: Mapping[str, Any]) -> None:
    """Keep what was measured, with whatever else is `told` of it; whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(dict(told) | trust.to_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(path)


def read_trust(path: Path) -> Trust:
    """What was measured; where there is nothing that can be read, a generator is trusted as one never measured."""
    try:
        return Trust.from_json(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return Trust()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("what was measured of the generator does not read: calibrate again", error=type(error).__name__)
        return Trust()
