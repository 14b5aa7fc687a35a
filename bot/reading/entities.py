"""Finds what a customer named that an agent will look up: numbers of orders and the like, and e-mail addresses."""

import re
from collections.abc import Iterable

MOST = 12
"""So many are told, the last ones first."""

_NUMBER = r"[A-Z]{0,4}-?\d[\d-]{2,14}\d"
_NAMING = (
    r"order|bestell\w*|auftrag\w*|parcel|paket|package|shipment|ticket|invoice|rechnung|pedido"
    r"|commande|订单|单号|包裹|发票"
)
# A number after a word that names one, or after #; and long ones anyway.
_ORDER = re.compile(
    rf"(?:(?:{_NAMING})[^\d\n]{{0,16}}?|#\s?)({_NUMBER})(?!\d)"
    rf"|(?<![\d+.,-])({_NUMBER.replace('{2,14}', '{4,14}')})(?![\d.,]\d)",
    re.I,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+\w")


def named(texts: Iterable[str]) -> list[str]:
    """Numbers and addresses in texts, oldest first, each once, the last first."""
    found: list[str] = []
    for text in texts:
        mails = _MAIL.findall(text)
        found += [hit[1] or hit[2] for hit in _ORDER.finditer(_MAIL.sub(" ", text))]
        found += mails
    return list(dict.fromkeys(reversed(found)))[:MOST]
