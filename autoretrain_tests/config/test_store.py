"""Where versions are kept, in the settings."""

import pytest

from autoretrain_assets.config import parse_settings
from autoretrain_assets.config.template import render
from autoretrain_assets.errors import SettingsError


def test_a_store_on_a_server_reads_back():
    settings = parse_settings("store: {backend: lakefs, lakefs: {url: https://lakefs.example.org/api/v1}}")
    assert settings.store.lakefs.url == "https://lakefs.example.org"
    assert parse_settings(render(settings)) == settings


def test_a_store_on_a_server_needs_its_address():
    with pytest.raises(SettingsError, match=r"store\.lakefs\.url"):
        parse_settings("store: {backend: lakefs}")


@pytest.mark.parametrize(
    "told", ["url: https://me:geheim@lakefs.example.org", "secret_access_key: geheim", "url: lakefs.example.org"]
)
def test_secrets_and_what_is_no_address_are_refused_and_not_repeated(told: str):
    with pytest.raises(SettingsError) as refused:
        parse_settings(f"store:\n  lakefs:\n    {told}\n")
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("name", ["ab", "Upper", "under_score", "-first"])
def test_a_repository_has_a_name_that_lakefs_takes(name: str):
    with pytest.raises(SettingsError, match="repository"):
        parse_settings(f"store: {{lakefs: {{repository: {name}}}}}")
