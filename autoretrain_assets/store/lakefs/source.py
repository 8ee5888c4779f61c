"""A repository that others write, and that is only read: one commit of it, and the files of that."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from autoretrain_assets.config.store import Lakefs
from autoretrain_assets.errors import InputError, NotFound, StoreError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.store.lakefs import transfer
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_assets.store.lakefs.naming import MARK
from autoretrain_assets.store.lakefs.objects import SHA256
from autoretrain_assets.store.lakefs.wire import Object
from autoretrain_assets.store.names import check_inside, check_no_file_is_a_folder, check_path

_HASH = re.compile(r"[0-9a-fA-F]{64}")
SCHEME = "lakefs://"
_ADDRESS = re.compile(r"(?P<repository>[a-z0-9][a-z0-9-]{2,62})/(?P<ref>[^/\s]+)(?:/(?P<path>.*))?")


@dataclass(frozen=True, slots=True)
class Address:
    """What somebody calls a place in a repository; `ref` is a branch, a tag, a commit id, or what lakeFS takes else."""

    repository: str
    ref: str
    path: str

    @classmethod
    def parsed(cls, text: str) -> "Address":
        """The address that is written REPOSITORY/REF/PATH, as lakeFS does; raises InputError where it is none."""
        found = _ADDRESS.fullmatch(text.removeprefix(SCHEME))
        if found is None:
            raise InputError(
                f"{text!r} is no place in lakeFS: write REPOSITORY/REF or REPOSITORY/REF/PATH, the repository in "
                "small letters, digits and '-'."
            )
        return cls(found["repository"], found["ref"], checked(found["path"] or "", text))


def checked(path: str, text: str) -> str:
    """A path as lakeFS has it, without a slash at its end; raises InputError where it cannot be one, as in `text`."""
    try:
        return check_path(bare) if (bare := path.rstrip("/")) else ""
    except StoreError as error:
        raise InputError(f"{text!r}: {error}") from None


class Source:
    """The files of the commit that an address means now, whatever is written to its branch from then on."""

    def __init__(self, settings: Lakefs, address: Address) -> None:
        """Asks for the repository and the commit; raises NotFound, StoreError."""
        self._client = Client(settings.model_copy(update={"repository": address.repository}), Credentials.of())
        self.address = address
        self.commit = self._resolved()
        self.name = f"{SCHEME}{address.repository}/{self.commit}"
        self._objects: dict[str, Object] = {}

    def files(self, folder: str) -> Collection[str]:
        """Every file below a folder; of all folders where it is empty."""
        found = {each.path: _theirs(each) for each in self._client.objects(self.commit, folder and f"{folder}/")}
        found.pop(MARK, None)
        self._objects.update(found)
        return found.keys()

    def fetch(self, wanted: Mapping[str, str], target: Path) -> None:
        """Write files that were listed below `target`, each atomically, what is there whole excepted.

        `wanted` maps each path below `target` to the file it is. Raises InputError where one would leave it,
        IntegrityError where one is not what was stored.
        """
        for path in wanted.values():
            checked(path, f"{self.name}/{path}")
        check_no_file_is_a_folder(wanted)
        check_inside(target, wanted)
        files = {local: self._objects[path] for local, path in wanted.items()}
        missing = {local: stored for local, stored in files.items() if not _is_whole(target / local, stored)}
        transfer.download(self._client, self.commit, missing, target)

    def _resolved(self) -> str:
        address, where = self.address, f"lakeFS at {self._client.address}"
        if self._client.repository() is None:
            raise NotFound(f"{where} has no repository {address.repository} that these credentials can see.")
        found = self._client.commit(address.ref)
        if found is None:
            raise NotFound(f"{where}: the repository {address.repository} has no branch, tag or commit {address.ref}.")
        return found.id


def _theirs(stored: Object) -> Object:
    """The file without a field of others that is called as our hash and holds something else."""
    said = (stored.metadata or {}).get(SHA256, "")
    return replace(stored, metadata={SHA256: said.lower()} if _HASH.fullmatch(said) else None)


def _is_whole(path: Path, stored: Object) -> bool:
    """Whether an earlier try brought the file."""
    if not path.is_file() or path.stat().st_size != stored.size_bytes:
        return False
    expected = (stored.metadata or {}).get(SHA256)
    return expected is None or sha256_of(path) == expected
