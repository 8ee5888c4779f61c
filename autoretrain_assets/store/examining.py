"""Reading the objects of a git repository to their ends, to see whether they are what git named them by."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO

from autoretrain_assets.errors import IntegrityError, StoreError
from autoretrain_assets.store.base import Examined
from autoretrain_assets.store.plumbing import ask_object, conversation, read_chunks, run
from autoretrain_assets.store.repository import read_tree

AT_ONCE = 4
"""Processes of git that read; each is held against its hashes in a thread."""
CHUNK = 256
"""Objects that one of them reads: a damaged one ends it."""


def verified_tree(repository: Path, commit: str) -> dict[str, str]:
    """Path to blob id of every file in the commit, whose commits and folders are what git named them by.

    Raises IntegrityError where one of them, or of the commits before, is not.
    """
    try:
        history = run(repository, "rev-list", commit).decode().split()
        folders = run(repository, "ls-tree", "-r", "-d", "-z", "--full-tree", commit).split(b"\0")[:-1]
        trees = [f"{commit}^{{tree}}", *(entry.split(None, 3)[2].decode() for entry in folders)]
        tree = read_tree(repository, commit)
        with conversation(repository, "cat-file", "--batch") as (requests, answers):
            for name in (*history, *trees):
                _, _, damage = _read(requests, answers, name)
                if damage:
                    raise IntegrityError(f"{damage}: it lists files, or says what came before")
    except StoreError as error:
        raise IntegrityError(str(error)) from None
    return tree


def examine_blobs(repository: Path, blobs: Mapping[str, str]) -> Iterator[Examined]:
    """Read each of the blobs (path to id), many at once; those that are damaged say so."""
    wanted = list(blobs.items())
    chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from chain.from_iterable(pool.map(partial(_examined, repository), chunks))


def _examined(repository: Path, blobs: Sequence[tuple[str, str]]) -> list[Examined]:
    found: list[Examined] = []
    while len(found) < len(blobs):
        try:
            with conversation(repository, "cat-file", "--batch") as (requests, answers):
                for path, blob in blobs[len(found) :]:
                    found.append(Examined(path, *_read(requests, answers, blob)))
        except IntegrityError:
            path, blob = blobs[len(found)]
            found.append(Examined(path, 0, "", f"git lost its object {blob}"))
        except StoreError as error:
            path, blob = blobs[len(found)]
            found.append(Examined(path, 0, "", f"git cannot read its object {blob}: {error}"))
    return found


def _read(requests: IO[bytes], answers: IO[bytes], name: str) -> tuple[int, str, str]:
    """The size and the sha256 of an object, and what is wrong with it."""
    identifier, kind, size = ask_object(requests, answers, name)
    own, sha256 = hashlib.sha1(f"{kind} {size}\0".encode(), usedforsecurity=False), hashlib.sha256()
    for chunk in read_chunks(answers, size):
        own.update(chunk)
        sha256.update(chunk)
    damage = "" if own.hexdigest() == identifier else f"git's object {identifier} holds other bytes than it is named by"
    return size, sha256.hexdigest(), damage
