"""`kefu doctor`: all is well, or what is not and its cure."""

import os
import socket
from pathlib import Path

import pytest

from tests.conftest import RealServer
from tests.fakes.house import KefuHouse

pytestmark = [pytest.mark.slow, pytest.mark.server]


def examined(kefu: KefuHouse, **settings: str) -> tuple[int, dict[str, str]]:
    """The exit code, and what was found by the name of the check, with its mark."""
    done = kefu.run("doctor", **({"PORT": "0"} | settings))
    assert done.err == ""
    found = {}
    for line in done.out.splitlines():
        mark, _, rest = line.partition(" ")
        what, _, text = rest.partition(": ")
        found[what] = f"{mark} {text}"
    names = [name for name in found if name not in ("persistence", "records", "attachments")]
    assert names == ["disk", "models", "knowledge", "files", "redis", "port", "telegram"]
    return done.code, found


def test_a_healthy_house_has_no_cross(informed: KefuHouse) -> None:
    code, found = examined(informed)
    assert code == 0, found
    assert all(text.startswith("✓ ") for text in found.values())
    assert found["knowledge"] == f"✓ snapshot {informed.current.name} with 3 entries is whole"
    assert found["files"] == f"✓ none yet in {informed.folder / 'data' / 'valkey'}"
    assert found["redis"] == "✓ the embedded Valkey answers"
    assert found["persistence"] == "✓ appendonly is on, appendfsync always: what was accepted survives a crash"
    assert found["records"] == "✓ 0 turns of 0 conversations"


def test_every_illness_is_found_in_one_go_with_its_cure(kefu: KefuHouse) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, found = examined(
            kefu,
            PORT=str(taken.getsockname()[1]),
            REDIS_URL="redis://127.0.0.1:1/0",
            GENERATE="true",
            GENERATOR="qwen-0.5b",
            TELEGRAM_TOKEN="12345",
        )
    assert code == 1
    assert found["models"] == "✗ not here: qwen-0.5b → kefu models pull qwen-0.5b"
    assert found["knowledge"].startswith(f"✗ no knowledge in {kefu.knowledge}: run `kefu knowledge build ")
    assert found["redis"].startswith("✗ the conversations' server does not answer (")
    assert found["redis"].endswith("set KEFU_REDIS_URL to another")
    assert found["port"].endswith("→ stop that program or set KEFU_PORT")
    assert found["telegram"] == "✗ the token is not of the form 123456:ABC… → copy it again from @BotFather"


def test_a_damaged_snapshot_is_found(informed: KefuHouse) -> None:
    (informed.current / "views.npz").write_bytes(b"")
    code, found = examined(informed)
    assert code == 1
    assert found["knowledge"].startswith(f"✗ {informed.current / 'views.npz'} is damaged")


def test_knowledge_of_another_embedder_is_found_without_loading_it(informed: KefuHouse) -> None:
    code, found = examined(informed, EMBEDDER="minilm")
    assert code == 1
    assert found["models"] == "✗ not here: minilm → kefu models pull minilm"
    assert "was built with hashing and not with minilm → build it again" in found["knowledge"]


def test_folders_that_cannot_be_written_to_are_found(informed: KefuHouse) -> None:
    file = informed.write("file", "x")
    code, found = examined(informed, CACHE_DIR=str(file))
    assert code == 1
    assert found["disk"] == f"✗ {file} cannot be written to → set KEFU_CACHE_DIR to a folder that can"


def test_a_port_that_kefu_itself_holds_is_well(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        port = serving.address.rpartition(":")[2]
        code, found = examined(informed, PORT=port)
    assert code == 0
    assert found["port"] == f"✓ {port} on 127.0.0.1 is held by a running Kefu"


def entries_of(kefu: KefuHouse) -> Path:
    [path] = (kefu.folder / "data" / "valkey" / "appendonlydir").glob("*.incr.aof")
    return path


def test_a_flipped_byte_in_a_stored_word_is_found_with_its_cure(informed: KefuHouse) -> None:
    assert examined(informed)[0] == 0
    entries = entries_of(informed)
    entries.write_bytes(entries.read_bytes().replace(b"kefu:schema", b"kefu:schemb", 1))

    code, found = examined(informed)
    assert code == 1
    assert found["files"].startswith(f"✗ {entries} is damaged between bytes 0 and ")
    assert "→ run `kefu doctor`, restore a backup" in found["files"]
    assert found["redis"].startswith(f"✗ {entries} is damaged")


def test_a_cut_end_is_told_once_and_the_server_goes_on(informed: KefuHouse) -> None:
    assert examined(informed)[0] == 0
    os.truncate(entries_of(informed), entries_of(informed).stat().st_size - 17)

    code, found = examined(informed)
    assert code == 1
    assert "has lost its last 17 bytes since the server was stopped →" in found["files"]
    assert found["redis"] == "✓ the embedded Valkey answers"
    assert examined(informed)[0] == 0


def test_an_owners_server_is_told_what_it_may_lose(informed: KefuHouse, valkey_server: RealServer) -> None:
    valkey_server.ask("FLUSHALL")
    valkey_server.ask("CONFIG SET appendfsync everysec")
    try:
        code, found = examined(informed, REDIS_URL=valkey_server.url)
    finally:
        valkey_server.ask("CONFIG SET appendfsync always")
    assert code == 0
    assert found["files"] == "✓ KEFU_REDIS_URL's server keeps them"
    assert "appendfsync everysec: a crash of its machine may lose the last second" in found["persistence"]
