"""Issues carry what people say about a place; exports carry boxes."""

import zipfile

import pytest
from cvat_sdk.api_client.exceptions import ApiException

from autoretrain_tests.cvat.person import Person
from autoretrain_tests.cvat.speaking import project, task


def test_an_issue_begins_with_a_comment_and_others_follow(sdk, tmp_path):
    [job] = task(sdk, project(sdk), tmp_path).get_jobs()
    issue = sdk.issues.create({"frame": 1, "position": [1.0, 2.0, 3.0, 4.0], "job": job.id, "message": "look again"})
    sdk.comments.create({"issue": issue.id, "message": "why?"})
    assert {comment.message for comment in issue.fetch().get_comments()} == {"look again", "why?"}
    assert (issue.comments.count, job.fetch().issues.count) == (2, 1)
    assert [found.id for found in sdk.issues.list(job_id=job.id, resolved=False)] == [issue.id]
    issue.update({"resolved": True})
    assert sdk.issues.list(job_id=job.id, resolved=False) == []
    assert [comment.issue for comment in sdk.comments.list(job_id=job.id)] == [issue.id, issue.id]
    issue.remove()
    assert job.fetch().issues.count == 0


def test_a_deleted_task_takes_its_jobs_and_issues_with_it(sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path)
    [job] = made.get_jobs()
    sdk.issues.create({"frame": 1, "position": [1.0, 2.0], "job": job.id, "message": "look again"})
    made.remove()
    assert sdk.jobs.list() == sdk.issues.list() == sdk.comments.list() == []


def test_an_export_names_its_format_with_the_version(cvat_server, sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path)
    Person(cvat_server).draw(made.id, {1: [("car", 1, 2, 30, 40)]})
    with pytest.raises(ApiException, match="Unknown format") as refused:
        made.export_dataset("CVAT for images", tmp_path / "refused.zip")
    assert refused.value.status == 400
    made.export_dataset("CVAT for images 1.1", tmp_path / "export.zip", include_images=False)
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert 'label="car"' in archive.read("annotations.xml").decode()
