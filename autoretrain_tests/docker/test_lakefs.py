"""docker/lakefs.yaml, held against a real server: what it sets is heeded, and what it asks for its health answers."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from urllib3 import make_headers, request
from urllib3.exceptions import HTTPError

from autoretrain_tests.lakefs.fixtures import needs_a_built_server
from autoretrain_tests.lakefs.running import BINARY, STARTS_WITHIN, free_port

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lakefs.md").read_text()
SECRET = re.compile(r"PASSWORD|SECRET|KEY|CONNECTION")


def services(name):
    return YAML(typ="safe").load(ROOT / "docker" / name)["services"]


@pytest.fixture
def lakefs():
    return services("lakefs.yaml")["lakefs"]


def filled(environment, given):
    """As compose fills it in: ${NAME}, with what to take or to say where it is not given; a name alone is passed on."""
    found = {}
    for name, value in environment.items():
        text = f"${{{name}:-}}" if value is None else value
        found[name] = re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}", lambda at: given.get(at[1], at[2] or ""), text)
    return {name: value for name, value in found.items() if value}


def test_no_secret_stands_in_it():
    for service in services("lakefs.yaml").values():
        for name, value in service["environment"].items():
            if SECRET.search(name) and value is not None:
                assert re.search(r"\$\{\w+:\?", value), name


def test_what_is_published_is_published_on_loopback_alone():
    published = [port for service in services("lakefs.yaml").values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:8001:8001"]


def test_each_server_is_known_to_be_well_and_the_second_waits_for_the_first(lakefs):
    assert all("test" in service["healthcheck"] for service in services("lakefs.yaml").values())
    assert lakefs["depends_on"] == {"lakefs-database": {"condition": "service_healthy"}}
    assert "@lakefs-database/" in lakefs["environment"]["LAKEFS_DATABASE_POSTGRES_CONNECTION_STRING"]


def test_it_is_the_release_that_is_tested_on(lakefs):
    [release] = re.findall(r"treeverse/lakefs v([\d.]+)", (ROOT / "autoretrain_tests/lakefs/server/go.mod").read_text())
    assert lakefs["image"] == f"treeverse/lakefs:{release}"


def test_autoretrain_is_handed_what_it_asks_by_and_reaches_it():
    for service in services("compose.yaml").values():
        assert {"LAKEFS_ACCESS_KEY_ID", "LAKEFS_SECRET_ACCESS_KEY"} <= set(service["environment"])
        assert "default" in service["networks"]


def test_what_the_page_writes_into_the_environment_is_taken_from_there():
    text = (ROOT / "docker" / "lakefs.yaml").read_text()
    written = set(re.findall(r"^(LAKEFS_\w+)=", PAGE, re.MULTILINE))
    assert len(written) > 6
    assert all(f"${{{name}:" in text or f"{name}:\n" in text for name in written)


@pytest.fixture
def started(lakefs, tmp_path):
    """A server with the environment of the file, but its database and its objects on this disk; and its address."""
    needs_a_built_server()
    port = free_port()
    given = dict.fromkeys(("LAKEFS_DATABASE_PASSWORD", "LAKEFS_AUTH_ENCRYPT_SECRET_KEY"), "given")
    given |= {"LAKEFS_ACCESS_KEY_ID": "AKIAGIVEN", "LAKEFS_SECRET_ACCESS_KEY": "given"}
    given |= {name: "true" for name, value in lakefs["environment"].items() if value is None}
    here = {
        "LAKEFS_LISTEN_ADDRESS": f"127.0.0.1:{port}",
        "LAKEFS_DATABASE_TYPE": "local",
        "LAKEFS_DATABASE_LOCAL_PATH": str(tmp_path / "database"),
        "LAKEFS_BLOCKSTORE_LOCAL_PATH": str(tmp_path / "objects"),
    }
    environment = filled(lakefs["environment"], given) | here | {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    with (tmp_path / "log").open("wb") as log:
        child = subprocess.Popen([BINARY, "run"], env=environment, stdout=log, stderr=log, cwd=tmp_path)
    try:
        yield f"http://127.0.0.1:{port}", tmp_path / "log"
    finally:
        child.kill()
        child.wait()


def is_well(lakefs, address):
    path = lakefs["healthcheck"]["test"][-1].removeprefix("http://127.0.0.1:8001")
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        try:
            return request("GET", f"{address}{path}", retries=False, timeout=5).status == 200
        except HTTPError:
            time.sleep(0.1)
    return False


@pytest.mark.slow
def test_a_server_heeds_each_name_lets_the_admin_in_and_says_that_it_is_well(lakefs, started):
    address, log = started
    assert is_well(lakefs, address), log.read_text()[-2000:]
    headers = make_headers(basic_auth="AKIAGIVEN:given")
    assert request("GET", f"{address}/api/v1/user", headers=headers).json()["user"]["id"] == "admin"
    [told] = [line for line in log.read_text().splitlines() if " msg=Config " in line]
    names = {"LAKEFS_" + key.replace(".", "_").upper() for key in re.findall(r" ([a-z0-9_.]+)=", told)}
    assert lakefs["environment"].keys() <= names
    assert "stats.enabled=false" in told
    assert "security.check_latest_version=false" in told
