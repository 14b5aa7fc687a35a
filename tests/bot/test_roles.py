"""`kefu serve --role`: processes that share one store and each do a part."""

import pytest

from tests.fakes.house import KefuHouse
from tests.fakes.visitor import PATIENCE, Customer, eventually

pytestmark = [pytest.mark.server, pytest.mark.slow]

RETURNS = "How long do I have to send something back?"
ANSWER = "You have 30 days to return an item."


def test_what_the_web_accepts_a_worker_answers(informed: KefuHouse) -> None:
    with informed.serving(ROLES='["web"]') as web:
        customer = Customer(web.address)
        customer.write(RETURNS)
        assert not eventually(lambda: customer.answers() != [], 2)
        with informed.serving(ROLES='["worker"]') as worker:
            assert worker.told == ["Kefu works as worker"]
            assert eventually(lambda: customer.answers() == [ANSWER], PATIENCE)


def test_a_role_that_there_is_not_is_refused(informed: KefuHouse) -> None:
    done = informed.run("serve", "--role", "cook")
    assert done.code == 2
    assert "cook" in done.err
