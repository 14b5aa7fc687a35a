"""Which sources of an answer a customer is shown, and how they read. Knows no channel."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.answering.answer import Outcome


def listed_sources(answer: Mapping[str, Any]) -> list[str]:
    """A line (title – url) for each source of an answer (`Answer.to_json()`), best first and each once.

    A refusal names its articles' titles already, so only those with a link are listed.
    """
    return list(dict.fromkeys(_shown(answer)))


def _shown(answer: Mapping[str, Any]) -> Iterator[str]:
    outcome = answer.get("outcome")
    if outcome not in (Outcome.ANSWERED, Outcome.REFUSED):
        return
    for source in answer.get("sources", ()):
        title, url = " ".join((source.get("title") or "").split()), source.get("url") or ""
        if url or (title and outcome == Outcome.ANSWERED):
            yield " – ".join(filter(None, (title, url)))
