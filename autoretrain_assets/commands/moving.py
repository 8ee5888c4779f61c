"""Which store a home is to leave, and for which: as the settings and the command say."""

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autoretrain_assets.config import load_settings
from autoretrain_assets.config.editing import edited
from autoretrain_assets.config.store import Backend, Store
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import SETTINGS, Home
from autoretrain_assets.store import places
from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.store.copying import Copying
from autoretrain_assets.store.lakefs.credentials import KEY, SECRET


@dataclass(frozen=True, slots=True)
class Move:
    """From the store that a home has left, or will, to the wanted one."""

    root: Path
    left: Store
    wanted: Store
    overrides: Sequence[str]

    @classmethod
    def of(cls, root: Path, to: Backend, given: Sequence[str]) -> "Move":
        """Raises InputError where there is nothing to move, or nowhere to."""
        told, path = Home.open(root).settings.store.backend, root / SETTINGS
        if wrong := [one for one in given if not one.startswith("store.") or one.startswith("store.backend")]:
            raise InputError(f"--set {wrong[0]}: only settings of store.lakefs are changed by a copy.")
        if to == "lakefs" and load_settings(path, given).store.lakefs.url is None:
            raise InputError(
                "a copy to lakefs needs the server's address: add --set store.lakefs.url=https://…, and where the "
                "repository is not there yet --set store.lakefs.storage_namespace=s3://…; or write them into "
                "autoretrain.yaml."
            )
        at = places.kept(root, told)
        if at == to:
            way = "nothing is to be copied" if told == to else f"write store.backend: {to} into autoretrain.yaml"
            raise InputError(f"the versions of this home are in {to} already: {way}.")
        overrides = [*given, f"store.backend={to}"]
        left = "git" if to == "lakefs" else "lakefs"
        settings = load_settings(path, [f"store.backend={left}"])
        return cls(root.absolute(), settings.store, load_settings(path, overrides).store, overrides)

    @property
    def copying(self) -> Copying:
        """The copy of one store into the other."""
        target = places.opened(self.root, self.wanted, may_make=True)
        return Copying(self.source, target, self.root / "work" / "copying" / self.wanted.backend)

    @property
    def source(self) -> VersionStore:
        """Where the versions are before."""
        return places.opened(self.root, self.left, may_make=False)

    def place(self, store: Store) -> str:
        """Where that is, for people."""
        return places.described(self.root, store)

    def settings(self) -> str:
        """The text of autoretrain.yaml after it; raises SettingsError where its owner must write it."""
        path = self.root / SETTINGS
        written = path.read_bytes()
        text = edited(written.decode("utf-8-sig"), self.overrides, str(path))
        return f"\ufeff{text}" if written.startswith(BOM_UTF8) else text

    def what_is_left(self) -> Iterator[str]:
        """What is still its owner's to do: a daemon without credentials reaches no server, and the old store stays."""
        if self.wanted.backend == "lakefs":
            yield f"a daemon that is running needs {KEY} and {SECRET} in its environment: start it again with them"
        where = self.place(self.left)
        how = f"rm -r {where}" if self.left.backend == "git" else "delete that repository on the server"
        yield f"{where} is left as it is, and not written to any more; to remove it: {how}"
