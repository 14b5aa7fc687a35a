import pytest

from knowledge.corpus.entry import Entry
from knowledge.embedders.choice import choose_default


@pytest.mark.parametrize(
    ("languages", "key"),
    [
        (["en", "en"], "minilm+e5-small"),
        (["en", "zh"], "e5-small"),
        (["de"], "e5-small"),
        (["en", ""], "e5-small"),
        ([], "e5-small"),
    ],
)
def test_english_alone_takes_the_english_embedder_besides(languages: list[str], key: str) -> None:
    entries = [Entry(str(i), "Yes.", language=language) for i, language in enumerate(languages)]
    assert choose_default(entries) == key
