"""Reads numerals into one form. Knows no unit and no language but Chinese."""

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {str(i): i for i in range(10)} | {"两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}


def plain(number: str) -> str:
    """1,000 and 1.000 are 1000; 3,50 is 3.5; 007 keeps its zeros, for it is no quantity."""
    number = re.sub(r"(?<!^0)[.,](?=\d{3}(?:\D|$))", "", number)
    number = number.replace(",", ".")
    if "." in number and number.count(".") == 1:
        number = number.rstrip("0").rstrip(".")
    return number


def chinese_value(digits: str) -> str:
    """The value of Chinese or plain digits: 三十 is "30", 85 and 八五 are "85"."""
    if digits.isdecimal():
        return str(int(digits))
    if len(digits) == 2 and not set(digits) & _SCALES.keys():
        return "".join(str(_DIGITS[digit]) for digit in digits)
    total, digit = 0, 0
    for char in digits:
        if char in _SCALES:
            scale = _SCALES[char]
            total = (total + digit) * scale if scale == 10000 else total + (digit or 1) * scale
            digit = 0
        else:
            digit = _DIGITS[char]
    return str(total + digit)
