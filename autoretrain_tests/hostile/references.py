"""Events that name as their image what is none, lies elsewhere, or is on no disk at all."""

from collections.abc import Iterator

from autoretrain_tests.hostile.case import Case, said

PLAIN, ABSENT = "must be the plain name", "there is no file"
REFUSED = {
    "http": "http://127.0.0.1/a.jpg",
    "https": "https://user:pass@127.0.0.1/a.jpg",
    "metadata-service": "http://169.254.169.254/latest/",
    "file": "file:///etc/passwd",
    "s3": "s3://bucket/a.jpg",
    "ftp": "ftp://127.0.0.1/a.jpg",
    "data": "data:image/png;base64,iVBORw0KGgo=",
    "unc": "\\\\server\\share\\a.jpg",
    "unc-slashes": "//server/share/a.jpg",
    "drive": "C:\\a.jpg",
    "absolute": "/etc/passwd",
    "device": "/dev/zero",
    "proc": "/proc/self/environ",
    "up": "../a.jpg",
    "up-only": "..",
    "here": "./a.jpg",
    "dot": ".",
    "down": "sub/a.jpg",
    "home": "~/a.jpg",
    "hidden": ".a.jpg",
    "empty": "",
    "nul": "a.jpg\0.png",
    "newline": "a\n.jpg",
    "long": "é" * 128,
}
ABSENT_NAMES = {
    "data-plain": "data:,x",
    "variable": "$HOME.jpg",
    "percent": "%2e%2e%2fa.jpg",
    "star": "*",
    "stream": "a.jpg:stream",
    "device-windows": "CON",
    "dash": "-rf.jpg",
    "space": "a.jpg ",
    "rtl": "a\u202egpj.exe",
    "longest": "a" * 255,
    "case": "REFERENCE-CASE.JPG",
    "command": "$(id).jpg",
}


def cases() -> Iterator[Case]:
    """Every reference; an image lies beside the event, but not under the name that it says."""
    for name, text in REFUSED.items():
        yield Case(f"reference-{name}", said(f"reference-{name}", image=text), PLAIN)
    for name, text in ABSENT_NAMES.items():
        yield Case(f"reference-{name}", said(f"reference-{name}", image=text), ABSENT)
    for suffix in (".json", ".JSON", ".tmp"):
        name = f"reference-as{suffix.replace('.', '-')}"
        yield Case(name, said(name, image=f"{name}x{suffix}"), "must name an image")
