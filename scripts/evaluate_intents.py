"""Measures what messages are read as that want something besides an answer: by rules alone, and by examples too.

    python -m scripts.evaluate_intents FOLDER [--embedder NAME] [--json]

FOLDER holds NAME.queries.dev.jsonl of public sets; one that is not there is named and left out. Labels of bitext and
clinc150 tell who asks for a person, complains, greets, thanks, takes leave or asks about the bot; questions of the
others, and those of all other labels, are ordinary ones, although some of them do thank or ask for a person.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.reading.examples import LIKE, SURELY_LIKE, Examples
from bot.reading.intent import Intent, read_intent
from knowledge.corpus.read_text import read_text
from knowledge.corpus.records import records
from scripts.evaluate_foreign import wilson
from scripts.kept_vectors import kept

MEANT = {
    "contact_human_agent": Intent.PERSON,
    "complaint": Intent.COMPLAINT,
    "thank_you": Intent.THANKS,
    "goodbye": Intent.GOODBYE,
    "greeting": Intent.GREETING,
    "what_is_your_name": Intent.ABOUT_BOT,
    "are_you_a_bot": Intent.ABOUT_BOT,
    "who_made_you": Intent.ABOUT_BOT,
}
# Wanted from a person, or asked of the bot, but under other names: neither one nor the other.
UNDECIDED = frozenset({"contact_customer_service", "who_do_you_work_for", "tell_joke", "what_can_i_ask_you", "oos"})
SETS = ("bitext", "clinc150", "banking77", "natcs", "faq_dstc", "gqa_doc2dial", "retr_zh_cmrc")

Read = Callable[[str], Intent]


def reading(examples: Examples, least: float) -> Read:
    """What messages are read as by the rules and, from such a lead on, by examples."""

    def read(text: str) -> Intent:
        if (intent := read_intent(text)) is not Intent.QUESTION:
            return intent
        like = examples.like(text)
        return like.intent if like and like.lead >= least else Intent.QUESTION

    return read


def messages(folder: Path) -> tuple[list[tuple[str, Intent]], list[str]]:
    """Messages with what they mean, and ordinary ones; a set that is not there is named on stderr."""
    meant, ordinary = list[tuple[str, Intent]](), list[str]()
    for name in SETS:
        path = folder / f"{name}.queries.dev.jsonl"
        if not path.exists():
            sys.stderr.write(f"SKIPPED: {name}: there is no {path.name}\n")
            continue
        for record in records(read_text(path, str(path))):
            text, label = record.text("text") or record.text("query"), record.text("label")
            if label in MEANT:
                meant.append((text, MEANT[label]))
            elif label not in UNDECIDED:
                ordinary.append(text)
    return meant, ordinary


def measured(read: Read, meant: Sequence[tuple[str, Intent]], ordinary: Sequence[str]) -> dict[str, Any]:
    """How many messages are read as what they mean, as something else, and how many ordinary ones as no question."""
    found = [(read(text), wanted) for text, wanted in meant]
    right = sum(intent is wanted for intent, wanted in found)
    other = sum(intent not in {wanted, Intent.QUESTION} for intent, wanted in found)
    lost = sum(read(text) is not Intent.QUESTION for text in ordinary)
    return {"n": len(meant), "right": right, "other": other, "ordinary": len(ordinary), "lost": lost}


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedder", default="e5-small")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    meant, ordinary = messages(wanted.folder)
    if not meant:
        raise SystemExit(f"{wanted.folder}: none of the sets with labels is there ({', '.join(SETS[:2])})")
    examples = Examples(kept(wanted.embedder))
    ways = {
        "rules alone": read_intent,
        f"and examples, lead {SURELY_LIKE:.2f}": reading(examples, SURELY_LIKE),
        f"and examples, lead {LIKE:.2f}": reading(examples, LIKE),
    }
    told = {name: measured(read, meant, ordinary) for name, read in ways.items()}
    sys.stdout.write(json.dumps(told) + "\n" if wanted.json else "\n".join(_table(told)) + "\n")


def _table(told: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        "| read by | n | as meant | as another | ordinary ones | read as no question |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in told.items():
        low, high = wilson(row["right"], row["n"])
        right = f"{row['right']} ({low:.2f}–{high:.2f})"
        lines.append(f"| {name} | {row['n']} | {right} | {row['other']} | {row['ordinary']} | {row['lost']} |")
    return lines


if __name__ == "__main__":
    main()
