"""Samples of updates: well-formed, and of every kind."""

import pytest
from aiogram.types import Update

from tests.fakes import updates


@pytest.mark.parametrize("kind", updates.kinds())
def test_a_sample_is_what_aiogram_takes_for_this_kind(kind: str) -> None:
    update = Update.model_validate(updates.sample(kind, 5))

    assert update.update_id == 5
    assert update.event_type == kind


def test_no_kind_is_missing() -> None:
    told = [next(name for name in update if name != "update_id") for update in updates.every()]

    assert told == updates.kinds()
    assert {f"{name}" for name in Update.model_fields} == {*told, "update_id"}


def test_ids_ascend() -> None:
    assert [update["update_id"] for update in updates.every(7)][:3] == [7, 8, 9]
