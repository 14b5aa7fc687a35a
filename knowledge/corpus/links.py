"""Links in running text. Knows which addresses are of use to a customer."""

from urllib.parse import urljoin, urlsplit

_SCHEMES = {"http", "https", "mailto", "tel"}


def with_address(label: str, target: str, page: str | None) -> str:
    """`label` with its address in brackets, unless that says nothing new or leads nowhere from a chat."""
    try:
        address = urljoin(page, target) if page and not target.startswith("#") else target
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return label
    shown = address.removeprefix("mailto:").removeprefix("tel:")
    if scheme not in _SCHEMES or not label.strip() or _same(label, shown):
        return label
    return f"{label} ({shown})"


def _same(label: str, address: str) -> bool:
    return _bare(label) == _bare(address)


def _bare(address: str) -> str:
    return address.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/").replace(" ", "")
