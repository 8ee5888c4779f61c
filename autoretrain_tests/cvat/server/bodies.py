"""Tasks and jobs as the API and webhooks show them."""

from autoretrain_tests.cvat.server.calls import date
from autoretrain_tests.cvat.server.users import short
from autoretrain_tests.cvat.server.work import Job, Task
from autoretrain_tests.cvat.server.world import World

CHUNK = 72
"""Images that are handed out together."""


def task_body(world: World, origin: str, task: Task) -> dict:
    """An event out of the background knows neither an origin nor the project's name."""
    organization = task.organization.id if task.organization else None
    return {
        "url": f"{origin}/api/tasks/{task.id}",
        "id": task.id,
        "name": task.name,
        "project_id": task.project.id if task.project else None,
        "project_name": task.project.name if task.project and origin else None,
        "owner": short(origin, task.owner),
        "assignee": short(origin, task.assignee),
        "bug_tracker": task.bug_tracker,
        "created_date": date(task.created),
        "updated_date": date(task.updated),
        "overlap": task.overlap,
        "segment_size": task.segment_size,
        "status": task.status,
        **_media(task),
        "guide_id": None,
        "data": task.data_id,
        "dimension": task.dimension,
        "mode": task.mode,
        "media_type": task.media_type,
        "subset": task.subset,
        "organization_id": organization,
        "organization": organization,
        "target_storage": None,
        "source_storage": None,
        "jobs": _jobs(world, origin, task),
        "labels": {"url": f"{origin}/api/labels?task_id={task.id}"},
        "assignee_updated_date": date(task.assignee_updated),
        "validation_mode": task.validation.mode if task.validation else None,
        "consensus_enabled": False,
    }


def _media(task: Task) -> dict:
    if task.media is None:
        return {}
    known = {"data_cloud_storage_id": None, "size": len(task.media.frames)}
    if not task.media.frames:
        return known
    kinds = {"data_original_chunk_type": "imageset", "data_compressed_chunk_type": "imageset"}
    return known | kinds | {"data_chunk_size": CHUNK, "image_quality": task.media.quality}


def _jobs(world: World, origin: str, task: Task) -> dict:
    jobs = world.jobs_of(task)
    return {
        "count": len(jobs),
        "completed": sum((job.stage, job.state) == ("acceptance", "completed") for job in jobs),
        "validation": sum(job.stage == "validation" for job in jobs),
        "url": f"{origin}/api/jobs?task_id={task.id}",
    }


def job_body(world: World, origin: str, job: Job) -> dict:
    """Of one job."""
    task = job.task
    issues = sum(issue.job is job for issue in world.issues.values())
    return {
        "url": f"{origin}/api/jobs/{job.id}",
        "id": job.id,
        "task_id": task.id,
        "task_name": task.name,
        "project_id": task.project.id if task.project else None,
        "project_name": task.project.name if task.project else None,
        "assignee": short(origin, job.assignee),
        "guide_id": None,
        "dimension": task.dimension,
        "mode": task.mode,
        "media_type": task.media_type,
        "bug_tracker": task.bug_tracker,
        "status": job.status,
        "stage": job.stage,
        "state": job.state,
        "frame_count": len(job.frames),
        "start_frame": job.start,
        "stop_frame": job.stop,
        "data_chunk_size": CHUNK,
        "data_compressed_chunk_type": "imageset",
        "data_original_chunk_type": "imageset",
        "created_date": date(job.created),
        "updated_date": date(job.updated),
        "issues": {"url": f"{origin}/api/issues?job_id={job.id}", "count": issues},
        "labels": {"url": f"{origin}/api/labels?job_id={job.id}"},
        "type": job.type,
        "organization": task.organization.id if task.organization else None,
        "target_storage": None,
        "source_storage": None,
        "assignee_updated_date": date(job.assignee_updated),
        "parent_job_id": None,
        "replicas_count": 0,
        "consensus_replicas": 0,
    }
