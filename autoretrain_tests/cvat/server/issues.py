"""Issues: places in a frame that people talk about, and what they said."""

from autoretrain_tests.cvat.server import rights
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.entities import Comment, Issue
from autoretrain_tests.cvat.server.events import happened, updating
from autoretrain_tests.cvat.server.listing import listed
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


def comment_body(_: World, origin: str, comment: Comment) -> dict:
    """As the API shows it."""
    return {
        "id": comment.id,
        "issue": comment.issue_id,
        "owner": short(origin, comment.owner),
        "message": comment.message,
        "created_date": date(comment.created),
        "updated_date": date(comment.updated),
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
    _say(call, issue, said["message"])
    happened(call, "create", issue, body)
    return Answer(body(world, call.origin, issue), 201)


def _say(call: Call, issue: Issue, message: str) -> Comment:
    now = call.world.now()
    comment = Comment(call.world.next_id("comment"), issue.id, call.asker, message, now, now)
    call.world.comments[comment.id] = comment
    return comment


def _get(call: Call, number: int) -> Issue:
    _ = call.asker
    if number not in call.world.issues:
        raise Refusal(404, {"detail": "No Issue matches the given query."})
    rights.get(call, call.world.jobs, call.world.issues[number].job.id, "Job")
    return call.world.issues[number]


@endpoint("GET", "/api/issues/{number}")
def issue(call: Call, number: int) -> dict:
    return body(call.world, call.origin, _get(call, number))


@endpoint("PATCH", "/api/issues/{number}")
def change(call: Call, number: int) -> dict:
    said, found = call.json(), _get(call, number)
    with updating(call, found, body):
        found.resolved = said.get("resolved", found.resolved)
        found.position = said.get("position", found.position)
    return body(call.world, call.origin, found)


@endpoint("DELETE", "/api/issues/{number}")
def delete(call: Call, number: int) -> Answer:
    del call.world.issues[_get(call, number).id]
    call.world.comments = {key: c for key, c in call.world.comments.items() if c.issue_id != number}
    return Answer(None, 204)


@endpoint("GET", "/api/comments")
def comments(call: Call) -> dict:
    world = call.world
    fields = {
        "id": lambda comment: comment.id,
        "issue_id": lambda comment: comment.issue_id,
        "job_id": lambda comment: world.issues[comment.issue_id].job.id,
        "frame_id": lambda comment: world.issues[comment.issue_id].frame,
        "owner": lambda comment: comment.owner.username,
    }
    seen = [c for c in world.comments.values() if rights.visible(call, world.issues[c.issue_id].job)]
    return listed(call, seen, fields, ["owner"], lambda record: comment_body(world, call.origin, record), "-id")


@endpoint("POST", "/api/comments")
def comment(call: Call) -> Answer:
    said = call.json()
    made = _say(call, _get(call, said["issue"]), said["message"])
    happened(call, "create", made, comment_body)
    return Answer(comment_body(call.world, call.origin, made), 201)
