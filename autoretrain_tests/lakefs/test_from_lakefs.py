"""`init --from-lakefs`: a home begins with a data set that lies on a lakeFS server."""

import hashlib
from pathlib import Path

import pytest

from autoretrain_assets import founding
from autoretrain_assets.commands import homes
from autoretrain_assets.commands.homes import make_home
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError, IntegrityError, NotFound, StoreError
from autoretrain_assets.home import Home
from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_assets.store.lakefs.source import Address, Source
from autoretrain_tests.contract.writing import put
from autoretrain_tests.loop.living import untrained

pytestmark = pytest.mark.slow


class Killed(BaseException):
    """What no code of ours catches."""


@pytest.fixture
def data(street) -> dict[str, Path]:
    """The files of a YOLO data set, by their paths in it."""
    return {f"street/{path.relative_to(street)}": path for path in street.rglob("*") if path.is_file()}


@pytest.fixture
def client(lakefs_store: LakefsStore, data) -> Client:
    """Whoever owns the repository of the data set, which stands on its main branch."""
    put(lakefs_store, data)
    return Client(lakefs_store.settings, Credentials.of())


@pytest.fixture
def unmeasured(monkeypatch):
    """The first model is not measured: that is what takes the time."""
    monkeypatch.setattr(homes, "_measured", lambda _: iter(["v0001: in production"]))


@pytest.fixture
def made(client, tmp_path):
    weights = untrained(tmp_path / "best.pt")

    def make(address: str, *overrides: str, **more) -> list[str]:
        settings = [f"store.lakefs.url={client.address}", "store.lakefs.retries=0", "training.imgsz=96"]
        given = {"data": None, "overrides": [*settings, *overrides]} | more
        place = address.format(client.settings.repository)
        return list(make_home(tmp_path / "home", weights, **given, address=place))

    return make


@pytest.fixture
def taken(monkeypatch) -> list[str]:
    """The files that are read from the server."""
    seen: list[str] = []
    reading = Client.reading

    def noting(self, ref, path, *where):
        seen.append(path)
        return reading(self, ref, path, *where)

    monkeypatch.setattr(Client, "reading", noting)
    return seen


def refused(made, tmp_path, kind, message: str, *given: str, **more) -> None:
    with pytest.raises(kind, match=message):
        made(*given, **more)
    assert not (tmp_path / "home" / "autoretrain.yaml").exists()


def test_the_data_set_is_the_first_version_which_names_its_commit(made, client, data, tmp_path):
    said = made("lakefs://{}/main/street/")
    commit = client.branch("main")
    source = f"lakefs://{client.settings.repository}/{commit}/street"
    assert f"made from {source}, which is main now" in said
    assert said[-1].startswith("v0001: in production, mAP50")
    home = Home.open(tmp_path / "home")
    [first] = home.store.log("main")
    assert first.metadata["made_from"] == source
    images = [path for path in data if path.endswith(".jpg")]
    assert dataset_version.read_manifest(home.store, "v0001").height <= len(images)
    assert home.settings.store.backend == "git"
    assert not (home.work / "from-lakefs").exists()


@pytest.mark.usefixtures("unmeasured")
def test_it_is_the_version_that_the_same_files_on_disk_make(made, client, street, tmp_path):
    made("{}/main/street/data.yaml")
    given = ["training.imgsz=96"]
    list(make_home(tmp_path / "plain", tmp_path / "best.pt", street / "data.yaml", given))
    hashes = {
        dataset_version.read(Home.open(tmp_path / name).store, "v0001").manifest_hash for name in ("home", "plain")
    }
    assert len(hashes) == 1


@pytest.mark.usefixtures("unmeasured")
def test_what_broke_off_goes_on_and_takes_nothing_twice(made, client, data, tmp_path, taken, monkeypatch):
    enough = len(data) // 2

    reading = Client.reading

    def killing(self, *where):
        if len(taken) > enough:
            raise Killed
        return reading(self, *where)

    with monkeypatch.context() as patched:
        patched.setattr(Client, "reading", killing)
        with pytest.raises(Killed):
            made("{}/main/street", "store.lakefs.upload_threads=1")
    assert not (tmp_path / "home" / "autoretrain.yaml").exists()
    made("{}/main/street")
    assert len(taken) == len(set(taken))


