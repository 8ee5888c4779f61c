"""Paths that a data.yaml has from the machine it was made on, as paths of where the data set lies now."""

import re

from autoretrain_assets.dataset.elsewhere.tree import Tree, joined, leads_out

_DRIVE = re.compile(r"[A-Za-z]:")


class Moved:
    """A data set that was moved as a whole into `folder`: a folder of the other machine stands for that one.

    `taken` holds which. A path below it is looked for here and nowhere else, so that no other file of the same name
    takes the place of one that is missing.
    """

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree, self._folder = tree, folder
        self.taken: list[str] = []

    def base(self, named: str) -> str:
        """The folder that the entries begin at, where the data.yaml calls it `named`.

        That is often one of the other machine, or a name below wherever its tools keep data sets: where it is not
        here it is the data set's own folder.
        """
        there = joined(self._folder, named)
        if self._tree.has_folder(there):
            return there
        self.taken.append(joined("", _slashed(named)))
        return self._folder

    def found(self, base: str, named: str) -> str:
        """The path here of what is called `named` in the folder `base`; whether it is there is not said."""
        for each in (named, _slashed(named)):
            if self._is_there(path := joined(base, each)):
                return path
        strange = leads_out(path) or each.startswith("../") or _DRIVE.match(each)
        return self._here(joined("", each)) if strange else path

    def _here(self, named: str) -> str:
        for known in sorted(self.taken, key=len, reverse=True):
            if named.startswith(f"{known}/"):
                return joined(self._folder, named.removeprefix(f"{known}/"))
        parts = named.split("/")
        for start in range(1, len(parts)):
            path = joined(self._folder, "/".join(parts[start:]))
            if self._is_there(path):
                self.taken.append("/".join(parts[:start]))
                return path
        return path

    def _is_there(self, path: str) -> bool:
        return self._tree.has_file(path) or self._tree.has_folder(path)


def _slashed(named: str) -> str:
    return named.replace("\\", "/")
