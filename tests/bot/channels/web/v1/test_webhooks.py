"""Webhooks by the API: made, listed, removed, and never within our own network."""

import httpx2
import pytest

BASE = "/api/v1/webhooks"


async def test_a_webhook_is_made_listed_without_its_secret_and_removed(api: httpx2.AsyncClient) -> None:
    made = await api.post(BASE, json={"url": "https://shop.example/hook", "events": ["handoff"]})
    listed = await api.get(BASE)
    removed = [await api.delete(f"{BASE}/{made.json()['id']}") for _ in range(2)]

    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    assert [hook["events"] for hook in listed.json()["items"]] == [["handoff"]]
    assert made.json()["secret"] not in listed.text
    assert [each.status_code for each in removed] == [204, 404]


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "https://127.0.0.1/", "https://[::1]/", "file:///etc/passwd"]
)
async def test_an_address_that_must_not_be_called_is_refused(api: httpx2.AsyncClient, url: str) -> None:
    assert (await api.post(BASE, json={"url": url})).status_code == 422


async def test_what_was_given_up_is_listed(api: httpx2.AsyncClient) -> None:
    assert (await api.get(f"{BASE}/dead")).json()["items"] == []
    assert (await api.post(f"{BASE}/dead/msg_1/retry")).status_code == 404
