"""A case of a batch: turns in, the last answer out. Knows the batch's shape, no file and no terminal."""

import json
from typing import Any

from bot.answering.answer import CUSTOMER, Answer, PastTurn, Question
from bot.answering.answerer import Answerer
from bot.commands.failures import CommandError
from bot.desk.admission import objection

_ROLES = frozenset({"customer", "agent", "bot"})


def read_case(place: str, line: str) -> dict[str, Any]:
    """The case that a line holds. CommandError, with `place`, for anything else."""
    case = _parsed(place, line)
    turns = case.get("turns") if isinstance(case, dict) else None
    if not isinstance(turns, list) or not turns:
        raise CommandError(f'{place}: no list "turns" (a line is {{"id": …, "turns": ["question"]}})')
    for number, turn in enumerate(turns, 1):
        if reason := _turn_objection(turn):
            raise CommandError(f"{place}: turn {number}: {reason}")
    if not isinstance(turns[-1], str):
        raise CommandError(f"{place}: the last turn must be a string, the question that is asked")
    return {"id": _id(place, case), "turns": turns}


def _parsed(place: str, line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise CommandError(f"{place}: not JSON ({error.msg} at column {error.colno})") from None
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{place}: not JSON ({error})") from None


def _id(place: str, case: dict[str, Any]) -> str:
    given = case.get("id", "")
    if not isinstance(given, str | int) or not str(given).isprintable():
        raise CommandError(f"{place}: the id must be a number or a text of printable characters")
    return str(given)


def _turn_objection(turn: object) -> str | None:
    if isinstance(turn, str):
        return objection(turn)
    if isinstance(turn, dict) and str(turn.get("role")) in _ROLES and isinstance(turn.get("text"), str):
        return objection(turn["text"])
    return 'neither a string nor {"role": "customer|agent|bot", "text": …}'


def answer_case(answerer: Answerer, case: dict[str, Any]) -> Answer:
    """The answer to the last turn. A turn that is a string is answered in its place, others are history as given."""
    history: list[PastTurn] = []
    answer: Answer | None = None
    for turn in case["turns"]:
        if isinstance(turn, dict):
            history.append(PastTurn(turn["role"], turn["text"]))
            continue
        answer = answerer.answer(Question(turn, tuple(history)))
        history.append(PastTurn(CUSTOMER, turn))
        history.append(answer.as_past)
    assert answer is not None, "read_case accepts no case without a question"
    return answer
