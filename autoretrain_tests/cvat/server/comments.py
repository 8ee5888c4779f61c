"""Comments: what was said about an issue."""

from autoretrain_tests.cvat.server import rights
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.events import happened
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.talk import Comment, Issue
from autoretrain_tests.cvat.server.users import short
from autoretrain_tests.cvat.server.world import World


def body(_: World, origin: str, comment: Comment) -> dict:
    """As the API shows it."""
    return {
        "id": comment.id,
        "issue": comment.issue_id,
        "owner": short(origin, comment.owner),
        "message": comment.message,
        "created_date": date(comment.created),
        "updated_date": date(comment.updated),
    }


def say(call: Call, issue: Issue, message: str) -> Comment:
    """Add one; nothing is told of it."""
    now = call.world.now()
    comment = Comment(call.world.next_id("comment"), issue.id, call.asker, message, now, now)
    call.world.comments[comment.id] = comment
    return comment


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
    return listed(call, seen, fields, ["owner"], lambda record: body(world, call.origin, record), "-id")


@endpoint("POST", "/api/comments")
def comment(call: Call) -> Answer:
    said = call.json()
    issue = call.world.issues.get(said["issue"])
    if issue is None:
        raise Refusal(400, {"issue": [f'Invalid pk "{said["issue"]}" - object does not exist.']})
    rights.get(call, call.world.jobs, issue.job.id, "Job")
    made = say(call, issue, said["message"])
    happened(call, "create", made, body)
    return Answer(body(call.world, call.origin, made), 201)
