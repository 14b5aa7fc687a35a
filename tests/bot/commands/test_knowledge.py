"""`kefu knowledge`: build, search, list, verify, history, rollback."""

import pytest

from tests.fakes.house import FAQ, KefuHouse

OPTIONS = [["--tag", "sale"], ["--tag", "SALE", "--language", "en"], ["--tag", "x", "--tag", "sale"]]

pytestmark = pytest.mark.slow  # every case starts a process


def test_build_tells_what_it_built_and_shows_its_progress_elsewhere(kefu: KefuHouse) -> None:
    kefu.write("faq.csv")
    kefu.write("help/notes.docx")
    kefu.write("help/more.md", "# Gifts\n\nWe wrap gifts for 2 euros.\n")
    done = kefu.run("knowledge", "build", "faq.csv", "help")
    assert done.code == 0
    assert done.out.startswith(f"snapshot {kefu.current.name} in {kefu.knowledge}: 4 entries (4 en), ")
    assert "hashing:512@v1" in done.out
    assert "note: notes.docx: unknown kind of file, skipped" in done.err


def test_build_writes_where_it_is_told(kefu: KefuHouse) -> None:
    kefu.write("faq.csv")
    assert kefu.run("knowledge", "build", "faq.csv", "--out", "elsewhere").code == 0
    assert "30 days" in kefu.run("ask", "-k", "elsewhere", "How long do I have to send something back?").out
    assert not kefu.knowledge.exists()


def test_search_tells_scores_and_places_best_first(informed: KefuHouse) -> None:
    best = informed.run("knowledge", "search", "shipping cost").out.splitlines()[0]
    assert "shipping" in best
    assert best.endswith("(faq.csv:3)")
    hits = informed.run("knowledge", "search", "shipping cost", "--json", "--k", "2").lines
    assert len(hits) == 2
    assert hits[0]["entry"]["id"] == "shipping"
    assert hits[0]["score"] > hits[1]["score"]


def test_search_keeps_within_tags_and_languages(kefu: KefuHouse) -> None:
    rows = "a,Shipping?,It is 4.,sale,en\nb,Versand?,Er kostet 4 Euro.,sale,de\nc,Shipping abroad?,12 euros.,x,en\n"
    kefu.build("faq.csv", f"id,question,answer,tags,language\n{rows}")
    found = [kefu.run("knowledge", "search", "shipping", *options, "--json").lines for options in OPTIONS]
    assert [{hit["entry"]["id"] for hit in hits} for hits in found] == [{"a", "b"}, {"a"}, {"a", "b", "c"}]


def test_the_bot_keeps_within_its_tags_and_tells_nothing_internal(kefu: KefuHouse) -> None:
    kefu.build(
        "faq.csv", "id,question,answer,tags\na,How is your margin?,Forty.,internal\nb,Shipping cost?,Four.,sale\n"
    )
    assert kefu.run("ask", "Shipping cost?").out.startswith("Four.")
    assert "Forty" not in kefu.run("ask", "How is your margin?", "--json").out
    assert "Four." not in kefu.run("ask", "Shipping cost?", TAGS='["returns"]').out


def test_list_tells_every_entry(informed: KefuHouse) -> None:
    assert [line.split()[0] for line in informed.run("knowledge", "list").out.splitlines()] == [
        "returns",
        "shipping",
        "hours",
    ]
    entries = informed.run("knowledge", "list", "--json").lines
    assert entries[0]["answer"] == "You have 30 days to return an item."


def test_verify_tells_each_snapshot_and_fails_when_one_is_damaged(informed: KefuHouse) -> None:
    old = informed.current
    informed.build("new.csv", FAQ.replace("30", "14"))
    assert informed.run("knowledge", "verify").out.splitlines() == [
        f"{informed.current.name} (in use): whole",
        f"{old.name} (kept): whole",
    ]
    (old / "views.npz").write_bytes(b"")
    done = informed.run("knowledge", "verify")
    assert done.code == 2
    assert done.out.splitlines()[0] == f"{informed.current.name} (in use): whole"
    assert f"{old.name} (kept): {old / 'views.npz'} is damaged" in done.out
    assert "1 damaged snapshot(s): roll back to a whole one or build again" in done.err


def test_rollback_puts_an_older_snapshot_of_the_history_into_use(informed: KefuHouse) -> None:
    old = informed.current.name
    informed.build("new.csv", FAQ.replace("30 days", "14 days"))
    assert informed.run("knowledge", "history").out.splitlines() == [
        f"{informed.current.name} (in use): 3 entries",
        f"{old}: 3 entries",
    ]
    assert informed.run("knowledge", "rollback", old).out == f"{old} is in use\n"
    assert "30 days" in informed.run("ask", "How long do I have to send something back?").out
