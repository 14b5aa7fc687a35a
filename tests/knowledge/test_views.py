from knowledge.corpus.entry import Entry
from knowledge.views import vector_id, views


def fields(entry: Entry) -> list[tuple[str, int, str]]:
    return [(view.field, view.ordinal, view.text) for view in views(entry)]


def test_an_entry_is_found_by_its_question_its_likes_its_title_and_its_answer() -> None:
    entry = Entry("a", "Within 14 days.", question="When is my refund?", similar=("money back",), title="Payments")
    assert fields(entry) == [
        ("question", 0, "When is my refund?"),
        ("similar", 0, "money back"),
        ("title", 0, "Payments"),
        ("answer", 0, "Within 14 days."),
    ]


def test_a_title_that_says_what_the_question_says_is_left_out() -> None:
    assert [name for name, *_ in fields(Entry("a", "Yes.", question="Where is my refund?", title="My refund"))] == [
        "question",
        "answer",
    ]


def test_a_text_that_stands_twice_is_embedded_once() -> None:
    entry = Entry("a", "Yes.", question="Refunds?", similar=("refunds?", "", "Money back?"))
    assert fields(entry) == [("question", 0, "Refunds?"), ("similar", 2, "Money back?"), ("answer", 0, "Yes.")]


def test_a_long_answer_is_found_by_each_of_its_pieces() -> None:
    english = Entry("a", " ".join(f"Sentence number {i} tells one more thing." for i in range(60)))
    chinese = Entry("b", "".join(f"第{i}条规定说明了退货的期限。" for i in range(60)))
    for entry, limit in ((english, 400), (chinese, 160)):
        pieces = [text for _, _, text in fields(entry)]
        assert len(pieces) > 3
        assert max(map(len, pieces)) <= limit
        assert "".join("".join(pieces).split()) == "".join(entry.answer.split())


def test_the_id_of_a_vector_depends_on_its_entry_field_and_place_alone() -> None:
    first, second = views(Entry("a", "Yes.", question="Q?"))
    again = views(Entry("a", "Quite another answer.", question="Q, worded anew?"))
    assert [vector_id("a", view) for view in again] == [vector_id("a", first), vector_id("a", second)]
    assert len({vector_id("a", first), vector_id("a", second), vector_id("b", first)}) == 3
    assert 0 <= vector_id("a", first) < 2**63
    assert vector_id("a", first) == 4553383944747884994
