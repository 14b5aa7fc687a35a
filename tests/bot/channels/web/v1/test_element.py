"""The element for other help desks is served so that their pages may load it."""

import httpx2

from bot.channels.web.pages import STATIC


async def test_it_is_served_to_every_site_and_small(client: httpx2.AsyncClient) -> None:
    served = await client.get("/suggest.js")

    assert served.status_code == 200
    assert served.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert served.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert served.headers["Access-Control-Allow-Origin"] == "*"
    assert served.content == (STATIC / "suggest.js").read_bytes()
    assert len(served.content) <= 4_096
