"""Who gets in, who sees what, in which workspace."""

import pytest
from cvat_sdk import Client, Config
from cvat_sdk.api_client.exceptions import ApiException, ForbiddenException, NotFoundException, UnauthorizedException
from cvat_sdk.core.client import AccessTokenCredentials

from autoretrain_tests.cvat.speaking import client, project, task


def test_a_password_opens_a_session_that_may_write(cvat_server):
    with Client(cvat_server.url, config=Config(status_check_period=0.01)) as sdk:
        sdk.login(("ann", "ann-password"))
        assert sdk.users.retrieve_current_user().username == "ann"
        assert project(sdk).owner.username == "ann"
        sdk.api_client.configuration.api_key.clear()
        with pytest.raises(ForbiddenException, match="CSRF"):
            project(sdk)


def test_a_wrong_password_is_a_bad_request(cvat_server):
    with Client(cvat_server.url) as sdk, pytest.raises(ApiException) as refused:
        sdk.login(("ann", "guess"))
    assert refused.value.status == 400


def test_no_wrong_or_revoked_token_is_unauthorized(cvat_server, sdk):
    token = cvat_server.token_of("ann")
    with Client(cvat_server.url) as other:
        with pytest.raises(UnauthorizedException):
            other.users.retrieve_current_user()
        other.login(AccessTokenCredentials(token))
        assert other.users.retrieve_current_user().username == "ann"
        cvat_server.revoke(token)
        with pytest.raises(UnauthorizedException):
            other.users.retrieve_current_user()


def test_what_is_of_others_is_not_listed_and_forbidden(cvat_server, sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path)
    with client(cvat_server, "ann") as hers:
        assert hers.tasks.list() == hers.jobs.list() == hers.projects.list() == []
        with pytest.raises(ForbiddenException):
            hers.tasks.retrieve(made.id)
        with pytest.raises(NotFoundException):
            hers.tasks.retrieve(999)


def test_an_organization_holds_its_own(cvat_server, sdk):
    cvat_server.add_organization("works", bob="maintainer")
    project(sdk)
    sdk.organization_slug = "works"
    inside = project(sdk)
    assert [found.id for found in sdk.projects.list()] == [inside.id]
    with client(cvat_server, "bob") as his:
        his.organization_slug = "works"
        assert [found.id for found in his.projects.list()] == [inside.id]
    with client(cvat_server, "ann") as hers:
        hers.organization_slug = "works"
        with pytest.raises(ForbiddenException):
            hers.projects.list()
    sdk.organization_slug = "nowhere"
    with pytest.raises(NotFoundException):
        sdk.projects.list()
