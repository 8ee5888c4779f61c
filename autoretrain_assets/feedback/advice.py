"""How a refused event is mended, by what is wrong with it."""

import re

_IMAGE = "put a whole JPEG, PNG, BMP or WebP in the image's place"
_ADVICE = (
    (
        r"label: .* is none of the classes",
        "label it as one of dataset.classes in autoretrain.yaml",
    ),
    (r"must name the right class in label|\.label: ", "name its class as the label, in up to 128 characters"),
    (r"the box lies outside the image", "give the box in pixels of the upright image, and inside it"),
    (r"x1 < x2|\.[xy][12]: ", "give the box x1 < x2 and y1 < y2, in pixels, inside its image"),
    (r"\.confidence: ", "give the box a confidence from 0 to 1"),
    (r"\.kind: ", "name the verdict's kind: false_positive, missed, wrong_class or bad_box"),
    (r"Field required", "add `{field}` to event.json"),
    (r"no event has this field", "take `{field}` out of event.json: no event has it"),
    (r"stands twice in one object", "keep one of the two `{field}` in event.json"),
    (r"probability", "add the `probability` that an image is sampled with, above 0 and at most 1"),
    (r"^trigger: ", "name the trigger: operator, uncertain or random"),
    (r"over (feedback\.\w+)", "make it smaller, or raise {0} in autoretrain.yaml"),
    (r"^captured_at: .* in the future", "write when the image was taken, and set the camera's clock"),
    (r"^captured_at: .* (days\.\w+)", "write when the image was taken, or change {0} in autoretrain.yaml"),
    (r"^captured_at: ", "write when the image was taken, with its time zone, such as 2026-03-02T10:00:00Z"),
    (r"^event_id: .* used before", "give the event an id that no other has"),
    (r"^event_id: ", "give the event an id of up to 128 letters, digits, '.', '_', ':' and '-'"),
    (r"^image: there is no file", "put the image beside event.json, under the name that its `image` says"),
    (r"^(image|event): .*may not be read", "give this user the right to read the {0}'s file"),
    (r"^image: must ", "name the image's own file, beside event.json and without a folder, as `image`"),
    (r"^image: .* each side must|^image: .* a side over", "put an image of another size in its place"),
    (r"^image: .* to every reader", "save the image upright and plain, without XMP and animation"),
    (r"^image: ", _IMAGE),
    (r"^event: .* is gone or was changed", "look at event.json; when it is tried again, what is wrong with it is told"),
    (r"^event: it was changed", "leave event.json as it is meant, and try it again"),
    (r"^event: not a plain file", "put the event's file itself there, and no link to it"),
    (r"^event: ", "make event.json the JSON object of one event"),
)
"""What a reason says, and what helps; the first that is found counts. `{field}` is the one that is wrong."""


def advice(field: str, reason: str) -> str:
    """How an event that was refused for this reason can be mended; `field` without the numbers of its boxes."""
    for said, text in _ADVICE:
        if found := re.search(said, reason):
            return text.format(*found.groups(), field=field)
    return f"correct `{field}` in event.json"
