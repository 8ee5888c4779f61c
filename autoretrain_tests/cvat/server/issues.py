"""Issues: places in a frame that people talk about."""

from autoretrain_tests.cvat.server import comments, rights
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.events import happened, updating
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.talk import Issue
from autoretrain_tests.cvat.server.users import short
from autoretrain_tests.cvat.server.world import World

FIELDS = {
    "id": lambda issue: issue.id,
    "job_id": lambda issue: issue.job.id,
    "task_id": lambda issue: issue.job.task.id,
    "frame_id": lambda issue: issue.frame,
    "owner": lambda issue: issue.owner.username,
    "assignee": lambda issue: issue.assignee and issue.assignee.username,
    "resolved": lambda issue: issue.resolved,
}


def body(world: World, origin: str, issue: Issue) -> dict:
    """As the API shows it."""
    comments = sum(comment.issue_id == issue.id for comment in world.comments.values())
    return {
        "id": issue.id,
        "frame": issue.frame,
        "position": issue.position,
        "job": issue.job.id,
        "owner": short(origin, issue.owner),
        "assignee": short(origin, issue.assignee),
        "created_date": date(issue.created),
        "updated_date": date(issue.updated),
        "resolved": issue.resolved,
        "comments": {"url": f"{origin}/api/comments?issue_id={issue.id}", "count": comments},
    }


@endpoint("GET", "/api/issues")
def issues(call: Call) -> dict:
    seen = [issue for issue in call.world.issues.values() if rights.visible(call, issue.job)]
    return listed(call, seen, FIELDS, ["owner"], lambda record: body(call.world, call.origin, record), "-id")


@endpoint("POST", "/api/issues")
def create(call: Call) -> Answer:
    """With its first comment."""
    said, world, now = call.json(), call.world, call.world.now()
    job = rights.get(call, world.jobs, said["job"], "Job")
    if not said.get("message"):
        raise Refusal(400, {"message": ["This field is required."]})
    issue = Issue(world.next_id("issue"), job, said["frame"], said["position"], call.asker, now, now)
    issue.assignee = world.users.get(said.get("assignee") or 0)
    world.issues[issue.id] = issue
    comments.say(call, issue, said["message"])
    happened(call, "create", issue, body)
    return Answer(body(world, call.origin, issue), 201)


def get(call: Call, number: int) -> Issue:
    _ = call.asker
    if number not in call.world.issues:
        raise Refusal(404, {"detail": "No Issue matches the given query."})
    rights.get(call, call.world.jobs, call.world.issues[number].job.id, "Job")
    return call.world.issues[number]


@endpoint("GET", "/api/issues/{number}")
def issue(call: Call, number: int) -> dict:
    return body(call.world, call.origin, get(call, number))


@endpoint("PATCH", "/api/issues/{number}")
def change(call: Call, number: int) -> dict:
    said, found = call.json(), get(call, number)
    with updating(call, found, body):
        found.resolved = said.get("resolved", found.resolved)
        found.position = said.get("position", found.position)
    return body(call.world, call.origin, found)


@endpoint("DELETE", "/api/issues/{number}")
def delete(call: Call, number: int) -> Answer:
    del call.world.issues[get(call, number).id]
    call.world.comments = {key: c for key, c in call.world.comments.items() if c.issue_id != number}
    return Answer(None, 204)
