"""Workspaces that several share."""

from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.people import Organization
from autoretrain_tests.cvat.server.users import short

FIELDS = {"id": lambda org: org.id, "slug": lambda org: org.slug, "name": lambda org: org.name}


def body(origin: str, organization: Organization) -> dict:
    """As the API shows it."""
    return {
        "id": organization.id,
        "slug": organization.slug,
        "name": organization.name,
        "description": "",
        "created_date": date(organization.created),
        "updated_date": date(organization.created),
        "contact": {},
        "owner": short(origin, organization.owner),
    }


def named(call: Call) -> Organization | None:
    """The one that the call speaks for, by header or query; 404 where there is none, 403 for who is no member."""
    slug, number = call.headers.get("X-Organization") or call.query.get("org"), call.query.get("org_id")
    if not slug and not number:
        return None
    for organization in call.world.organizations.values():
        if organization.slug == slug or str(organization.id) == number:
            if call.user and call.user.role != "admin" and call.user.id not in organization.members:
                raise Refusal(403, {"detail": "You do not have permission to perform this action."})
            return organization
    raise Refusal(404, {"detail": f"{slug or number} organization does not exist."})


@endpoint("GET", "/api/organizations")
def organizations(call: Call) -> dict:
    mine = [o for o in call.world.organizations.values() if call.asker.role == "admin" or call.asker.id in o.members]
    return listed(call, mine, FIELDS, ["slug", "name"], lambda record: body(call.origin, record), "-id")


@endpoint("POST", "/api/organizations")
def create(call: Call) -> Answer:
    said, world = call.json(), call.world
    if any(organization.slug == said["slug"] for organization in world.organizations.values()):
        raise Refusal(400, {"slug": ["organization with this slug already exists."]})
    number, name = world.next_id("organization"), said.get("name", "")
    organization = Organization(number, said["slug"], name, call.asker, world.now(), {call.asker.id: "owner"})
    world.organizations[number] = organization
    return Answer(body(call.origin, organization), 201)