@pytest.mark.usefixtures("unmeasured")
def test_a_file_that_broke_off_or_changed_here_is_taken_again(made, tmp_path, taken, monkeypatch):
    def killed(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(founding, "first_version", killed)
        with pytest.raises(Killed):
            made("{}/main/street")
    kept = sorted(path for path in (tmp_path / "home/work/from-lakefs").rglob("*.jpg"))
    kept[0].write_bytes(kept[0].read_bytes()[:-9])
    kept[1].write_bytes(bytes(kept[1].stat().st_size))
    taken.clear()
    made("{}/main/street")
    assert {Path(path).name for path in taken} == {path.name for path in kept[:2]}


@pytest.mark.usefixtures("unmeasured")
def test_the_commit_that_was_resolved_is_read_whatever_happens_to_the_branch(made, client, data, monkeypatch, tmp_path):
    before = client.branch("main")
    objects = Client.objects

    def moving(self, ref, prefix=""):
        if client.branch("main") == before:
            client.remove("main", [path for path in data if path.endswith(".jpg")])
            client.commit_all("main", "all gone")
        return objects(self, ref, prefix)

    monkeypatch.setattr(Client, "objects", moving)
    made("{}/main/street")
    assert client.branch("main") != before
    assert before in Home.open(tmp_path / "home").store.log("main")[0].metadata["made_from"]


def test_any_name_of_a_commit_will_do(client):
    commit = client.branch("main")
    client.make_tag("a-tag", commit)
    client.remove("main", ["street/domains.csv"])
    client.commit_all("main", "newer")
    for ref in ("a-tag", commit, commit[:12], "main~1"):
        address = Address.parsed(f"{client.settings.repository}/{ref}/street")
        assert Source(client.settings, address).commit == commit


@pytest.mark.usefixtures("unmeasured")
def test_what_is_not_there_is_told_by_its_name(made, tmp_path):
    refused(made, tmp_path, NotFound, "no repository nobody-knows", "nobody-knows/main")
    refused(made, tmp_path, NotFound, "no branch, tag or commit night", "{}/night")
    refused(made, tmp_path, InputError, "town is not there", "{}/main/town")
    refused(made, tmp_path, InputError, r"such as street/data\.yaml", "{}/main")
    refused(made, tmp_path, InputError, "REPOSITORY/REF", "{}")
    refused(made, tmp_path, InputError, "a path is relative", "{}/main/../street")


@pytest.mark.usefixtures("unmeasured")
def test_a_name_that_leads_out_is_refused(made, client, data, tmp_path):
    image = next(path for path in data.values() if path.suffix == ".jpg").read_bytes()
    client.make_branch("hostile", "main")
    text = b"train: images\nnames: [car, bus, person]\n"
    client.upload("hostile", "street/images/../../../../../x.jpg", image, len(image), "")
    client.upload("hostile", "street/data.yaml", text, len(text), hashlib.sha256(text).hexdigest())
    client.commit_all("hostile", "by hand")
    refused(made, tmp_path, InputError, "a path is relative", "{}/hostile/street")
    assert not list(tmp_path.rglob("x.jpg"))


@pytest.mark.usefixtures("unmeasured")
def test_bytes_that_are_not_what_was_stored_are_refused(made, client, data, tmp_path):
    path, file = next((path, file) for path, file in data.items() if file.suffix == ".jpg")
    client.make_branch("damaged", "main")
    client.upload("damaged", path, file.read_bytes(), file.stat().st_size, "0" * 64)
    client.commit_all("damaged", "by hand")
    refused(made, tmp_path, IntegrityError, file.name, "{}/damaged/street")


@pytest.mark.usefixtures("unmeasured")
def test_files_that_others_uploaded_have_no_hash_of_ours(made, client, data):
    client.make_branch("theirs", "main")
    path = next(path for path in data if path.endswith(".jpg"))
    client.upload("theirs", path, data[path].read_bytes(), data[path].stat().st_size, "")
    client.commit_all("theirs", "by hand")
    assert made("{}/theirs/street")[-1].startswith("v0001: in production")


@pytest.mark.usefixtures("unmeasured")
def test_without_a_server_or_credentials_or_beside_other_data_it_is_refused(made, tmp_path, monkeypatch, street):
    refused(made, tmp_path, InputError, r"add --set store\.lakefs\.url", "{}/main", overrides=[])
    refused(made, tmp_path, InputError, "leave out --data", "{}/main", data=street / "data.yaml")
    refused(made, tmp_path, InputError, "leave out --data", "{}/main", project="street")
    monkeypatch.delenv("LAKEFS_ACCESS_KEY_ID")
    refused(made, tmp_path, StoreError, "LAKEFS_ACCESS_KEY_ID", "{}/main")
    assert not (tmp_path / "home").exists()


@pytest.mark.usefixtures("unmeasured")
def test_the_repository_of_the_data_set_is_not_written(made, client, tmp_path):
    wanted = client.settings
    there = ["store.backend=lakefs", f"store.lakefs.repository={wanted.repository}"]
    before = client.branch("main")
    refused(made, tmp_path, InputError, "that no home says it made", "{}/main/street", *there)
    assert client.branch("main") == before
    elsewhere = [
        f"store.lakefs.repository={wanted.repository}-own",
        f"store.lakefs.storage_namespace={wanted.storage_namespace}-own",
    ]
    assert made("{}/main/street", "store.backend=lakefs", *elsewhere)[-1].startswith("v0001: in production")
    assert client.branch("main") == before
    assert sorted(branch.id for branch in client.branches("")) == ["main"]
