import threading

import pytest

from bot.generators.breaker import Breaker


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, within=30.0, rest=2.0, clock=clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.failed()


def test_admits_all_until_it_has_failed_often_enough(breaker: Breaker) -> None:
    fail(breaker, 2)
    assert breaker.admits()
    fail(breaker, 1)
    assert not breaker.admits()
    assert breaker.is_open


def test_failures_that_are_far_apart_do_not_open_it(breaker: Breaker, clock: Clock) -> None:
    for _ in range(6):
        fail(breaker, 1)
        clock.now += 16
    assert breaker.admits()


def test_a_success_between_failures_begins_the_count_again(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.admits()


def test_lets_one_probe_through_after_its_rest(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 2
    assert [breaker.admits() for _ in range(3)] == [True, False, False]


def test_a_probe_that_never_returns_does_not_keep_it_open(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 2
    assert breaker.admits()
    clock.now += 2
    assert breaker.admits()


def test_a_failed_probe_gives_it_another_rest(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 100
    assert breaker.admits()
    fail(breaker, 1)
    assert not breaker.admits()
    assert breaker.is_open


def test_closes_with_the_first_success_within_five_seconds_of_healing(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    healed, questions = clock.now + 1.0, 0
    while breaker.is_open:
        clock.now += 0.5
        questions += 1
        if breaker.admits() and clock.now >= healed:
            breaker.succeeded()
    assert clock.now - healed <= 5.0
    assert questions > 1


def test_gives_the_probe_to_one_of_many_threads(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 2
    admitted: list[bool] = []
    threads = [threading.Thread(target=lambda: admitted.append(breaker.admits())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(admitted) == [False] * 15 + [True]
