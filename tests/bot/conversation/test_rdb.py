"""The checksum of base files is the one that servers write."""

import random

import pytest

from bot.conversation.rdb import crc64, rdb_fault

HEAD, END = b"REDIS0011", b"\xff"


def slow_crc64(data: bytes) -> int:
    """Bit by bit, from the definition."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x95AC9329AC4BC9B5 if crc & 1 else 0)
    return crc


def base(content: bytes) -> bytes:
    whole = HEAD + content + END
    return whole + crc64(whole, len(whole)).to_bytes(8, "little")


def test_the_checksum_of_the_catalogues_example() -> None:
    assert crc64(b"123456789", 9) == 0xE9C6D914C4B8D9CA


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 7 * 1024 + 5, 70_001])
def test_many_lanes_give_what_one_gives(size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert crc64(data, size) == slow_crc64(data)


def test_blocks_follow_each_other() -> None:
    data = random.Random(3).randbytes((1 << 24) + 3_000)
    changed = data[:5] + bytes([data[5] ^ 1]) + data[6:]
    assert crc64(data, len(data)) != crc64(changed, len(changed))
    assert crc64(b"\0" * (1 << 24) + data[:3_000], (1 << 24) + 3_000) == slow_crc64(data[:3_000])


def test_every_flipped_bit_is_found() -> None:
    whole = base(b"some keys")
    assert rdb_fault(whole) is None
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        assert rdb_fault(bytes(flipped)) is not None


def test_what_is_cut_or_no_base_file_is_told_so() -> None:
    assert "does not begin" in str(rdb_fault(b"*3\r\n"))
    assert "end is missing" in str(rdb_fault(base(b"some keys")[:-9]))


def test_one_that_was_written_without_a_checksum_is_taken() -> None:
    assert rdb_fault(HEAD + b"some keys" + END + b"\0" * 8) is None
