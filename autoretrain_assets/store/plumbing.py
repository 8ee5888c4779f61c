"""Running git: the one place that knows its environment, its settings and how its failures read."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from autoretrain_assets.errors import IntegrityError, StoreError

CHUNK = 1 << 20
"""Bytes of a file that are in memory at once."""

_ASKED_AT_ONCE = 500
"""Objects. So many ids fit into a pipe: git, which may wait to be read, must not be waited for meanwhile."""

_SETTINGS = (
    # A commit that was answered for survives a power cut.
    "core.fsync=all",
    # Images and weights are compressed already, and no two of them are alike.
    "core.compression=0",
    "pack.compression=0",
    "core.bigFileThreshold=16m",
    # Writers wait for one another instead of failing: an update of refs takes milliseconds.
    "core.filesRefLockTimeout=2000",
    "core.packedRefsTimeout=2000",
    # store/names.py says which paths are allowed, the same on every version of git.
    "core.protectHFS=false",
    "core.protectNTFS=false",
    "core.hooksPath=/dev/null",
    "gc.auto=0",
)
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # The messages are read below, so they must be in one language.
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
_BROKEN = re.compile(r"ignoring broken ref (\S+)")
"""Git goes on as if there had never been one: to a store that is to begin its history anew."""
_DAMAGED = re.compile(r"missing object|corrupt|not a git repository|bad config|(unexpected|unterminated) line")
_FAILURE = re.compile(r"^(?:fatal|error): (.*)$", re.MULTILINE)


def run(repository: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """What one git command prints, given a short `stdin`; raises StoreError in git's own words."""
    with conversation(repository, *arguments) as (requests, answers):
        requests.write(stdin)
        requests.close()
        return answers.read()


@contextmanager
def conversation(repository: Path, *arguments: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The input and the output of a git that runs until the block ends; raises StoreError in git's own words.

    Raises IntegrityError where what a branch or a tag names cannot be read.

    An EOFError or a broken pipe within the block means that git ended early; git's words then say why.
    """
    early = False
    with tempfile.TemporaryFile() as complaints, _start(repository, arguments, complaints) as child:
        requests, answers = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
        try:
            yield requests, answers
            requests.close()
        except (BrokenPipeError, EOFError):
            early = True
        except BaseException:
            child.kill()
            raise
        finally:
            with suppress(BrokenPipeError):
                requests.close()
        ended = child.wait()
        complaints.seek(0)
        told = complaints.read().decode(errors="replace")
        if broken := _BROKEN.search(told):
            raise IntegrityError(
                f"{repository / broken[1]} is damaged: write the id of the last commit of that branch or tag into it, "
                f"from a backup; `git --git-dir={repository} fsck` names the commits that nothing leads to any more."
            )
        if ended != 0 or early:
            raise StoreError(_reason(repository, arguments[0], told))


def read_object(requests: IO[bytes], answers: IO[bytes], name: str) -> bytes:
    """One object's bytes, asked of a `git cat-file --batch` conversation.

    Raises IntegrityError where the repository does not hold it.
    """
    _, _, size = ask_object(requests, answers, name)
    return b"".join(read_chunks(answers, size))


def read_objects(requests: IO[bytes], answers: IO[bytes], names: Sequence[str]) -> Iterator[Iterator[bytes]]:
    """The bytes of each object, in chunks: take all of one before the next. Many are asked for at once.

    Raises IntegrityError where the repository does not hold one.
    """
    for begin in range(0, len(names), _ASKED_AT_ONCE):
        asked = names[begin : begin + _ASKED_AT_ONCE]
        requests.writelines(f"{name}\n".encode() for name in asked)
        requests.flush()
        for name in asked:
            _, _, size = _header(answers, name)
            yield read_chunks(answers, size)


def ask_object(requests: IO[bytes], answers: IO[bytes], name: str) -> tuple[str, str, int]:
    """The id, the kind and the size of an object, whose bytes come next; raises IntegrityError where it is not held."""
    requests.write(f"{name}\n".encode())
    requests.flush()
    return _header(answers, name)


def read_chunks(answers: IO[bytes], size: int) -> Iterator[bytes]:
    """The bytes of the object that was asked for."""
    left = size
    while left:
        chunk = answers.read(min(left, CHUNK))
        if not chunk:
            raise EOFError
        left -= len(chunk)
        yield chunk
    answers.read(1)


def _header(answers: IO[bytes], name: str) -> tuple[str, str, int]:
    header = answers.readline()
    if not header:
        raise EOFError
    if header.endswith(b" missing\n"):
        raise IntegrityError(f"The version store lost the object {name}: restore its folder from a backup.")
    identifier, kind, size = header.decode().split()
    return identifier, kind, int(size)


def _start(repository: Path, arguments: tuple[str, ...], complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    command = ["git", f"--git-dir={repository}", *settings, *arguments]
    # Whatever a surrounding git (a hook, a rebase) set for itself would point at another repository.
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, env=inherited | _ENVIRONMENT
        )
    except FileNotFoundError:
        raise StoreError("git was not found: install it, or put it on the PATH.") from None


def _reason(repository: Path, command: str, complaints: str) -> str:
    told = _FAILURE.findall(complaints) or complaints.strip().splitlines() or ["git ended early"]
    way_out = ": restore that folder from a backup." if _DAMAGED.search(told[-1]) else ""
    return f"The version store {repository} refused (git {command}): {told[-1]}{way_out}"
