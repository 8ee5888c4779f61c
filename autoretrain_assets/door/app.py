"""The door: events from productions elsewhere come in over HTTP, and go into the same inbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from autoretrain_assets.door import page, webhook
from autoretrain_assets.door.answers import Refused, refusal
from autoretrain_assets.door.description import description
from autoretrain_assets.door.room import LATER, Room
from autoretrain_assets.door.taking import Taking
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.hearing import PATH


def build(home: Home, token: str | None, webhook_secret: str | None = None) -> Starlette:
    """The application. Without a token it is for this machine's own programs, and no browser's.

    `webhook_secret` is what a CVAT server signs its deliveries by; without one no webhook is listened to.
    """
    room = Room(home.inbox, home.settings.door)
    taking, described = Taking(home, room, token), description(home.settings.feedback)
    shown = page.render(described)

    async def health(_: Request) -> Response:
        if shortage := await room.shortage():
            return JSONResponse({"status": "closed", "error": shortage}, 503, {"Retry-After": str(LATER)})
        return JSONResponse({"status": "open"})

    async def openapi(_: Request) -> Response:
        return JSONResponse(described)

    async def docs(_: Request) -> Response:
        return HTMLResponse(shown, headers=page.HEADERS)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        taking.finish()

    routes = [
        Route("/events", taking.answer, methods=["POST"]),
        Route(PATH, webhook.Webhook(home, webhook_secret).answer, methods=["POST"]),
        Route("/health", health),
        Route("/openapi.json", openapi),
        Route("/docs", docs),
    ]
    handlers = {Refused: _refused, HTTPException: _no_such, Exception: _failed}
    return Starlette(routes=routes, exception_handlers=handlers, middleware=[Middleware(_Whole)], lifespan=lifespan)


class _Whole:
    """Refuses bodies in chunks: how much comes is to be known before it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if any(name == b"transfer-encoding" for name, _ in scope.get("headers", ())):
            await refusal(Refused(411, "send Content-Length, not a body in chunks.", close=True))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _refused(request: Request, error: Exception) -> Response:
    return refusal(error) if isinstance(error, Refused) else await _failed(request, error)


async def _no_such(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(Refused(status, "there is no such place, or it is asked in another way: see /docs."))


async def _failed(_: Request, error: Exception) -> Response:
    return refusal(Refused(500, f"the door failed ({type(error).__name__}): send the event again later."))
