"""Which frames have known answers, for a task and for a job."""

from autoretrain_tests.cvat.server import rights, tasks
from autoretrain_tests.cvat.server.calls import Call, endpoint
from autoretrain_tests.cvat.server.work import Task


def layout(task: Task) -> dict:
    """As the API shows it; honeypots are told of a pool alone."""
    known = task.validation
    if known is None:
        return {"mode": None}
    shown = {
        "mode": known.mode,
        "frames_per_job_count": known.frames_per_job,
        "validation_frames": known.frames,
        "disabled_frames": known.disabled,
    }
    return shown | (_honeypots(known.honeypots) if known.mode == "gt_pool" else {})


def _honeypots(repeats: dict[int, int]) -> dict:
    frames = sorted(repeats)
    real = [repeats[frame] for frame in frames]
    return {"honeypot_count": len(frames), "honeypot_frames": frames, "honeypot_real_frames": real}


@endpoint("GET", "/api/tasks/{number}/validation_layout")
def of_task(call: Call, number: int) -> dict:
    return layout(rights.get(call, call.world.tasks, number, "Task"))


@endpoint("PATCH", "/api/tasks/{number}/validation_layout")
def change(call: Call, number: int) -> dict:
    task = tasks.led(call, number)
    if task.validation:
        task.validation.disabled = call.json().get("disabled_frames", task.validation.disabled)
    return layout(task)


@endpoint("GET", "/api/jobs/{number}/validation_layout")
def of_job(call: Call, number: int) -> dict:
    job = rights.get(call, call.world.jobs, number, "Job")
    repeats = job.task.validation.honeypots if job.task.validation else {}
    return _honeypots({frame: real for frame, real in repeats.items() if frame in job.frames})
