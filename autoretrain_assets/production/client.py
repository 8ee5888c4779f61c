"""What a production process calls for each image that its model looked at."""

import atexit
import os
import random
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import TIMEOUT_MAX
from typing import Any

from autoretrain_assets.production.boxes import CORNERS, Box, is_name, number, predictions, verdict
from autoretrain_assets.production.buffer import Buffer
from autoretrain_assets.production.detections import found, is_unsure, size_seen
from autoretrain_assets.production.event import event
from autoretrain_assets.production.image import Picture, picture
from autoretrain_assets.production.senders import sender_to
from autoretrain_assets.production.tally import Tally, Unusable
from autoretrain_assets.production.writer import Parcel, Writer

EXIT_SECONDS = 5.0
"""How long a process that ends waits for what it has queued."""

_CLIENTS: "weakref.WeakSet[FeedbackClient]" = weakref.WeakSet()


class FeedbackClient:
    """Sends a home what it learns from: a random sample of the traffic, what is unsure, and operators' verdicts.

    `report` and `verdict` never raise, whatever they are given, and wait at most `max_wait_seconds` for room in
    the queue; a thread encodes and sends. What is lost is counted in `losses` and logged. Threads may share a
    client, and a process that forks has a working one on both sides.
    """

    def __init__(
        self,
        inbox: str | os.PathLike[str],
        source: str,
        *,
        model_version: str | Callable[[], str | None] | None = None,
        random_rate: float = 0.01,
        unsure_between: tuple[float, float] = (0.15, 0.55),
        seed: int | None = None,
        buffer: str | os.PathLike[str] | None = None,
        buffer_bytes: int = 1_000_000_000,
        max_wait_seconds: float = 0.05,
    ) -> None:
        """`inbox` is the home's folder of that name, or the http(s) address of its door; `source` names the camera.

        `model_version` is the version that made the detections, or a function that gives it: of the model that is
        loaded, not of the one that was released meanwhile. `random_rate` is the share of the traffic that is
        sampled, `unsure_between` the confidences of a box that make an image unsure. `buffer` is a folder on a
        local disk that holds events while the home is away; without it they are lost. A `seed` makes the draws
        repeatable; without it each process draws its own. Raises ValueError where one of these cannot be meant.
        """
        self._source, self._version, self._rate = source, model_version, random_rate
        (self._low, self._high), self._wait = unsure_between, number(max_wait_seconds)
        if not (is_name(source) and 0 <= random_rate <= 1 and self._low <= self._high and buffer_bytes > 0):
            raise ValueError("FeedbackClient: source, random_rate, unsure_between or buffer_bytes cannot be meant.")
        if not 0 <= self._wait <= TIMEOUT_MAX:
            raise ValueError(f"FeedbackClient: max_wait_seconds cannot be {max_wait_seconds!r}: 0 is not to wait.")
        self._seed, self._random, self._tally = seed, random.Random(seed), Tally()  # noqa: S311 - a sample, no secret
        kept = None if buffer is None else Buffer(Path(buffer).absolute(), buffer_bytes, self._tally)
        self._writer = Writer(sender_to(inbox), kept, self._tally)
        _CLIENTS.add(self)
        atexit.register(self.close)

    @property
    def counts(self) -> dict[str, int]:
        """reported, sampled_out, sent, boxes_dropped, boxes_clipped, and away: how often a try was in vain."""
        return self._tally.counts

    @property
    def losses(self) -> dict[str, int]:
        """The events that were lost, by reason."""
        return self._tally.losses

    def report(
        self,
        image: Any,
        detections: Any,
        captured_at: datetime | str | None = None,
        event_id: str | None = None,
        domain: str | None = None,
    ) -> None:
        """Report what the model found in an image; most reports end here, for only samples are sent.

        `image` is a path, a file's bytes or a BGR array (see `image.picture`), `detections` an ultralytics
        `Results`, a supervision `Detections` or a list (see `detections.found`): boxes in pixels of the upright
        image, down to confidence 0.05 so that what is unsure shows. captured_at, with a zone, is now unless given.

        Call it for every image: chance is asked first, whatever the model found, so that what is sent as `random`
        is a fair sample of the traffic, and an unsure image may be one of it. The other unsure ones are sent as
        `uncertain`.
        """
        with self._counted():
            if self._random.random() < self._rate:
                self._send(image, detections, (event_id, captured_at), domain, "random")
            elif is_unsure(boxes := found(detections), self._low, self._high):
                self._send(image, detections, (event_id, captured_at), domain, "uncertain", boxes)
            else:
                self._tally.count("sampled_out")

    def verdict(
        self,
        image: Any,
        kind: str,
        box: Sequence[float],
        label: str | None = None,
        detections: Any = None,
        captured_at: datetime | str | None = None,
        event_id: str | None = None,
        domain: str | None = None,
    ) -> None:
        """Send an operator's word on one place of an image: always, and beside its `report`, not instead of it.

        `kind` is false_positive, missed, wrong_class or bad_box, `box` is (x1, y1, x2, y2), `label` the right
        class where one was missed or misnamed; the rest is as in `report`.
        """
        with self._counted():
            said = {"kind": kind, "label": label, **dict(zip(CORNERS, box, strict=True))}
            self._send(image, detections, (event_id, captured_at), domain, "operator", said=said)

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait at most so many seconds until all is sent, also what others left in the buffer.

        True means that all that this client reported has arrived, or is counted as lost: in `losses`, or by the
        process that dropped it from a full buffer. What others left may still be there.
        """
        return self._writer.flush(timeout)

    def close(self, timeout: float = EXIT_SECONDS) -> None:
        """Send what is queued, or buffer it where that takes longer; a process that ends does it by itself.

        Buffering may take as long again, and a second at least; what is left then is lost, as `closing`.
        A child of multiprocessing ends without that: close the client there.
        """
        atexit.unregister(self.close)
        self._writer.close(timeout)

    def __enter__(self) -> "FeedbackClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start_anew(self) -> None:
        """What a forked child does first: nothing is queued or counted, and without a seed it draws its own."""
        self._tally.start_anew()
        self._writer.start_anew()
        if self._seed is None:
            self._random.seed()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._tally.count("reported")
        try:
            yield
        except Unusable as error:
            self._tally.lose(error.reason, str(error))
        except Exception as error:  # noqa: BLE001 - feedback must never break production; it is counted and logged
            self._tally.lose("unexpected", f"{type(error).__name__}.", traceback=True)

    def _send(
        self,
        image: Any,
        detections: Any,
        id_and_time: tuple[Any, Any],
        domain: Any,
        trigger: str,
        boxes: list[Box] | None = None,
        said: Box | None = None,
    ) -> None:
        version = self._version() if callable(self._version) else self._version
        names = {"source": self._source, "model_version": version, "domain": domain}
        made = event(*id_and_time, names, trigger, self._rate if trigger == "random" else None)
        shown = picture(image)
        if (size := size_seen(detections)) not in {None, (shown.width, shown.height)}:
            raise Unusable("detections", f"they are of {size} pixels, the image has {shown.width} x {shown.height}.")
        made["predictions"] = self._fit(found(detections) if boxes is None else boxes, shown)
        if trigger == "uncertain" and not is_unsure(made["predictions"], self._low, self._high):
            self._tally.count("sampled_out")  # what looked unsure is no box in the image
            return
        if said is not None:
            made["verdicts"] = [verdict(said, shown.width, shown.height)]
            if made["verdicts"] == [None]:
                raise Unusable("verdict", "its kind is none, its box is not in the image, or it lacks the right class.")
        self._writer.put(Parcel(made, shown), self._wait)

    def _fit(self, boxes: list[Box], shown: Picture) -> list[Box]:
        fit, clipped = predictions(boxes, shown.width, shown.height)
        self._tally.count("boxes_dropped", len(boxes) - len(fit))
        self._tally.count("boxes_clipped", clipped)
        return fit


def _start_anew() -> None:
    for client in list(_CLIENTS):
        client.start_anew()


os.register_at_fork(after_in_child=_start_anew)
