"""Reads server-sent events out of bytes, however they were cut. Knows no network and no chat.

The format: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

import re

_LONGEST_EVENT = 1 << 20
_LINE_END = re.compile(rb"\r\n|\n|\r(?=[^\n])")
_BOM = b"\xef\xbb\xbf"


class EventsBroken(ValueError):
    """What came is no stream of events."""


class EventReader:
    """Fed with bytes, gives the data of each event that is complete. Comments and other fields give nothing."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []
        self._begun = False

    def feed(self, chunk: bytes) -> list[str]:
        """The data of the events that `chunk` completes. Raises EventsBroken."""
        self._rest += chunk
        if not self._begun and len(self._rest) >= len(_BOM):
            self._rest, self._begun = self._rest.removeprefix(_BOM), True
        *lines, self._rest = _LINE_END.split(self._rest)
        events = [event for line in lines if (event := self._line(line)) is not None]
        if len(self._rest) + sum(map(len, self._data)) > _LONGEST_EVENT:
            raise EventsBroken("an event without end")
        return events

    def end(self) -> list[str]:
        """The last event, where the stream ended without the empty line behind it."""
        return self.feed(b"\n\n")

    def _line(self, line: bytes) -> str | None:
        """The event's data, if this line ends an event that has any."""
        if line:
            name, _, value = line.partition(b":")
            if name == b"data":
                self._data.append(_text(value.removeprefix(b" ")))
            return None
        data, self._data = self._data, []
        return "\n".join(data) if data else None


def _text(value: bytes) -> str:
    # A line is decoded whole, so that a character may come in several chunks.
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise EventsBroken("bytes that are no UTF-8") from error
