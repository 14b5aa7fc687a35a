"""Asks the owner's own knowledge, and notes what is found. Knows questions and parts of contents; fits nothing.

In each of a few rounds a part of the entries is gone, with all that says the same, and a part of the other entries'
questions is left out. Asked are the questions left out, which should be answered; those of the entries that are gone,
which should not; and questions of everyday life, which should not either. What a sentence of a passage answers is
asked once more while that sentence is cut out, and should then not be answered. Where entries stand in several
languages, the versions in the language of the question are gone in two rounds more: then only a translation answers.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from knowledge.calibration.partial import shortened, without
from knowledge.calibration.questions import Held, questions, sampled
from knowledge.calibration.related import groups
from knowledge.confidence import SLACK, Features, features, prefer_language
from knowledge.corpus.entry import Entry
from knowledge.embedders.base import Embedder
from knowledge.embedders.remembering import RememberingEmbedder
from knowledge.hits import Finder, Hit
from knowledge.language import detect
from knowledge.snapshot.background import Background, off_topic_questions
from knowledge.snapshot.contents import Contents

PARTS = 5
_MANY, _FEW = 1500, 2  # from so many entries on, so few rounds tell enough
_TRANSLATED = 10  # groups in two languages, before they tell anything
_K = 8
_NOWHERE = -1


class Kind(StrEnum):
    """What should become of a question: a KNOWN one is answered, the others are not.

    A PARTLY known one is about what a passage speaks of, and not what it says; a NEAR one is of the trade.
    """

    KNOWN = "known"
    PARTLY = "partly"
    NEAR = "near"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found for one question. `group` numbers the entries that say what answers it, -1 where none ever did.

    `right` is whether one of them came first; `alone` tells that nothing was left in the question's language. `text`
    is the question in its `language`, and `hits` are what was found, best first.
    """

    kind: Kind
    group: int
    features: Features
    right: bool
    alone: bool = False
    text: str = ""
    language: str = ""
    hits: Sequence[Hit] = ()


Report = Callable[[int, int], None]
"""Called with (done, total) rounds."""


class Trials:
    """The rounds over the contents of one snapshot."""

    def __init__(self, contents: Contents, background: Background, embedder: Embedder) -> None:
        """Prepare the rounds; nothing is asked yet. Vectors of `contents` are of `embedder`."""
        self._finder = Finder(contents, background, RememberingEmbedder(embedder))
        rows = sampled(contents)
        same = groups(contents, rows)
        self._members = list(dict.fromkeys(same))
        numbers = {members: number for number, members in enumerate(self._members)}
        self._group = {row: numbers[members] for row, members in zip(rows.tolist(), same, strict=True)}
        self._held = questions(contents, rows)
        self._rounds = PARTS if len(contents.entries) < _MANY else _FEW

    def run(self, report: Report | None = None) -> list[Trial]:
        """All trials in which anything was found; none where entries are too few to take any away."""
        if len(self._members) < PARTS:
            return []
        languages, cuts = self._translated(), self._cuts()
        found, total = list[Trial](), self._rounds + len(languages) + len(cuts)
        for number in range(self._rounds):
            found += self._round(number)
            if report:
                report(number + 1, total)
        others = chain(map(self._across, languages), map(self._partly, cuts))
        for number, trials in enumerate(others, self._rounds):
            found += trials
            if report:
                report(number + 1, total)
        return found

    def _round(self, number: int) -> Iterator[Trial]:
        gone = frozenset[int]().union(*self._members[number::PARTS])
        known = [held for at, held in enumerate(self._held) if self._round_of(at, held.row) == number]
        near = [held for held in self._held if held.row in gone]
        far = [Held(_NOWHERE, text, detect(text)) for text in off_topic_questions()[number :: self._rounds]]
        hidden = defaultdict(set)
        for held in known:
            hidden[held.row].add(held.hidden)
        yield from self._asked(gone, hidden, {Kind.KNOWN: known, Kind.NEAR: near, Kind.FAR: far})

    def _round_of(self, at: int, row: int) -> int:
        """The round in which a question is asked as one that is known: never the one in which its entry is gone."""
        free = [number for number in range(self._rounds) if number != self._group[row] % PARTS]
        return free[at % len(free)]

    def _translated(self) -> list[str]:
        """At most two languages in which there are questions that a translation answers, the most frequent first."""
        entries = self._finder.contents.entries
        spoken = [{entries[row].language for row in members} for members in self._members]
        counts = Counter(language for languages in spoken if len(languages) > 1 for language in languages if language)
        return [language for language, count in counts.most_common(2) if count >= _TRANSLATED]

    def _cuts(self) -> list[list[Held]]:
        """Questions of passages, in rounds in which no entry loses more than one sentence."""
        rounds: list[list[Held]] = []
        places = Counter[int]()
        for held in self._held:
            if held.sentence:
                if places[held.row] == len(rounds):
                    rounds.append([])
                rounds[places[held.row]].append(held)
                places[held.row] += 1
        return rounds[: self._rounds]

    def _partly(self, asked: list[Held]) -> Iterator[Trial]:
        """Questions whose answers are cut out, with all that says the same as their entries but them themselves."""
        gone = set[int]()
        for held in asked:
            if held.row not in gone:
                gone |= self._members[self._group[held.row]] - {held.row}
        asked = [held for held in asked if held.row not in gone]
        cut = shortened(self._finder.contents, {held.row: held.sentence for held in asked}, self._finder.embedder)
        yield from self._asked_of(without(cut, gone, {}), {Kind.PARTLY: asked})

    def _across(self, language: str) -> Iterator[Trial]:
        """Questions in `language` without any entry in it, and every other group gone whole."""
        entries = self._finder.contents.entries
        gone = {row for row, entry in enumerate(entries) if entry.language == language}
        gone |= frozenset[int]().union(*self._members[::2])
        asked = [held for held in self._held if held.language == language]
        known = [held for held in asked if not self._members[self._group[held.row]] <= gone]
        near = [held for held in asked if self._members[self._group[held.row]] <= gone]
        for trial in self._asked(gone, {}, {Kind.KNOWN: known, Kind.NEAR: near}):
            yield replace(trial, alone=True)

    def _asked(
        self, gone: frozenset[int] | set[int], hidden: dict[int, set[str]], kinds: dict[Kind, list[Held]]
    ) -> Iterator[Trial]:
        yield from self._asked_of(without(self._finder.contents, gone, hidden), kinds)

    def _asked_of(self, part: Contents | None, kinds: dict[Kind, list[Held]]) -> Iterator[Trial]:
        if part is None:
            return
        finder = Finder(part, self._finder.background, self._finder.embedder)
        asked = [(kind, held) for kind, several in kinds.items() for held in several]
        texts, before = [held.text for _, held in asked], [held.before for _, held in asked]
        for (kind, held), hits in zip(asked, finder.find(texts, _K, before), strict=True):
            if hits:
                first = prefer_language(hits, held.language, SLACK)
                group = self._group.get(held.row, _NOWHERE)
                right = kind is Kind.KNOWN and self._answers(first[0].entry, group)
                told = features(first, held.language)
                yield Trial(kind, group, told, right, text=held.text, language=held.language, hits=first)

    def _answers(self, entry: Entry, group: int) -> bool:
        entries = self._finder.contents.entries
        return any(entries[row].id == entry.id for row in self._members[group])
