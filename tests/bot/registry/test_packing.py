import json

import pytest

from bot.accounts.base import Account, Role
from bot.accounts.tokens import Scope, Token
from bot.registry.packing import pack, unpack
from bot.webhooks.base import Delivery, Kind
from bot.webhooks.hooks import Hook

RECORDS = [
    Token("id", "shop", (Scope.ASK, Scope.NOTES_READ), 1.5, "Ada", 9.0),
    Account("Mía", Role.ADMIN, "hash", 1.0, secret="base32"),
    Hook("id", "https://shop.example", tuple(Kind), 1.0, "Ada", "whsec_1"),
    Delivery("msg_1", "id", str(Kind.HANDOFF), "{}", 1.0, 2, 3.0, "refused"),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_record_comes_back_as_it_was(record: object) -> None:
    again = unpack(type(record), pack(record))  # type: ignore[arg-type]

    assert again == record
    assert repr(again) == repr(record)


def test_what_a_newer_kefu_wrote_beside_it_is_left_out() -> None:
    text = json.dumps({**json.loads(pack(RECORDS[0], hash="h")), "more": [1]})  # type: ignore[arg-type]
    assert unpack(Token, text) == RECORDS[0]


def test_what_an_older_one_did_not_write_is_as_usual() -> None:
    text = json.dumps({"id": "id", "name": "shop", "scopes": ["ask"], "created": 1.0, "by": "Ada"})
    assert unpack(Token, text) == Token("id", "shop", (Scope.ASK,), 1.0, "Ada")


def test_what_is_no_such_record_is_refused() -> None:
    with pytest.raises(ValueError, match="burn"):
        unpack(Token, '{"id": "id", "name": "n", "scopes": ["burn"], "created": 1, "by": "Ada"}')
    with pytest.raises(TypeError):
        unpack(Token, '{"id": "id"}')
