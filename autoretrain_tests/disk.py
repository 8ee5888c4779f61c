"""A disk that is full at any flush that a test names."""

import errno
import os

PLENTY = 10**9


class Disk:
    """Counts flushes, and refuses the one after `left` more."""

    def __init__(self):
        self.left, self._flush = PLENTY, os.fsync

    @property
    def flushes(self):
        """How many there were since `left` was PLENTY."""
        return PLENTY - self.left

    def fsync(self, handle):
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._flush(handle)
