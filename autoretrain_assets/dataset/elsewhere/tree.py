"""What is there, listed as far as somebody asked."""

import posixpath

from autoretrain_assets.dataset.elsewhere.mirror import Remote


class Tree:
    """The files and folders of a remote. The top of all is the folder ''."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._listed: set[str] = set()
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def has_file(self, path: str) -> bool:
        """Whether there is a file of that path."""
        self._list(posixpath.dirname(path))
        return path in self._files

    def has_folder(self, path: str) -> bool:
        """Whether anything lies below that path."""
        self._list(path)
        return path in self._folders

    def files(self, folder: str) -> list[str]:
        """The files below a folder, sorted."""
        self._list(folder)
        return sorted(path for path in self._files if is_below(path, folder))

    def folders(self, folder: str) -> list[str]:
        """The folder itself and those below it, sorted; none where nothing is there."""
        self._list(folder)
        return sorted(path for path in self._folders if path == folder or is_below(path, folder))

    def _list(self, folder: str) -> None:
        if leads_out(folder) or any(known == folder or is_below(folder, known) for known in self._listed):
            return
        found = self._remote.files(folder)
        self._files.update(found)
        for above in {posixpath.dirname(path) for path in found}:
            self._add(above)
        self._listed.add(folder)

    def _add(self, folder: str) -> None:
        while folder not in self._folders:
            self._folders.add(folder)
            folder = posixpath.dirname(folder)


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies below a folder."""
    return not folder or path.startswith(f"{folder}/")


def joined(folder: str, name: str) -> str:
    """The path of `name` as it is written in a file of `folder`; it may lead out of all."""
    path = posixpath.normpath(posixpath.join(folder, name))
    return "" if path == "." else path


def leads_out(path: str) -> bool:
    """Whether a path is of another place than the remote's."""
    return path.startswith(("../", "/")) or path == ".."
