"""How the way of an answer reads in a terminal. Knows the JSON of traces and answers, and no model."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

_MARGIN = 12
_WIDTH = 110


def readable(told: Json) -> Iterator[str]:
    """The lines of `kefu explain`: what was asked, what was seen on the way, what was answered."""
    if "conversation" in told:
        at = datetime.fromtimestamp(told["at"], UTC)
        yield from _block("turn", f"{told['turn']} of {told['conversation']}, {at:%Y-%m-%d %H:%M:%S} UTC")
        for past in told["history"]:
            yield from _block(past["role"], past["text"])
        yield from _block("question", told["question"])
    if "trace" in told:
        yield from _way(told["trace"], told.get("again") or told["answer"])
    yield from _answer("answer", told["answer"])
    if "again" in told:
        yield from _answer("again", told["again"])
        yield from _block("compared", _compared(told))


def _compared(told: Json) -> str:
    if told["same"]:
        return "the same, to the letter"
    then, now = told["answer"], told["again"]
    values = (f"{name} was {then.get(name)!r}, is {now[name]!r}" for name in told["changed"] if name != "text")
    return "; ".join([*(["another text"] if "text" in told["changed"] else []), *values])


def _way(trace: Json, answer: Json) -> Iterator[str]:
    yield from _block("question", trace["question"])
    yield from _block("language", trace["language"])
    yield from _block("intent", trace["intent"] or "not read: a rule came first")
    if like := trace.get("like"):  # traces of an older Kefu have none
        yield from _block(
            "is like", f"{like['intent']}, by {like['lead']:.2f} more than a question: {like['example']}"
        )
    for rewrite in trace.get("rewrites", ()):  # traces of an older Kefu have none
        yield from _rewrite(rewrite)
    for number, part in enumerate(trace["parts"], 1):
        yield from _part(number, part)
    if trace["parts"]:
        weights = ", ".join(f"{name} {value:.2f}" for name, value in trace["weights"].items())
        yield from _block("threshold", f"{trace['threshold']:.2f}; weights: {weights}")
    for look in trace.get("looks", ()):  # traces of an older Kefu have none
        yield from _block("second look", _look(look))
    for draft in trace["drafts"]:
        yield from _draft(draft, [sentence["text"] for sentence in answer["sentences"]])


def _part(number: int, part: Json) -> Iterator[str]:
    yield from _block(f"part {number}", part["text"])
    for turn in part["before"]:
        yield from _block("", f"with the turn: {turn}")
    for place, lookup in enumerate(part["lookups"]):
        won = ", followed" if place == part["won"] else ""
        yield from _block("looked up", f"{lookup['query']}  (confidence {lookup['confidence']:.2f}{won})")
        yield from _hits(lookup["hits"])


def _hits(hits: Sequence[Json]) -> Iterator[str]:
    if not hits:
        yield from _block("", "nothing found")
        return
    yield " " * _MARGIN + "score  closeness  coverage  relevance  entry"
    for hit in hits:
        figures = f"{hit['score']:5.2f}  {hit['closeness']:9.2f}  {hit['coverage']:8.2f}  {hit['relevance']:9.2f}"
        yield " " * _MARGIN + f"{figures}  {hit['id']} – {_short(hit['title'])} ({hit['field']})"


def _look(look: Json) -> str:
    if look["failed"]:
        return f"not at {look['entry']}: {look['failed']}"
    seen = f"question likelier by {look['lead']:+.2f} than after its rival, answer by {look['back']:+.2f}"
    return f"at {look['entry']}: {seen} a token; confidence {look['before']:.2f} → {look['after']:.2f}"


def _draft(draft: Json, sent: Sequence[str]) -> Iterator[str]:
    yield from _block("draft by", draft["generator"])
    yield from _prompt(draft["prompt"])
    yield from _block("draft", draft["text"] or "(nothing)")
    for judgement in draft["judgements"]:
        yield from _judgement(judgement, judgement["text"] in sent)
    if draft["ended"]:
        yield from _block("broke off", draft["ended"])


def _rewrite(rewrite: Json) -> Iterator[str]:
    yield from _prompt(rewrite["prompt"])
    yield from _block("rewritten", rewrite["text"] or "(nothing)")
    if rewrite["dropped"]:
        yield from _block("", f"dropped: {rewrite['dropped']}")


def _prompt(prompt: Json) -> Iterator[str]:
    fixed = prompt["fixed"]
    if fixed:
        yield from _block("prompt", f"[instructions and examples, {fixed} messages: --json shows them]")
    for message in prompt["messages"][fixed:]:
        yield from _block(message["role"], message["content"])


def _judgement(judgement: Json, sent: bool) -> Iterator[str]:
    yield from _block("sent" if sent else "withheld", judgement["text"])
    if judgement.get("again"):  # traces of an older Kefu do not tell
        yield from _block("", "written again, in the place of the one above")
    support = f"support {judgement['support']:.2f}, needed {judgement['needed']:.2f}"
    yield from _block("", f"{support}, by {judgement['source']}: {judgement['span']}")
    for objection in judgement["objections"]:
        yield from _block("", f"objection: {objection}")
    if not sent and not judgement["objections"]:
        yield from _block("", "it rests on no entry that answers, or was said before")


def _answer(name: str, answer: Json) -> Iterator[str]:
    reason = f", reason {answer['reason']}" if answer["reason"] else ""
    how = f"{answer['outcome']}, {answer['mode']}, confidence {answer['confidence']:.2f}{reason}"
    yield from _block(name, how)
    yield from _block("", answer["text"])
    for source in answer["sources"]:
        yield from _block("source", f"{source['id']} – {_short(source['title'])} (score {source['score']:.2f})")
    yield from _block("snapshot", answer["snapshot"] or "none")
    yield from _block("model", answer["model"] or "none: nothing was generated")
    yield from _block("seconds", ", ".join(f"{key} {value:.3f}" for key, value in answer["seconds"].items()))


def _block(name: str, text: str) -> Iterator[str]:
    """`text` beside its name, each of its lines folded and indented."""
    lines = [line for own in text.splitlines() for line in textwrap.wrap(own, _WIDTH - _MARGIN) or [""]] or [""]
    for number, line in enumerate(lines):
        yield f"{name if number == 0 else '':{_MARGIN}}{line}".rstrip()


def _short(text: str) -> str:
    return textwrap.shorten(text, 60, placeholder="…")
