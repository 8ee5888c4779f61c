"""Who there is: accounts, and workspaces that several share."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class User:
    """An account; the role `admin` may do everything, `user` what its own things allow."""

    id: int
    username: str
    password: str
    role: str
    joined: datetime

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"


@dataclass
class Organization:
    """A workspace that several share; `members` are roles by the user's id."""

    id: int
    slug: str
    name: str
    owner: User
    created: datetime
    members: dict[int, str] = field(default_factory=dict)
