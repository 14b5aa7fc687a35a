import json
from pathlib import Path

from bot.commands.building import bring_cases, sample_cases
from bot.desk.cases import Case
from bot.desk.past_cases import FILE, PastCases

ASKED = {"role": "customer", "text": "Do you repair lamps?"}
BOTS = {"role": "bot", "text": "I cannot find that."}
AGENTS = {"role": "agent", "text": "Yes, bring it along."}


def write(folder: Path, *conversations: dict[str, object]) -> None:
    (folder / FILE).write_text("".join(json.dumps(each) + "\n" for each in conversations), "utf-8")


def test_there_are_none_without_a_file(tmp_path: Path) -> None:
    assert PastCases(tmp_path)() == []


def test_an_agents_reply_is_a_case_and_the_bots_where_no_agent_speaks(tmp_path: Path) -> None:
    started = "2025-03-03T09:00:00+00:00"
    write(
        tmp_path,
        {"id": "1", "turns": [ASKED, BOTS, ASKED, AGENTS], "started": started},
        {"id": "2", "turns": [ASKED, BOTS]},
    )
    first, second = PastCases(tmp_path)()

    assert first == Case("", "Do you repair lamps?\nDo you repair lamps?", "Yes, bring it along.", "", 1740992400.0)
    assert (second.reply, second.by, second.at) == ("I cannot find that.", "bot", 0.0)


def test_a_changed_file_is_read_again_and_a_broken_one_shows_none(tmp_path: Path) -> None:
    write(tmp_path, {"id": "1", "turns": [ASKED, AGENTS]})
    past = PastCases(tmp_path)
    assert len(past()) == 1
    (tmp_path / FILE).write_text("{broken", "utf-8")

    assert past() == []


def test_the_sample_brings_its_forty_conversations_and_another_build_takes_them_away(tmp_path: Path) -> None:
    bring_cases(tmp_path, sample=True)
    cases = PastCases(tmp_path)()
    assert len(sample_cases().read_text("utf-8").splitlines()) == 40
    assert len(cases) > 40
    bring_cases(tmp_path, sample=False)

    assert not (tmp_path / FILE).exists()


def test_an_owners_own_cases_stay(tmp_path: Path) -> None:
    write(tmp_path, {"id": "1", "turns": [ASKED, AGENTS]})
    bring_cases(tmp_path, sample=True)
    bring_cases(tmp_path, sample=False)

    assert len(PastCases(tmp_path)()) == 1
