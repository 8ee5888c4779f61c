"""What the server answers, as far as it is used here."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Repository(Struct, frozen=True):
    """A repository; its default branch is there from the beginning."""

    id: str
    default_branch: str


class Ref(Struct, frozen=True):
    """A branch or a tag, and the commit it names."""

    id: str
    commit_id: str


class Logged(Struct, frozen=True):
    """One commit; `creation_date` is in seconds since 1970."""

    id: str
    message: str
    creation_date: int
    metadata: Mapping[str, str] | None = None


class Object(Struct, frozen=True):
    """One file of a commit; `physical_address` is where its bytes are, which it may share with other commits."""

    path: str
    size_bytes: int = 0
    metadata: Mapping[str, str] | None = None
    physical_address: str = ""


class Difference(Struct, frozen=True):
    """One path that differs between two commits."""

    path: str
    type: str


class Pagination(Struct, frozen=True):
    """Where the next page begins, if there is one."""

    has_more: bool
    next_offset: str


class Page(Struct, Generic[T], frozen=True):
    """A part of a list."""

    pagination: Pagination
    results: Sequence[T]


class Unremoved(Struct, frozen=True):
    """A file that could not be removed."""

    status_code: int
    message: str
    path: str = ""


class Removal(Struct, frozen=True):
    """How removing files went: an answer that is no failure may tell of some."""

    errors: Sequence[Unremoved] = ()


class Trouble(Struct, frozen=True):
    """Why the server refused, in its words."""

    message: str = ""
