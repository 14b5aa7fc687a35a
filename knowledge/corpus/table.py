"""CSV and TSV: one row, one entry. Knows delimiters, quotes and header names; knows nothing of meaning."""

import csv
import io
import re
from collections.abc import Iterator

from knowledge.corpus.base import Source
from knowledge.corpus.columns import column_named
from knowledge.corpus.entry import Entry, Place
from knowledge.errors import CorpusError

_DELIMITERS = ",;\t|"
_SEPARATORS = {"similar": re.compile(r"[|\n｜]"), "tags": re.compile(r"[,;\n，；、|]")}

Row = tuple[int, list[str]]
"""The line a row begins in, and its cells."""


def load(source: Source) -> Iterator[Entry]:
    """An entry a row; the first row names the columns, of which question (or title) and answer are needed."""
    delimiter = _delimiter(source)
    rows = _rows(source, delimiter)
    line, header = next(rows, (1, []))
    columns = _columns(source, line, header)
    for line, cells in rows:
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            raise source.error(
                line,
                f"{len(cells)} cells under {len(header)} columns: "
                f"put double quotes around a cell with {delimiter!r} in it",
            )
        yield _entry(source, line, cells, columns)


def _delimiter(source: Source) -> str:
    """The delimiter under which the header has the most known names, then the most columns."""

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            _, header = next(_rows(source, delimiter), (1, []))
        except CorpusError:  # under the wrong delimiter a good quote looks broken
            return 0, 0
        return sum(1 for name in header if column_named(name)), len(header)

    return max("\t,;|" if source.name.lower().endswith(".tsv") else _DELIMITERS, key=fit)


def _rows(source: Source, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(source.text, newline="\n"), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise source.error(line, _complaint(str(error))) from error
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _complaint(error: str) -> str:
    if "unexpected end" in error:
        return 'a quote (") opens in this row and never closes: close it, or double it ("") inside a cell'
    if "expected after" in error:
        return 'text follows a closing quote ("): double the quotes ("") inside a quoted cell'
    if "field larger" in error:
        return f'a cell of more than {csv.field_size_limit():,} characters: is a quote (") left open here?'
    return error


def _columns(source: Source, line: int, header: list[str]) -> list[str | None]:
    columns = [column_named(name) for name in header]
    found = ", ".join(name.strip() or "(blank)" for name in header)
    for wanted in ("question", "answer"):
        if wanted not in columns and not (wanted == "question" and "title" in columns):
            raise source.error(line, f"no column '{wanted}' (found: {found[:200]})")
    for column in set(columns) - {"similar", "tags", None}:
        if columns.count(column) > 1:
            raise source.error(line, f"more than one column '{column}' (found: {found[:200]}): rename all but one")
    return columns


def _entry(source: Source, line: int, cells: list[str], columns: list[str | None]) -> Entry:
    texts: dict[str, list[str]] = {}
    for column, cell in zip(columns, cells, strict=False):
        if column and cell.strip():
            texts.setdefault(column, []).append(cell.strip())
    if "answer" not in texts:
        short = len(cells) <= columns.index("answer")
        missing = f"the row ends after cell {len(cells)}" if short else "the cell is empty"
        raise source.error(line, f"no column 'answer': {missing}: fill it or remove the row")
    if "question" not in texts and "title" not in texts:
        raise source.error(line, "no column 'question': the cell is empty: fill it or remove the row")
    only = {column: values[0] for column, values in texts.items()}
    return Entry(
        id=only.get("id", ""),
        question=only.get("question", ""),
        answer=only["answer"],
        similar=_several("similar", texts),
        title=only.get("title", ""),
        tags=_several("tags", texts),
        language=only.get("language", ""),
        url=only.get("url"),
        place=Place(source.name, line),
    )


def _several(column: str, texts: dict[str, list[str]]) -> tuple[str, ...]:
    parts = (part.strip() for cell in texts.get(column, ()) for part in _SEPARATORS[column].split(cell))
    return tuple(dict.fromkeys(part for part in parts if part))
