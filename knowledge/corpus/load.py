"""Files and folders to entries with ids and languages. Knows which loader reads which suffix; knows no format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from knowledge.corpus import html, jsonl, markdown, table, text
from knowledge.corpus.base import Loader
from knowledge.corpus.clean import clean, one_line
from knowledge.corpus.entry import Entry, derived_id
from knowledge.corpus.files import Found, find
from knowledge.corpus.orders import without_orders
from knowledge.corpus.read_text import read_text
from knowledge.errors import CorpusError
from knowledge.language import detect

LOADERS: Mapping[str, Loader] = MappingProxyType(
    {
        ".csv": table.load,
        ".tsv": table.load,
        ".jsonl": jsonl.load,
        ".md": markdown.load,
        ".markdown": markdown.load,
        ".html": html.load,
        ".htm": html.load,
        ".txt": text.load,
    }
)

Notice = Callable[[str], None]
"""Told in one line what was left out or changed, and where."""


def load_sources(paths: Sequence[Path], notice: Notice = lambda line: None) -> list[Entry]:
    """The entries of these files and folders, in the order given, with unique ids and a language each.

    A folder is walked in sorted order; hidden files are skipped, and so, with a notice, are files of unknown
    kinds. Sources are named relative to the folder, or by the file's name. CorpusError names place and cure.
    """
    entries: list[Entry] = []
    for found in find(paths, frozenset(LOADERS), notice):
        loaded = _in_languages(list(_entries(found, notice)))
        if not loaded and found.named:
            raise CorpusError(f"{found.name}: no entry found in it: fill it or leave it out")
        if not loaded:
            notice(f"{found.name}: no entry found in it, skipped")
        entries += loaded
    if not entries:
        raise CorpusError(f"{', '.join(map(str, paths)) or 'no source'}: no entry found in it")
    return _with_ids(entries)


def _in_languages(entries: list[Entry]) -> list[Entry]:
    """The entries with the commonest language of their source where their own text is too short to tell."""
    told = Counter(entry.language for entry in entries if entry.language)
    commonest = told.most_common(1)[0][0] if told else "en"
    return [entry if entry.language else replace(entry, language=commonest) for entry in entries]


def _entries(found: Found, notice: Notice) -> Iterator[Entry]:
    source = read_text(found.path, found.name)
    return _tidied(LOADERS[found.path.suffix.lower()](source), found.name, notice)


def tidied(entries: Iterable[Entry], name: str, notice: Notice = lambda line: None) -> list[Entry]:
    """The `entries` of the source `name` as `load_sources` gives them: cleaned, each with an id and a language."""
    return _with_ids(_in_languages(list(_tidied(entries, name, notice))))


def _tidied(entries: Iterable[Entry], name: str, notice: Notice) -> Iterator[Entry]:
    removed = 0
    for entry in entries:
        tidy, count = _tidy(entry)
        removed += count
        if tidy.url and not tidy.url.lower().startswith(("https://", "http://")):
            notice(f"{entry.place}: url '{tidy.url[:80]}' is no web address, left out")
            tidy = replace(tidy, url=None)
        answer, orders = without_orders(tidy.answer)
        for order in orders:
            notice(f"{entry.place}: '{order[:80]}' speaks to a machine, not to customers, left out")
        if orders:
            tidy = replace(tidy, answer=answer.strip())
        if tidy.answer:
            yield tidy
        else:
            notice(f"{entry.place}: nothing can be read in the answer, skipped")
    if removed:
        notice(f"{name}: {removed} invisible characters removed")


def _tidy(entry: Entry) -> tuple[Entry, int]:
    """The entry with readable texts and a language, and how many invisible characters it lost."""
    removed = 0

    def tidied(text: str) -> str:
        nonlocal removed
        _refuse_unreadable(entry, text)
        cleaned, count = clean(text)
        removed += count
        return cleaned

    def line(text: str) -> str:
        return one_line(tidied(text))

    def lines(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(filter(None, dict.fromkeys(map(line, texts))))

    question, answer = line(entry.question), tidied(entry.answer)
    language = line(entry.language).replace("_", "-").split("-")[0].lower()
    tidy = replace(
        entry,
        id=line(entry.id),
        question=question,
        answer=answer,
        similar=lines(entry.similar),
        title=line(entry.title),
        tags=lines(entry.tags),
        language=language or detect(f"{question}\n{answer}", default=""),
        url=line(entry.url or "") or None,
    )
    return tidy, removed


def _refuse_unreadable(entry: Entry, text: str) -> None:
    if "\0" in text:
        raise CorpusError(f"{entry.place}: a NUL character in the text: remove it")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(text[error.start]):04x}"
        raise CorpusError(f"{entry.place}: half a character ({half}): write it whole or remove it") from error


def _with_ids(entries: list[Entry]) -> list[Entry]:
    """The entries with a derived id where the source gives none; CorpusError when a given one is used twice."""
    places: dict[str, str] = {}
    for entry in entries:
        if entry.id and entry.id in places:
            raise CorpusError(f"{entry.place}: id '{entry.id}' is already used at {places[entry.id]}")
        if entry.id:
            places[entry.id] = str(entry.place)
    seen: Counter[str] = Counter()
    return [entry if entry.id else replace(entry, id=_derived(entry, seen, places)) for entry in entries]


def _derived(entry: Entry, seen: Counter[str], given: Mapping[str, str]) -> str:
    named = " › ".join(filter(None, (entry.title, entry.question))) or entry.answer
    stem = derived_id(entry.place.source, named)
    while True:
        seen[stem] += 1
        unique = stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"
        if unique not in given:
            return unique
