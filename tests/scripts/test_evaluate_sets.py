"""The table of all sets: what is measured, what is not there, and where thresholds come from; no model is loaded."""

import json
import shutil
from pathlib import Path

import pytest

from bot.models.ready import list_models
from bot.settings import Settings
from knowledge.evaluation import Ranking
from scripts.evaluate_sets import halves, main

DATA = Path(__file__).parent.parent / "data" / "eval"
READY = {listed.model.key for listed in list_models(Settings().models_dir) if listed.ready}
PUBLIC = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop's questions under the names of two sets."""
    for kind in ("knowledge", "queries"):
        for dataset in ("hint3", "banking77_oos"):
            shutil.copy(DATA / f"shop.{kind}.jsonl", tmp_path / f"{dataset}.{kind}.dev.jsonl")
    return tmp_path


def test_what_is_there_is_told_with_commit_and_models(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(folder), "--embedder", "hashing"])
    out, err = capsys.readouterr()
    assert out.startswith("Commit ")
    assert "hashing:512@v1" in out.splitlines()[0]
    rows = [line.split(" | ")[:3] for line in out.splitlines()[4:]]
    half = rows[2][1]
    assert rows == [
        ["| hint3", "12", "overall_accuracy"],
        ["| hint3", "12", "wrong_at_5"],
        ["| banking77_oos", half, "oos_recall_in_domain"],
        ["| banking77_oos", half, "wrong_at_5"],
    ]
    assert "NOT MEASURED: clinc150: it is not in" in err


def test_all_figures_are_told_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(folder), "--embedder", "hashing", "--only", "hint3", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert {"commit", "date", "models", "part"} < set(told)
    (hint3,) = told["sets"]
    assert (hint3["set"], hint3["n"], hint3["threshold"]) == ("hint3", 12, 0.35)


def test_what_is_measured_is_drawn(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot = tmp_path / "plot.svg"
    main([str(folder), "--embedder", "hashing", "--only", "hint3", "--plot", str(plot)])
    assert capsys.readouterr().out
    drawn = plot.read_text("utf-8")
    assert drawn.startswith("<svg ")
    assert ">hint3</text>" in drawn


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_without_data_it_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(SystemExit, match="NOTHING MEASURED"):
        main([str(tmp_path / name)])


def test_halves_part_the_queries_alike_each_time() -> None:
    found = [Ranking(str(number), (), 0.5, frozenset()) for number in range(200)]
    one, other = halves(found)
    assert len(one) + len(other) == 200
    assert 70 < len(one) < 130
    assert {ranking.id for ranking in halves(found[::-1])[0]} == {ranking.id for ranking in one}


@pytest.mark.timeout(900)  # a minute alone, several beside others
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.skipif(not {"minilm", "e5-small"} <= READY, reason="NO REAL MODEL TESTED: run `kefu models pull`")
@pytest.mark.skipif(not PUBLIC.is_dir(), reason=f"PUBLIC SETS NOT MEASURED: there is no {PUBLIC.name} folder beside")
def test_a_public_set_is_found_as_well_as_is_claimed(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(PUBLIC), "--only", "natcs", "--json"])
    (natcs,) = json.loads(capsys.readouterr().out)["sets"]
    assert natcs["top1"] >= 0.94
