"""Measures whether answers hold what their sources hold, and whether what no source holds is not answered.

    python -m scripts.evaluate_grounded FOLDER [--only clapnq] [--part dev] [--compose always] [--n N] [--json]

FOLDER holds `gqa_clapnq.PART.jsonl` (questions with the passage that answers them, or seems to), and knowledge and
queries of `faq_dstc` and `gqa_doc2dial`; what is not there is named and left out. Each question of clapnq is asked of
a snapshot of its passage alone, or, with --together, of one with all passages. An answer is right when it holds a
piece of evidence or most words of the human answer. Of the other sets so many are asked, drawn with the seed, and
every sentence is compared with the entries that it cites (`plain_facts`, which shares no code with Kefu's own check);
composed sentences are listed beside their entries, to be read (--sheet: in a Markdown file). --after leaves out the
first so many of the questions that the seed draws, so that others are asked than before.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.answering.answer import Answer, Outcome, Question
from bot.commands.common import load_settings
from knowledge.corpus.entry import Entry
from knowledge.evaluation import Floats, drawn_weights, share, with_intervals
from knowledge.words import stop_words, words
from scripts.asked_apart import Bench, passage, sourced
from scripts.evaluate_safety import composed, count, history, read, report, told
from scripts.plain_facts import unsourced

CLAPNQ = "gqa_clapnq"
SETS = ("clapnq", "faq_dstc", "gqa_doc2dial")
_MOST_WORDS = 0.5
_MOST_EVIDENCE = 0.8

Row = dict[str, Any]


def clapnq(rows: Sequence[Row], bench: Bench, together: bool) -> Row:
    """Right answers to answerable questions, refusals of others, and their harmonic mean."""
    over = bench.over([passage_of(row) for row in rows]) if together else None
    found = []
    for row in told(rows):
        answerer, known = over or bench.over([passage_of(row)])
        found.append(row | scored(row, answerer.answer(Question(row["question"])), known))
    answerable = np.array([row["answerable"] for row in found], np.bool_)
    good = np.array([row["right"] if row["answerable"] else not row["answered"] for row in found], np.bool_)
    right, refused = share(good, answerable), share(good, ~answerable)

    def harmonic(weights: Floats) -> Floats:
        both = np.stack([right(weights), refused(weights)])
        result: Floats = 2 * both.prod(axis=0) / np.maximum(both.sum(axis=0), 1e-9)
        return result

    known_ones = [row for row in found if row["answerable"]]
    draws = drawn_weights([""] * len(found), 0)
    figures = with_intervals({"right": right, "refused": refused, "harmonic": harmonic}, draws)
    return figures | {
        "n": len(found),
        "answerable_answered": count(known_ones, "answered"),
        "right_of_answered": count([row for row in known_ones if row["answered"]], "right"),
        "unanswerable_answered": count([row for row in found if not row["answerable"]], "answered"),
        "recall_of_answer": mean([row["recall"] for row in known_ones if row["answered"]]),
        "rouge_l": mean([row["rouge_l"] for row in known_ones if row["answered"]]),
        "unsourced": sum(len(row["unsourced"]) for row in found),
        "modes": dict(Counter(row["mode"] for row in found)),
        "confidences": [[row["id"], row["answerable"], row["right"], row["confidence"]] for row in found],
        "composed": [line for row in found for line in row["composed"]],
    }


def passage_of(row: Row) -> Entry:
    """What a question of clapnq is asked of."""
    (only,) = row["passages"]
    return passage(row["id"], only["text"], only["title"])


def scored(row: Row, answer: Answer, known: dict[str, Entry]) -> Row:
    """What an answer to a question of clapnq is worth."""
    answered = answer.outcome is Outcome.ANSWERED
    said, wanted = words(answer.text), words(row["answer"] or "")
    recall = overlap(wanted, said)
    shown = any(overlap(words(piece), said) >= _MOST_EVIDENCE for piece in row["evidence"])
    of_it = any(source.id == row["id"] for source in answer.sources)
    return {
        "answered": answered,
        "right": answered and of_it and (shown or recall >= _MOST_WORDS),
        "recall": recall,
        "rouge_l": rouge_l(said, wanted),
        "mode": str(answer.mode),
        "confidence": round(answer.confidence, 4),
        "unsourced": foreign_facts(answer, known),
        "composed": composed(answer, known),
    }


def facts(name: str, folder: Path, part: str, bench: Bench, asked: slice, seed: int) -> Row:
    """What answers to questions of a set, those `asked` of the drawn order, state that their sources do not."""
    rows = [row for row in read(folder, f"{name}.queries", part, 0, seed) if row["gold"]]
    chosen = random.Random(seed).sample(rows, len(rows))[asked]
    answerer, known = bench.over([entry_of(line) for line in read(folder, f"{name}.knowledge", part, 0, seed)])
    found = []
    for row in told(chosen):
        answer = answerer.answer(Question(row["query"], history(row["context"])))
        cited = [source.id for source in answer.sources]
        foreign, lines = foreign_facts(answer, known), composed(answer, known)
        beside = {"asked": row["query"], "entries": {id_: shown(known[id_]) for id_ in cited if id_ in known}}
        found.append(
            row
            | {"answered": answer.outcome is Outcome.ANSWERED, "mode": str(answer.mode), "unsourced": foreign}
            | {"right_entry": not set(cited).isdisjoint(row["gold"]), "lines": [line | beside for line in lines]}
            | {"seconds": answer.seconds["total"], "sentences": len(answer.sentences)}
        )
    answered = [row for row in found if row["answered"]]
    return {
        "n": len(found),
        "answered": count(found, "answered"),
        "right_entry": count(answered, "right_entry"),
        "generated": sum(row["mode"] == "generated" for row in answered),
        "answers_with_unsourced": count(answered, "unsourced"),
        "unsourced": [foreign for row in answered for foreign in row["unsourced"]],
        "sentences": sum(row["sentences"] for row in answered),
        "seconds": mean([row["seconds"] for row in found]),
        "modes": dict(Counter(row["mode"] for row in found)),
        "composed": [line for row in answered for line in row["lines"]],
    }


def entry_of(line: Row) -> Entry:
    """A line of knowledge as an entry."""
    title = line.get("entity") or line.get("title") or ""
    return Entry(line["id"], line.get("answer") or line["text"], line.get("question", ""), title=title, language="en")


def foreign_facts(answer: Answer, known: dict[str, Entry]) -> list[Row]:
    """The sentences that state what the entries that they cite do not, each with what that is."""
    if answer.outcome is not Outcome.ANSWERED:
        return []
    judged = ((s, unsourced(s.text, sourced(s.sources, known))) for s in answer.sentences)
    return [{"text": sentence.text, "foreign": foreign} for sentence, foreign in judged if foreign]


def shown(entry: Entry) -> str:
    """An entry in one line."""
    return " ".join(f"[{entry.heading}] {entry.answer}".split())


def sheet(results: Row) -> Iterator[str]:
    """The composed sentences, each with what was asked and the entries that it cites, as Markdown."""
    lines = [line for found in results.values() for line in found["composed"] if "asked" in line]
    for number, line in enumerate(lines, 1):
        yield f"{number}. **{line['text']}**\n   - asked: {' '.join(line['asked'].split())}"
        yield from (f"   - {id_}: {line['entries'].get(id_, '')}" for id_ in line["sources"])


def overlap(wanted: Sequence[str], said: Sequence[str]) -> float:
    """The share of the content words of `wanted` that are `said`."""
    content = {word for word in wanted if word not in stop_words()}
    return len(content & set(said)) / len(content) if content else 0.0


def rouge_l(said: Sequence[str], wanted: Sequence[str]) -> float:
    """The F measure of the longest common subsequence of words (Lin 2004)."""
    if not said or not wanted:
        return 0.0
    row = [0] * (len(wanted) + 1)
    for word in said:
        before = 0
        for place, other in enumerate(wanted, 1):
            before, row[place] = row[place], before + 1 if word == other else max(row[place], row[place - 1])
    return 2 * row[-1] / (len(said) + len(wanted))


def mean(values: Sequence[float]) -> float | None:
    """The mean, rounded; None of nothing."""
    return round(float(np.mean(values)), 4) if values else None


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--part", default="dev")
    parser.add_argument("--compose", choices=("auto", "always"), default="auto")
    parser.add_argument("--together", action="store_true", help="ask clapnq of one snapshot with all passages")
    parser.add_argument("--n", type=int, default=0, help="so many questions of each set, else all")
    parser.add_argument("--after", type=int, default=0, help="of faq_dstc and gqa_doc2dial, leave out the first ones")
    parser.add_argument("--sheet", type=Path, help="write the composed sentences beside their sources into this file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    bench = Bench(load_settings("error"), wanted.compose)
    try:
        results = dict(measured(wanted, bench))
    finally:
        bench.close()
    if not results:
        sys.exit(f"{wanted.folder}: NOTHING MEASURED: none of the sets is there")
    if wanted.sheet:
        wanted.sheet.write_text("\n".join(sheet(results)), "utf-8")
    results |= bench.names() | {"part": wanted.part}
    print(json.dumps(results, ensure_ascii=False) if wanted.json else "\n".join(report(results)))


def measured(wanted: argparse.Namespace, bench: Bench) -> Iterator[tuple[str, Any]]:
    """The name and the figures of each set that is there."""
    for name in wanted.only:
        if name == "clapnq":
            if rows := read(wanted.folder, CLAPNQ, wanted.part, wanted.n, wanted.seed):
                yield name, clapnq(rows, bench, wanted.together)
        elif read(wanted.folder, f"{name}.queries", wanted.part, 1, 0):
            asked = slice(wanted.after, wanted.after + wanted.n if wanted.n else None)
            yield name, facts(name, wanted.folder, wanted.part, bench, asked, wanted.seed)


if __name__ == "__main__":
    main()
