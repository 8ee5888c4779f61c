"""Events of times that no calendar has, or only some do."""

from collections.abc import Iterator

from autoretrain_tests.hostile.case import Case, said

WRONG = {
    "naive": "2026-03-02T10:00:00",
    "date": "2026-03-02",
    "leap-second": "2026-03-02T23:59:60Z",
    "hour-24": "2026-03-02T24:00:00Z",
    "day-30": "2026-02-30T10:00:00Z",
    "month-13": "2026-13-02T10:00:00Z",
    "year-0": "0000-03-02T10:00:00Z",
    "year-10000": "10000-03-02T10:00:00Z",
    "before-utc": "0001-01-01T00:00:00+23:00",
    "after-utc": "9999-12-31T23:59:59-23:00",
    "offset-24": "2026-03-02T10:00:00+24:00",
    "offset-99": "2026-03-02T10:00:00+99:99",
    "offset-seconds": "2026-03-02T10:00:00+01:00:30",
    "zone-name": "2026-03-02T10:00:00 Europe/Berlin",
    "seconds": "1772445600",
    "week": "2026-W10-1T10:00:00Z",
    "arabic": "٢٠٢٦-٠٣-٠٢T10:00:00Z",
    "american": "03/02/2026 10:00",
    "space": " 2026-03-02T10:00:00Z",
    "empty": "",
}
OUTSIDE = {
    "year-1": ("0001-01-02T00:00:00Z", "before days.first"),
    "epoch": ("1970-01-01T00:00:00Z", "before days.first"),
    "tomorrow": ("2026-03-06T00:00:00Z", "future"),
    "year-2038": ("2038-01-19T03:14:08Z", "future"),
    "year-9999": ("9999-12-30T00:00:00Z", "future"),
}
FINE = {
    "z": "2026-03-02T10:00:00z",
    "space": "2026-03-02 10:00:00Z",
    "far-east": "2026-03-02T23:00:00+14:00",
    "odd-east": "2026-03-02T10:00:00+23:59",
    "odd-west": "2026-03-02T10:00:00-23:59",
    "quarter": "2026-03-02T10:00:00+05:45",
    "minus-zero": "2026-03-02T10:00:00-00:00",
    "nanoseconds": "2026-03-02T10:00:00.123456789Z",
}


def cases() -> Iterator[Case]:
    """Every time."""
    for name, text in WRONG.items():
        yield Case(f"time-{name}", said(f"time-{name}", captured_at=text), "captured_at:")
    for name, (text, reason) in OUTSIDE.items():
        yield Case(f"time-{name}", said(f"time-{name}", captured_at=text), reason)
    for name, text in FINE.items():
        yield Case(f"time-fine-{name}", said(f"time-fine-{name}", captured_at=text), None)
