"""Of a video the server tells one frame for all."""

from datetime import UTC, datetime

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.labeling.cvat.existing.finding import Source
from autoretrain_assets.labeling.cvat.existing.reading import of_task
from autoretrain_assets.labeling.cvat.jobs import Jobs
from autoretrain_assets.labeling.cvat.wire import Drawn, Frame, Job, Meta, Shape

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


class Server:
    """Answers for one task, whatever its address is."""

    settings = Cvat(url="http://localhost")

    def get(self, kind, _):
        drawn = Drawn(shapes=[Shape("rectangle", 2, 1, [1, 2, 30, 40])])
        return drawn if kind is Drawn else Meta([Frame("gate.mp4", 64, 48)])


def test_each_frame_of_a_video_is_an_image_of_its_size():
    job = Job(5, 3, "annotation", "acceptance", "completed", 3, 0, 2, NOON)
    found = list(of_task(Server(), Source(3, "gate", NOON, size=3), Jobs([job]), {1: "car"}))
    assert [(one.frame, one.name, one.width, one.height, len(one.boxes)) for one in found] == [
        (0, "gate.mp4", 64, 48, 0),
        (1, "gate.mp4", 64, 48, 0),
        (2, "gate.mp4", 64, 48, 1),
    ]
