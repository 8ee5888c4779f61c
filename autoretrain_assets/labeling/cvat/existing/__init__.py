"""What people have finished already in a project of the server: the labelled images that a home may begin with."""

from autoretrain_assets.labeling.cvat.existing.importing import Existing
from autoretrain_assets.labeling.cvat.existing.left_out import LeftOut, lines

__all__ = ["Existing", "LeftOut", "lines"]
