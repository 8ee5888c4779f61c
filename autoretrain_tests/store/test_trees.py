"""The folders of a commit: what git wrote is read whole, or told to be damaged."""

import pytest

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.store.trees import Entry, Folder

ROWS = b"100644 a\0" + bytes(20) + b"100644 b\0" + bytes(range(20))


def test_each_row_of_a_folder_is_a_file():
    folder = Folder(lambda _: ROWS, bytes(20))
    assert dict(folder.walk()) == {"a": Entry(b"100644", bytes(20)), "b": Entry(b"100644", bytes(range(20)))}


@pytest.mark.parametrize("damaged", [ROWS[:-1], ROWS + b"x", ROWS[1:].replace(b"1", b"x"), b"100644 \0" + bytes(20)])
def test_a_folder_with_bytes_that_are_no_row_is_damaged(damaged):
    with pytest.raises(IntegrityError, match="list of files 0000"):
        list(Folder(lambda _: damaged, bytes(20)).walk())
