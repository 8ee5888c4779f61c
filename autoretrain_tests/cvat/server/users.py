"""Accounts: logging in and out, who am I, and the list of them."""

import base64
import secrets

from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.people import User

FIELDS = {"id": lambda user: user.id, "username": lambda user: user.username, "is_active": lambda _: True}
SAFE = {"GET", "HEAD", "OPTIONS"}


def short(origin: str, user: User | None) -> dict | None:
    """As others show it."""
    if user is None:
        return None
    url = f"{origin}/api/users/{user.id}"
    return {"url": url, "id": user.id, "username": user.username, "first_name": "", "last_name": ""}


def body(origin: str, user: User) -> dict:
    """As it shows itself."""
    admin = user.role == "admin"
    return (short(origin, user) or {}) | {
        "email": user.email,
        "groups": [user.role],
        "is_staff": admin,
        "is_superuser": admin,
        "is_active": True,
        "last_login": date(user.joined),
        "date_joined": date(user.joined),
        "has_analytics_access": admin,
    }


def sender(call: Call) -> User | None:
    """Whose credentials came: a token, a password, or a session (with its CSRF token where it writes); 401 else."""
    scheme, _, secret = call.headers.get("Authorization", "").partition(" ")
    if scheme in {"Token", "Bearer"}:
        if secret not in call.world.tokens:
            raise Refusal(401, {"detail": "Invalid token."})
        return call.world.tokens[secret]
    if scheme == "Basic":
        return _let_in(call, *base64.b64decode(secret).decode().partition(":")[::2], status=401)
    return _of_session(call)


def _of_session(call: Call) -> User | None:
    cookies = dict(part.strip().partition("=")[::2] for part in call.headers.get("Cookie", "").split(";"))
    user = call.world.sessions.get(cookies.get("sessionid", ""))
    if user and call.method not in SAFE and call.headers.get("X-CSRFToken") != cookies.get("csrftoken"):
        raise Refusal(403, {"detail": "CSRF Failed: CSRF token missing."})
    return user


def _let_in(call: Call, name: str, password: str, status: int = 400) -> User:
    user = call.world.user_named(name)
    if user is None or user.password != password:
        raise Refusal(status, {"non_field_errors": ["Unable to log in with provided credentials."]})
    return user


@endpoint("POST", "/api/auth/login")
def login(call: Call) -> Answer:
    said = call.json()
    user = _let_in(call, said.get("username") or said.get("email") or "", said.get("password", ""))
    session = secrets.token_hex(16)
    call.world.sessions[session] = user
    cookies = {"sessionid": session, "csrftoken": secrets.token_hex(16)}
    return Answer({"key": call.world.issue_token(user)}, cookies=cookies)


@endpoint("POST", "/api/auth/logout")
def logout(call: Call) -> dict:
    call.world.sessions = {key: user for key, user in call.world.sessions.items() if user is not call.asker}
    return {"detail": "Successfully logged out."}


@endpoint("GET", "/api/users/self")
def myself(call: Call) -> dict:
    return body(call.origin, call.asker)


@endpoint("GET", "/api/users")
def users(call: Call) -> dict:
    show = body if call.asker.role == "admin" else short
    found = call.world.users.values()
    if call.organization:
        found = [user for user in found if user.id in call.organization.members]
    return listed(call, found, FIELDS, ["username"], lambda user: show(call.origin, user), "-id")


@endpoint("GET", "/api/users/{number}")
def user(call: Call, number: int) -> dict:
    if call.asker.role != "admin" and call.asker.id != number:
        raise Refusal(403, {"detail": "You do not have permission to perform this action."})
    if number not in call.world.users:
        raise Refusal(404, {"detail": "No User matches the given query."})
    return body(call.origin, call.world.users[number])
