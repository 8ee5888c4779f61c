"""The compose files name only what is there. No test starts them: that takes a Docker daemon and CVAT's images."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"


@pytest.fixture
def compose():
    return YAML(typ="safe").load(DOCKER / "compose.yaml")


def test_each_service_runs_a_program_that_the_package_installs(compose):
    programs = {
        name: service["command"].split()[0] for name, service in compose["services"].items() if "command" in service
    }

    assert set(programs) == {"loop", "pages", "door"}
    assert all(shutil.which(program, path=str(Path(sys.executable).parent)) for program in programs.values())


def test_what_is_published_is_published_on_loopback_alone(compose):
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_no_secret_stands_in_a_file(compose):
    handed = [name for service in compose["services"].values() for name in service["environment"]]

    assert {"CVAT_TOKEN", "CVAT_PASSWORD", "AUTORETRAIN_TOKEN"} <= set(handed)
    assert all(re.fullmatch("[A-Z_]+", name) for name in handed)  # a name alone takes its value from outside


def test_the_image_is_built_from_what_is_there():
    copied = re.findall(r"^COPY (.+) \S+$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert names == let_in
    assert all((ROOT / name).exists() for name in names)


def test_the_gpu_goes_to_the_service_that_trains(compose):
    gpu = YAML(typ="safe").load(DOCKER / "gpu.yaml")

    assert list(gpu["services"]) == ["loop"]
    assert "loop" in compose["services"]
