"""Section 6: what a role means beside the table in permissions.txt: what is one's own, and what changes a role."""

from __future__ import annotations

from acme import Acme
from wire import InProcess


def test_a_member_deletes_what_he_owns_or_created(anna: InProcess, ben: InProcess, acme: Acme) -> None:
    made = ben.post("v1/metrics", {"name": "x", "goalId": acme.growth, "ownerId": acme.anna.id}).json["id"]
    owned = anna.post("v1/metrics", {"name": "x", "goalId": acme.growth, "ownerIds": [acme.vera.id, acme.ben.id]})
    goal = ben.post("v1/goals", {"name": "x", "sessionId": acme.q3.id, "ownerId": acme.anna.id}).json["id"]
    assert ben.delete(f"v1/metrics/{made}").status == 204
    assert ben.delete(f"v1/metrics/{owned.json['id']}").status == 204
    assert ben.delete(f"v1/goals/{goal}").status == 204


def test_a_token_acts_with_the_role_that_its_user_has_now(anna: InProcess, ben: InProcess, acme: Acme) -> None:
    assert ben.patch(f"v1/metrics/{acme.revenue}", {"name": "x"}).status == 200
    assert anna.patch(f"v1/users/{acme.ben.id}", {"roles": ["viewer"]}).status == 200
    assert ben.patch(f"v1/metrics/{acme.revenue}", {"name": "y"}).status == 403


def test_an_inactive_users_tokens_are_refused(anna: InProcess, ben: InProcess, acme: Acme) -> None:
    assert anna.delete(f"v1/users/{acme.ben.id}").status == 204
    assert ben.get("v1/users/app/me").status == 401


def test_the_last_admin_stays_one(anna: InProcess, acme: Acme) -> None:
    assert anna.delete(f"v1/users/{acme.anna.id}").status == 400
    assert anna.patch(f"v1/users/{acme.anna.id}", {"roles": ["member"]}).status == 400
