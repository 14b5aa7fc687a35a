"""No Docker engine is at hand: what can be held against the tree without one is held here."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "scripts" / "Dockerfile").read_text("utf-8")
KEFU_SERVICES = [name for name in COMPOSE["services"] if name.startswith("kefu")]


def settings_variables() -> set[str]:
    return {f"KEFU_{name}".upper() for name in Settings.model_fields}


def test_the_compose_file_fits_the_compose_schema() -> None:
    schema = json.loads(
        files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text("utf-8")
    )
    jsonschema.validate(COMPOSE, schema)


@pytest.mark.parametrize("name", KEFU_SERVICES)
def test_every_variable_of_a_service_is_a_setting(name: str) -> None:
    assert set(COMPOSE["services"][name]["environment"]) <= settings_variables()


@pytest.mark.parametrize("name", KEFU_SERVICES)
def test_values_of_a_service_are_valid_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in COMPOSE["services"][name]["environment"].items():
        monkeypatch.setenv(variable, re.sub(r"\$\{\w+:-(.*)\}", r"\1", str(value)))
    assert Settings().port == 8080


@pytest.mark.parametrize("name", KEFU_SERVICES)
def test_what_a_service_is_built_from_exists(name: str) -> None:
    build = COMPOSE["services"][name]["build"]
    assert (ROOT / build["context"] / build["dockerfile"]).is_file()


def test_everything_that_the_image_copies_exists() -> None:
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.M):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source


def test_the_images_variables_are_settings() -> None:
    assert set(re.findall(r"(KEFU_\w+)=", DOCKERFILE)) <= settings_variables()


@pytest.mark.parametrize("name", KEFU_SERVICES)
def test_the_published_port_is_the_one_that_is_served_and_stays_on_loopback(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["ports"] == [f"127.0.0.1:8080:{service['environment']['KEFU_PORT']}"]
    assert f"EXPOSE {service['environment']['KEFU_PORT']}" in DOCKERFILE


@pytest.mark.parametrize("name", KEFU_SERVICES)
def test_named_volumes_are_declared_and_land_where_the_settings_look(name: str) -> None:
    mounts = dict(mount.rsplit(":", 1) for mount in COMPOSE["services"][name]["volumes"] if not mount.endswith(":ro"))
    assert set(mounts) <= set(COMPOSE["volumes"])
    assert set(mounts.values()) == set(re.findall(r"KEFU_(?:DATA|CACHE)_DIR=(\S+)", DOCKERFILE))


def test_redis_keeps_an_append_only_file_and_never_evicts() -> None:
    command = COMPOSE["services"]["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


@pytest.mark.parametrize("name", KEFU_SERVICES)
def test_services_reach_the_redis_of_the_same_file(name: str) -> None:
    host = re.fullmatch(r"redis://(\w+):6379/0", COMPOSE["services"][name]["environment"]["KEFU_REDIS_URL"])
    assert host is not None
    assert host[1] in COMPOSE["services"]
    assert host[1] in COMPOSE["services"][name]["depends_on"]


def test_a_gpu_is_asked_for_only_behind_a_profile() -> None:
    for name, service in COMPOSE["services"].items():
        assert ("deploy" in service) == (name in {"kefu-gpu", "vllm"}), name
        assert "deploy" not in service or service["profiles"]
