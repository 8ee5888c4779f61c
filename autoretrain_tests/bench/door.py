"""Events over HTTP, each answered once it is on the disk, against plain writes of the same files."""

import asyncio
import io
import os
import statistics
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from autoretrain_assets.door.taking import WRITERS
from autoretrain_tests.bench.printing import Inputs, beside, in_turns, say, seconds
from autoretrain_tests.door.serving import body, fields, request, served
from autoretrain_tests.homes import laid_out

IMAGE_BYTES, SENDERS = 60_000, 32
BUSY = 0.8
"""Of a core, and Python uses no more than one: code that was at work for less waited for something else."""


def run(inputs: Inputs) -> None:
    """4,000 events of 60 KB from 32 connections, against write + fsync of the same files by as many threads."""
    count, image = inputs.size(4000, 100), _image()
    took, plain, python, kernel = [], [], [], []

    def send(turn: int) -> None:
        home = laid_out(inputs.work / f"home{turn}")
        with served(home, "--no-token") as server:
            asyncio.run(_send(server.port, _requests(f"warm{turn}", SENDERS, image)))
            requests, watched = _requests(str(turn), count, image), psutil.Process(server.process.pid)
            before = watched.cpu_times()
            took.append(seconds(lambda: asyncio.run(_send(server.port, requests))))
            after = watched.cpu_times()
            python.append((after.user - before.user) / took[-1])
            kernel.append((after.system - before.system) / took[-1])
        waiting = len(list(home.inbox.rglob("*.json")))
        if waiting != count + SENDERS:
            raise AssertionError(f"{waiting} events lie in the inbox, sent were {count + SENDERS}")

    def write(turn: int) -> None:
        folder = inputs.work / f"plain{turn}"
        folder.mkdir()
        with ThreadPoolExecutor(WRITERS) as writers:
            plain.append(seconds(lambda: list(writers.map(lambda number: _write(folder, number, image), range(count)))))

    in_turns({"door": send, "write and fsync": write}, inputs.rounds)
    say(f"{count:,} events, each with an image of {len(image) / 1000:.0f} KB, over {SENDERS} connections")
    beside({"door": took, "write and fsync": plain}, "write and fsync", count, "events")
    own, flushing = statistics.median(python), statistics.median(kernel)
    bound = "its own code bounds it" if own > BUSY else "writing and flushing bound it, or who else is at work here"
    say(f"the server's code was at work for {own:.2f} of a core, the kernel for it for {flushing:.2f}: {bound}")


def _image() -> bytes:
    """A picture in as many bytes as are wanted: what follows a JPEG's end is cut by intake, not by the door."""
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG", quality=20)
    return buffer.getvalue().ljust(IMAGE_BYTES, b"\0")


def _requests(turn: str, count: int, image: bytes) -> list[bytes]:
    return [request(body(fields(f"{turn}-{number}"), image)) for number in range(count)]


async def _send(port: int, requests: list[bytes]) -> None:
    waiting = iter(requests)
    await asyncio.gather(*(_sender(port, waiting) for _ in range(SENDERS)))


async def _sender(port: int, waiting) -> None:
    """One connection: a request, its answer, and the next."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for content in waiting:
        writer.write(content)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        answer = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 202"):
            raise AssertionError(f"the door answered {head.decode()}{answer.decode()}")
    writer.close()


def _write(folder: Path, number: int, image: bytes) -> None:
    for suffix, content in ((".jpg", image), (".json", str(fields(str(number))).encode())):
        with (folder / f"{number}{suffix}").open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
