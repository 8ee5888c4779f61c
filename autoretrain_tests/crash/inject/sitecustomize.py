"""Put on PYTHONPATH: names every write that this process makes below a home, and kills it before a given one.

AUTORETRAIN_CRASH_HOME is the home, AUTORETRAIN_CRASH_LOG a file that takes the names, AUTORETRAIN_CRASH_AT
the name before whose write the process dies: killed before each write is killed after each write before it.
Python's audit events tell of a write before it happens, so the code under test knows nothing of this.
"""

import os
import re
import signal
import sys

HOME = os.environ.get("AUTORETRAIN_CRASH_HOME", "")
LOG = os.environ.get("AUTORETRAIN_CRASH_LOG", "")
AT = os.environ.get("AUTORETRAIN_CRASH_AT", "")

TARGET = {
    "os.rename": 1,
    "os.link": 1,
    "os.symlink": 1,
    "os.remove": 0,
    "os.rmdir": 0,
    "os.mkdir": 0,
    "shutil.rmtree": 0,
}
"""The argument that is written to."""
PLACEHOLDERS = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "DAY"),
    (re.compile(r"[0-9a-f]{12,}(-[0-9a-f]+)*"), "HASH"),
    (re.compile(r"DAY-[0-9a-f]{8}"), "TASK"),
    (re.compile(r"\.[^/]*\.tmp"), "TMP"),
    (re.compile(r"/[0-9a-f]{2}(?=/|$)"), "/XX"),
)
GIT_WRITES = {
    "init",
    "update-ref",
    "hash-object",
    "commit-tree",
    "mktree",
    "tag",
    "unpack-objects",
    "repack",
    "prune",
}


def name_of(event, arguments):
    """What a write is called, whatever its day or hash; None where it is none or not below the home."""
    if event == "subprocess.Popen":
        words = [str(word) for word in arguments[1]]
        found = [word for word in words if word in GIT_WRITES]
        return f"git {found[0]} for {asking()}" if found and "git" in words[0] else None
    if event == "open":
        path, _, flags = arguments
        if not isinstance(path, str) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return None
        kind = "write"
    elif event in TARGET:
        path, kind = arguments[TARGET[event]], event.removeprefix("os.")
    else:
        return None
    path = os.fspath(path) if not isinstance(path, int) else ""
    path = path if isinstance(path, str) else os.fsdecode(path)
    if not path.startswith(HOME + "/") or path.startswith(
        (HOME + "/dagster/", HOME + "/work/runs", HOME + "/work/locks")
    ):
        return None
    short = path[len(HOME) + 1 :]
    for pattern, placeholder in PLACEHOLDERS:
        short = pattern.sub(placeholder, short)
    return f"{kind} {short}"


def asking():
    """Who has git write: the innermost line of the loop above its store, so that each commit and tag has its name."""
    frame = sys._getframe()
    while frame is not None:
        _, room, file = frame.f_code.co_filename.rpartition("/autoretrain_assets/")
        if room and not file.startswith("store/"):
            return f"{file}:{frame.f_lineno}"
        frame = frame.f_back
    return "nobody"


EACH = ("rename tables/", "rename tasks/")
"""Of these each occurrence in a process is a point of its own: between two of them lies a promise."""
seen = {}


def hook(event, arguments):
    """See `name_of`; nothing else may happen here, for it runs before every open."""
    name = name_of(event, arguments)
    if name is None:
        return
    if name.startswith(EACH):
        seen[name] = seen.get(name, 0) + 1
        name = f"{name} #{seen[name]}"
    if LOG:
        handle = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, (name + "\n").encode())
        os.close(handle)
    if name == AT:
        os.kill(os.getpid(), signal.SIGKILL)


if HOME and (LOG or AT):
    sys.addaudithook(hook)  # for good: an audit hook cannot be taken back
