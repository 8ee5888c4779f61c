"""`init --from-cvat`: a home begins with what people finished on a server, and labels there from then on."""

import pytest

from autoretrain_assets.commands.homes import make_home
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_assets.release import registry
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.dataset.apart import assert_apart
from autoretrain_tests.labeling.cvat.projects import Owner
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in
from autoretrain_tests.loop.living import untrained

__all__ = ["cvat_server", "cvat_signed_in"]

pytestmark = pytest.mark.slow

CAR = ("car", 1.0, 2.0, 30.0, 40.0)


@pytest.fixture
def owner(cvat_signed_in, tmp_path):
    (tmp_path / "photos").mkdir()
    return Owner(cvat_signed_in, tmp_path / "photos")


@pytest.fixture
def made(cvat_signed_in, tmp_path):
    weights = untrained(tmp_path / "best.pt")

    def make(project="street", *overrides, **more):
        server = [f"labeling.cvat.url={cvat_signed_in.url}", "labeling.cvat.retries=0", "training.imgsz=96"]
        return list(make_home(tmp_path / "home", weights, None, [*server, *overrides], project=project, **more))

    return make


def test_finished_tasks_are_the_first_version_and_the_home_labels_on_that_project(owner, made, tmp_path):
    for _ in range(3):
        owner.label(owner.add_task(), {0: [CAR]})
    owner.shape(owner.label(owner.add_task(2)), 1, type="polygon", points=[1, 1, 9, 1, 9, 9])
    said = made(str(owner.project))

    assert f"street ({owner.project}): 13 finished images of 4 tasks" in said
    assert any("left out 1 image with what cannot be read" in line for line in said)
    assert said[-1].startswith("v0001: in production, mAP50")
    home = Home.open(tmp_path / "home")
    assert home.settings.labeling.cvat.project == "street"
    assert isinstance(home.labeling, CvatBackend)
    manifest = dataset_version.read_manifest(home.store, "v0001")
    assert manifest.height == 13
    assert set(manifest["split"]) == {"train", "test"}
    assert_apart(manifest, home.settings.scenes)
    assert [one.version for one in registry.history(home.store)] == ["v0001"]
    assert not (home.work / "from-cvat").exists()


def test_what_broke_off_is_no_home_and_the_next_try_completes_it(owner, made, tmp_path, cvat_signed_in):
    for subset in ("Train", "Test"):
        owner.label(owner.add_task(6, subset), {0: [CAR]})
    cvat_signed_in.faults.add("GET /api/tasks/[0-9]+/data/$", "cut after", skip=8)
    with pytest.raises(LabelingError):
        made()
    assert not (tmp_path / "home" / "autoretrain.yaml").exists()
    cvat_signed_in.log.clear()
    assert made()[-1].startswith("v0001: in production")
    assert cvat_signed_in.log.count("GET /api/tasks/[0-9]+/data/$") <= 4
    manifest = dataset_version.read_manifest(Home.open(tmp_path / "home").store, "v0001")
    assert manifest.group_by("group").agg("split")["split"].list.unique().list.len().to_list() == [1, 1]


def test_one_task_alone_cannot_measure_and_is_told_so(owner, made, tmp_path):
    owner.label(owner.add_task())
    with pytest.raises(InputError, match="finish a second task"):
        made()
    assert not (tmp_path / "home" / "autoretrain.yaml").exists()


def test_a_class_that_nobody_could_label_there_is_told(owner, made):
    project = owner.add_project("cars", ["car"])
    for _ in range(2):
        owner.label(owner.add_task(2, project=project))
    [warning] = [line for line in made("cars") if line.startswith("warning: ")]
    assert "has no label bus, person" in warning


def test_nothing_to_learn_from_is_refused_and_the_home_is_none(owner, made, tmp_path):
    task = owner.label(owner.add_task(1))
    owner.shape(task, 0, type="polygon", points=[1, 1, 9, 1, 9, 9])
    with pytest.raises(InputError, match="no finished image can be learnt from"):
        made()
    assert not (tmp_path / "home" / "autoretrain.yaml").exists()


def test_a_project_that_is_not_there_makes_no_folder(owner, made, tmp_path):
    with pytest.raises(LabelingError, match="has no project town"):
        made("town")
    assert not (tmp_path / "home").exists()


def test_labels_may_go_to_another_project_than_they_come_from(owner, made, tmp_path):
    for _ in range(2):
        owner.label(owner.add_task(2))
    made("street", "labeling.cvat.project=town")
    assert Home.open(tmp_path / "home").settings.labeling.cvat.project == "town"


def test_the_server_must_be_named_and_other_data_must_not(tmp_path):
    with pytest.raises(InputError, match=r"add --set labeling\.cvat\.url"):
        list(make_home(tmp_path / "home", tmp_path / "best.pt", None, [], project="street"))
    with pytest.raises(InputError, match="leave out --data"):
        list(make_home(tmp_path / "home", tmp_path / "best.pt", tmp_path, [], project="street"))
