"""S3 sessions that stay at the server which the settings name."""

from typing import Any


def session() -> type[Any]:
    """A session class for aiobotocore that hands a redirect back as the answer that it is.

    aiobotocore lets aiohttp follow redirects: to any host, with the session token among the headers. botocore
    itself follows none and only moves to another region of Amazon, with a signature of its own; so it is here.
    Raises ImportError where aiobotocore is missing or no longer asks where this class answers.
    """
    from aiobotocore.httpsession import AIOHTTPSession

    if not hasattr(AIOHTTPSession, "_get_session"):
        raise ImportError("this aiobotocore would follow redirects to other servers")

    class Direct(AIOHTTPSession):  # type: ignore[misc]  # aiobotocore has no types
        async def _get_session(self, proxy_url: str | None) -> "_Unredirected":
            return _Unredirected(await super()._get_session(proxy_url))

    return Direct


class _Unredirected:
    """An aiohttp session of which only requests are made."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def request(self, method: str, **options: Any) -> Any:
        """What aiohttp answers, to the first request and no other."""
        return self._inner.request(method, **options | {"allow_redirects": False})
