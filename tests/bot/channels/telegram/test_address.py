import pytest

from bot.channels.telegram.address import Address, address_of


@pytest.mark.parametrize("address", [Address(42), Address(-100), Address(-100, 7)])
def test_an_address_is_read_back_from_the_conversations_name(address: Address) -> None:
    assert address_of(address.conversation) == address


@pytest.mark.parametrize("name", ["web:42", "telegram:", "telegram:x", "telegram", "telegram:1:2:3"])
def test_what_is_no_address_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"telegram|literal|Telegram"):
        address_of(name)
