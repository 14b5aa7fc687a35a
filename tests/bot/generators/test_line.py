import threading

import pytest

from bot.generators.base import GenerationFailed, GeneratorBusy
from bot.generators.line import Line


def test_serves_in_the_order_of_coming() -> None:
    line: Line[str] = Line(3)
    for job in ("a", "b", "c"):
        line.join(job)
    assert [line.take() for _ in range(3)] == ["a", "b", "c"]


def test_turns_away_whom_it_has_no_place_for() -> None:
    line: Line[str] = Line(1)
    line.join("a")
    with pytest.raises(GeneratorBusy, match="1 drafts are waiting"):
        line.join("b")
    assert line.take() == "a"


def test_who_leaves_frees_the_place() -> None:
    line: Line[str] = Line(1)
    line.join("a")
    line.leave("a")
    line.join("b")
    assert line.take() == "b"


def test_leaving_after_being_served_is_no_error() -> None:
    line: Line[str] = Line(1)
    line.leave("a")


def test_closing_wakes_the_worker_and_hands_back_who_waited() -> None:
    line: Line[str] = Line(2)
    taken: list[str | None] = []
    worker = threading.Thread(target=lambda: taken.extend(iter(line.take, None)))
    line.join("a")
    line.join("b")
    assert line.close() == ["a", "b"]
    worker.start()
    worker.join(10)
    assert not worker.is_alive()
    assert taken == []
    with pytest.raises(GenerationFailed, match="closed"):
        line.join("c")
