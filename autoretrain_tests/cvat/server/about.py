"""What a server says of itself."""

from autoretrain_tests.cvat.server.calls import Call, endpoint

DESCRIPTION = "A stand-in for a CVAT server, for tests alone."
FORMATS = ("CVAT for images 1.1", "COCO 1.0", "Ultralytics YOLO Detection 1.0")


@endpoint("GET", "/api/server/about")
def about(call: Call) -> dict:
    return {
        "name": "Computer Vision Annotation Tool",
        "description": DESCRIPTION,
        "version": call.world.version,
        "logo_url": f"{call.origin}/static/logo.svg",
        "subtitle": "Open Data Annotation Platform",
    }


@endpoint("GET", "/api/server/annotation/formats")
def formats(call: Call) -> dict:
    _ = call.asker
    exporters = [
        {"name": name, "ext": "ZIP", "version": name.rpartition(" ")[2], "enabled": True, "dimension": "2d"}
        for name in FORMATS
    ]
    return {"importers": [], "exporters": exporters}
