"""`kefu ask`: one answer for people, JSON for programs, batches with their conversations."""

import json

import pytest

from tests.fakes.house import FAQ, KefuHouse

pytestmark = pytest.mark.slow  # every case starts a process

RETURNS = "How long do I have to send something back?"


def test_an_answer_is_told_with_its_sources(informed: KefuHouse) -> None:
    done = informed.run("ask", RETURNS)
    assert done.code == 0
    answer, _, source, how = done.out.splitlines()
    assert answer == "You have 30 days to return an item."
    assert source == f"[1] {RETURNS}"
    assert how.startswith("(verbatim, confidence ")
    assert done.err == ""


def test_what_is_not_known_is_not_answered(informed: KefuHouse) -> None:
    done = informed.run("ask", "Who won the football match on Sunday?", "--json")
    (answer,) = done.lines
    assert done.code == 0
    assert answer["outcome"] == "refused"
    assert answer["sentences"] == []


def test_json_is_one_line_that_names_the_supporting_entry(informed: KefuHouse) -> None:
    (answer,) = informed.run("ask", "--json", "How much does shipping cost?").lines
    assert (answer["outcome"], answer["mode"]) == ("answered", "verbatim")
    assert answer["sentences"][0]["sources"] == ["shipping"]
    assert answer["snapshot"] == informed.current.name


def test_a_batch_answers_line_by_line_under_the_ids_that_came(informed: KefuHouse) -> None:
    questions = [{"id": "a", "turns": [RETURNS]}, {"id": 7, "turns": ["How much does shipping cost?"]}]
    file = informed.write("batch.jsonl", "\ufeff" + "\n\n".join(map(json.dumps, questions)))
    from_file = informed.run("ask", "--batch", str(file)).lines
    assert [(line["id"], line["sources"][0]["id"]) for line in from_file] == [("a", "returns"), ("7", "shipping")]
    from_stdin = informed.run("ask", "--batch", "-", stdin=file.read_bytes()).lines
    assert [line["text"] for line in from_stdin] == [line["text"] for line in from_file]


def test_earlier_questions_are_answered_so_that_a_second_refusal_hands_off(informed: KefuHouse) -> None:
    unknown = ["Who won the football match on Sunday?", "What is the capital of Mongolia?"]
    lines = [
        {"id": "once", "turns": unknown[:1]},
        {"id": "twice", "turns": unknown},
        # History is taken as it is given: a bot's text is no refusal of ours.
        {
            "id": "given",
            "turns": [{"role": "customer", "text": unknown[0]}, {"role": "bot", "text": "Red."}, unknown[1]],
        },
    ]
    answers = informed.run("ask", "--batch", "-", stdin="\n".join(map(json.dumps, lines))).lines
    outcomes = {answer["id"]: answer["outcome"] for answer in answers}
    assert outcomes == {"once": "refused", "twice": "handed_over", "given": "refused"}


def test_files_are_built_once_and_again_when_they_change(kefu: KefuHouse) -> None:
    file = kefu.write("faq.csv")

    def snapshot() -> str:
        (answer,) = kefu.run("ask", "--json", "-k", "faq.csv", RETURNS).lines
        assert answer["outcome"] == "answered"
        return str(answer["snapshot"])

    first = snapshot()
    assert snapshot() == first
    file.write_text(FAQ.replace("30 days", "14 days"))
    assert snapshot() != first
    assert "14 days" in kefu.run("ask", "-k", "faq.csv", RETURNS).out
    assert not kefu.knowledge.exists()


def test_a_folder_of_files_is_built_too_and_a_new_file_is_seen(kefu: KefuHouse) -> None:
    kefu.write("help/faq.csv")
    assert "30 days" in kefu.run("ask", "-k", "help", RETURNS).out
    kefu.write("help/gifts.csv", "question,answer\nDo you wrap gifts?,We wrap gifts for 2 euros.\n")
    assert "2 euros" in kefu.run("ask", "-k", "help", "Do you wrap gifts?").out
