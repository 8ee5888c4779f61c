"""Serve the door on a port until the process is told to end."""

import ipaddress
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from autoretrain_assets.door.app import build
from autoretrain_assets.door.protocol import patient
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.hearing import PATH, SECRET, secret_of
from autoretrain_assets.production.senders import TOKEN

GRACE_SECONDS = 10
"""More than a request may take to arrive: what has arrived is written and answered."""

MIN_TOKEN = 16
"""Characters of a token: shorter ones are tried out."""

IDLE_SECONDS = 60
"""A connection without a request is kept so long: a camera that sends now and then need not connect anew."""


def serve(
    home: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    with_token: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Take in events for the home at `home` until SIGTERM or SIGINT; what came before that is answered.

    Port 0 is any free one; `say` is told which. The token is read from the environment variable
    AUTORETRAIN_TOKEN, and what a CVAT server signs by from CVAT_WEBHOOK_SECRET, if it is set. Raises InputError
    where a token is missing, or waived on an address that other machines reach, or where a secret can be guessed or
    the address cannot be used; SettingsError where there is no home.
    """
    opened = Home.open(home)
    if not with_token and not _is_loopback(host):
        raise InputError(f"--no-token is for this machine alone, and others reach {host}: set {TOKEN}.")
    token = _token() if with_token else None
    webhook_secret = secret_of(os.environ) if os.environ.get(SECRET) else None
    seconds = opened.settings.door.request_seconds
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # its sender is told, by the answer
    with _listening(host, port) as listener:
        config = uvicorn.Config(
            build(opened, token, webhook_secret),
            http=patient(seconds + GRACE_SECONDS),
            ws="none",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=int(seconds) + GRACE_SECONDS,
        )
        say(f"events come in at http://{_shown(host)}:{listener.getsockname()[1]}/events (how: /docs)")
        if webhook_secret:
            say(f"a CVAT server tells at http://{_shown(host)}:{listener.getsockname()[1]}{PATH} what people finished")
        if not _is_loopback(host):
            say("warning: what is sent here can be read on its way, the token too: put a proxy with TLS in front")
        uvicorn.Server(config).run(sockets=[listener])


def _token() -> str:
    token = os.environ.get(TOKEN, "").strip()
    if not token or not (token.isascii() and token.isprintable()):
        wrong = "is not set to a token of plain letters and digits"
    elif len(token) < MIN_TOKEN:
        wrong = f"has {len(token)} characters, and one of fewer than {MIN_TOKEN} can be guessed"
    else:
        return token
    raise InputError(
        f"{TOKEN} {wrong}: make one, such as by `openssl rand -hex 32`, and give it to those who send events."
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address, family=family, backlog=512)
    except (OSError, OverflowError) as error:
        raise InputError(f"cannot listen at {host}, port {port} ({error}): choose another by --host, --port.") from None


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
