"""What lies in a task folder for people to read: why each image is there, how to finish, and why it came back."""

import csv
import io
import shlex
import textwrap
from collections.abc import Mapping
from pathlib import Path

from autoretrain_assets.errors import InputError
from autoretrain_assets.files import read_plain
from autoretrain_assets.labeling.base import Batch
from autoretrain_assets.labeling.task_files import TaskRecord, file_name
from autoretrain_assets.words import many

MAX_REJECTION_BYTES = 50_000_000
_REPORTED = """
   Operators reported {} of them: reported/ shows where, reports.csv lists it. Their boxes are not in annotations.xml:
   look at each place, and draw what is there."""
SHOWN = 100
"""Characters of a reason that are shown away from REJECTED.txt."""


def reasons_csv(batch: Batch) -> str:
    """Why each image was chosen, a line an image: beside the XML, as that format has no place for it."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["image", "reasons"])
    table.writerows([file_name(image), "; ".join(image.reasons)] for image in batch.images)
    return text.getvalue()


def reports_csv(batch: Batch) -> str:
    """What operators said of the images, a line a place; its corners are pixels of the image."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["image", "report", "x1", "y1", "x2", "y2"])
    for image in batch.images:
        table.writerows([file_name(image), one.text, one.x1, one.y1, one.x2, one.y2] for one in image.reports)
    return text.getvalue()


def rejection(task: TaskRecord, reasons: Mapping[str, str]) -> str:
    """REJECTED.txt: image by image, what is wrong with the answer."""
    names = {image.sha256: image.file for image in task.images}
    lines = [f"{names.get(image, image)}: {reason}" for image, reason in sorted(reasons.items())]
    head = "The answer cannot be used yet. Correct these images in annotations.xml, then finish the task again:"
    return "\n".join([head, "", *lines, ""])


def sent_back(path: Path) -> str:
    """What REJECTED.txt says, in short and with its path; nothing where there is none."""
    try:
        _, _, *lines = read_plain(path, MAX_REJECTION_BYTES).decode(errors="replace").strip().splitlines()
    except FileNotFoundError:
        return ""
    except (InputError, ValueError):
        return f"see {path}"
    reason = lines[0].partition(": ")[2] if lines else ""
    return f"{many(len(lines), 'image')}, such as: {textwrap.shorten(reason, SHOWN, placeholder=' …')} ({path})"


def readme(task: TaskRecord, home: Path, reported: int) -> str:
    """README.txt: how a person finishes the task, with a command that works from anywhere while `home` is there.

    `reported` is how many of its images operators reported.
    """
    finish = f"autoretrain label done {task.key} --home {shlex.quote(str(home.absolute()))}"
    return f"""{task.name}: {len(task.images)} images to label

Classes: {", ".join(task.classes)}

1. Open images/ and annotations.xml in a tool that reads "CVAT for images 1.1". The boxes in it are the model's.
   reasons.csv says why each image was chosen.{_REPORTED.format(reported) if reported else ""}
2. Correct them: every object of a class gets one upright rectangle, wrong boxes go. An image without an object
   keeps its <image> entry, without a box. Leave the names and sizes of the images as they are.
3. Save the result as annotations.xml in this folder, in the same format.
4. Say that you are done, by this command or by an empty file named DONE in this folder:

   {finish}

If the answer comes back, REJECTED.txt says what is wrong, image by image; correct it and finish again.
"""
