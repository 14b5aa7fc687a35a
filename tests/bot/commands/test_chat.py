"""`kefu chat`: a conversation in the terminal."""

import pytest

from tests.fakes.house import KefuHouse


@pytest.mark.server
@pytest.mark.slow
def test_a_conversation_ends_with_the_input_and_leaves_nothing_running(informed: KefuHouse) -> None:
    done = informed.run("chat", stdin="How long do I have to send something back?\n/quit\n")
    assert done.code == 0, done.err
    assert "You have 30 days to return an item." in done.out
    assert not (informed.folder / "data" / "valkey" / "valkey.sock").exists()
