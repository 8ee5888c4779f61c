"""The addresses of remote inboxes: what is refused says line, field and the way out, and repeats no secret."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.config import parse_settings
from autoretrain_assets.config.inboxes import is_below, masked
from autoretrain_assets.config.template import render
from autoretrain_assets.errors import SettingsError

HIDDEN = "hunter2"


def feedback(*lines):
    return parse_settings("feedback:\n" + "\n".join(f"  {line}" for line in lines)).feedback


def refused(*lines):
    with pytest.raises(SettingsError) as caught:
        feedback(*lines)
    assert HIDDEN not in str(caught.value)
    return str(caught.value)


def test_by_default_there_is_none():
    assert parse_settings("").feedback.inboxes == []


@pytest.mark.parametrize(
    "url",
    [
        "s3://street-feedback",
        "s3://street-feedback/inbox/",
        "gs://street-feedback/inbox",
        "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/street/in",
        "az://container/inbox",
        "abfs://container@account.dfs.core.windows.net/inbox",
    ],
)
def test_object_stores_need_not_be_listed(url):
    settings = parse_settings(f"feedback: {{inboxes: ['{url}']}}")

    assert settings.feedback.inboxes == [url]
    assert parse_settings(render(settings)) == settings


@pytest.mark.parametrize(
    "url", ["file:///srv/in", "local:///srv/in", "memory://in", "http://host/in", "ftp://host/in", "github://a/b"]
)
def test_what_reads_other_places_is_used_only_where_it_is_listed(url):
    assert "is used only where feedback.allowed_inboxes lists it" in refused(f"inboxes: ['{url}']")
    assert feedback(f"inboxes: ['{url}']", f"allowed_inboxes: ['{url}']").inboxes == [url]


@pytest.mark.parametrize(
    "url",
    [
        "inbox",
        "/srv/in",
        "s3:/bucket/in",
        "S3://bucket/in",
        "simplecache::s3://bucket/in",
        "zip://a.zip::s3://bucket/in",
        "s3://",
        "s3://bucket//in",
        "s3://bucket/../other",
        "s3://bucket/./in",
        "s3://bucket/a*",
        "s3://bucket/a?versionId=1",
        "s3://bucket/a#b",
        "s3://bucket/a b",
        "s3://bucket\\\\other",
        "file://relative/in",
        "file:///",
        "file:///srv/../etc",
    ],
)
def test_an_address_is_one_plain_place(url):
    refused(f'inboxes: ["{url}"]')
    refused(f'inboxes: ["{url}"]', f'allowed_inboxes: ["{url}"]')


def test_an_inbox_that_is_not_allowed_is_named_with_its_line():
    said = refused("allowed_inboxes: ['s3://street/']", "inboxes:", "- s3://street/a", "- s3://street-old/a")

    assert "line 5: feedback.inboxes.1: s3://street-old/a is not below any of feedback.allowed_inboxes" in said


def test_a_list_of_what_is_allowed_that_is_wrong_is_told_alone():
    assert refused("allowed_inboxes: [street]", "inboxes: ['s3://a/b']").count("\n") == 0


@pytest.mark.parametrize(
    "line",
    [
        f"inboxes: ['s3://key:{HIDDEN}@bucket/in']",
        f"inboxes: ['s3://{HIDDEN}@bucket/in']",
        f"inboxes: ['s3://key:a/{HIDDEN}@bucket/in']",
        f"inboxes: ['abfs://c:{HIDDEN}@account/in']",
        f"allowed_inboxes: ['s3://key:{HIDDEN}@bucket/in']",
        f"storage_options: {{secret: {HIDDEN}}}",
        f"storage_options: {{aws_secret_access_key: {HIDDEN}}}",
        f"storage_options: {{token: {HIDDEN}}}",
        f"storage_options: {{sas_token: {HIDDEN}}}",
        f"storage_options: {{account_key: {HIDDEN}}}",
        f"storage_options: {{connection_string: {HIDDEN}}}",
        f"storage_options: {{password: {HIDDEN}}}",
        f"storage_options: {{endpoint_url: 'http://key:{HIDDEN}@host'}}",
    ],
)
def test_a_secret_is_refused_with_the_place_where_it_belongs(line):
    said = refused(line)

    assert "line 2: feedback." in said
    assert "credentials come from the environment alone" in said


@pytest.mark.parametrize(
    "line",
    [
        f"storage_options: {{anonymous: {HIDDEN}}}",
        f"storage_options: {HIDDEN}",
        f"inboxes: {HIDDEN}",
        f"inboxes: [{{url: {HIDDEN}}}]",
    ],
)
def test_what_may_be_a_secret_is_not_repeated(line):
    said = refused(line)

    assert "line 2: feedback." in said
    assert HIDDEN not in said


@pytest.mark.parametrize(
    "line", ["endpoint_url: host", "endpoint_url: file:///etc", "client_kwargs: {}", "region: 'a b'"]
)
def test_an_option_that_is_none_names_itself(line):
    assert f"line 2: feedback.storage_options.{line.partition(':')[0]}" in refused(f"storage_options: {{{line}}}")


@pytest.mark.parametrize(
    ("url", "prefix", "expected"),
    [
        ("s3://street", "s3://street", True),
        ("s3://street/a", "s3://street/", True),
        ("s3://street/a/", "s3://street/a", True),
        ("s3://street-old/a", "s3://street", False),
        ("s3://street", "s3://street/a", False),
        ("gs://street/a", "s3://street", False),
    ],
)
def test_below_is_by_whole_names(url, prefix, expected):
    assert is_below(url, prefix) is expected


@given(st.text(max_size=30))
def test_any_address_is_taken_as_it_is_or_refused(url):
    try:
        taken = parse_settings("", [f"feedback.inboxes={json.dumps([url])}"]).feedback.inboxes
    except SettingsError:
        return
    assert taken == [url]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://key:secret@bucket/a", "s3://***@bucket/a"),
        ("at http://u:p/w@host/x and s3://a@b", "at http://***@host/x and s3://***@b"),
        ("s3://bucket/a@b", "s3://bucket/a@b"),
        ("nothing", "nothing"),
    ],
)
def test_what_stands_before_the_host_is_masked(text, expected):
    assert masked(text) == expected
