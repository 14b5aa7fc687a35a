"""Chinese words that sound right and are written wrong are mended where the knowledge has one such word."""

import subprocess
import sys

import pytest

from bot.reading.homophones import Homophones

KNOWN = Homophones(
    [
        "怎么取消订单？",
        "忘记密码怎么办？",
        "加急配送的运费是多少？",
        "定制的自行车可以退款吗？",
        "买车",
        "Cancel your order",
    ]
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("蜜码忘了", "密码忘了"),
        ("运废多少", "运费多少"),
        ("我想取销订单", "我想取消订单"),
        ("加集要多少钱", "加急要多少钱"),
        ("定治的车能退欵不", "定制的车能退款不"),
    ],
)
def test_another_character_of_the_same_sound_is_put_right(written: str, meant: str) -> None:
    assert KNOWN.mended(written) == meant


@pytest.mark.parametrize(
    "text",
    ["取笑别人", "卖车", "感受一下", "新车第一周骑了 60 km", "where is my 订单", "密", "", "🔋充电", "お届けの日"],
)
def test_words_of_their_own_stay(text: str) -> None:
    assert KNOWN.mended(text) == text


def test_what_may_be_two_words_is_left_alone() -> None:
    assert Homophones(["权利"]).mended("我的权立") == "我的权利"
    assert Homophones(["权利", "权力"]).mended("我的权立") == "我的权立"


def test_a_long_text_of_anything_is_read() -> None:
    text = "蜜码\n\ud7ff \U00020000𠮷" * 5_000

    assert KNOWN.mended(text).count("密码") == 5_000


def test_nothing_is_loaded_for_knowledge_without_chinese() -> None:
    program = """
import sys
from bot.reading.homophones import Homophones
assert Homophones(["Cancel your order"]).mended("蜜码 and an order") == "蜜码 and an order"
print({"rjieba", "pypinyin"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
