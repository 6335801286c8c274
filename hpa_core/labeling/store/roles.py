"""Giving roles, inside a transaction."""

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from hpa_core.errors import RoleError
from hpa_core.labeling.database.schema import people
from hpa_core.labeling.people import Role, checked_role


def write_role(connection: Connection, name: str, role: Role, *, by: str) -> None:
    """Give somebody a role; as long as there is no admin, anybody may become the first.

    Raises:
        RoleError: whoever gives it is no admin, or nobody would be one any more.
    """
    is_admin = people.c.role == "admin"
    admins = set(connection.execute(select(people.c.name).where(is_admin)).scalars())
    first = not admins and name == by and role == "admin"
    if by not in admins and not first:
        hint = "" if admins else f" There is none yet: {by} can become the first."
        raise RoleError(f"{by} is no admin and cannot give roles.{hint}")
    if admins == {name} and role != "admin":
        raise RoleError(f"{name} is the only admin; make somebody else one first.")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(delete(people).where(people.c.name == name))
    row = {"name": name, "role": role, "given_by": by, "at": now}
    connection.execute(insert(people).values(row))


def read_roles(connection: Connection) -> dict[str, Role]:
    """Return everybody who was given a role."""
    rows = connection.execute(select(people.c.name, people.c.role).order_by(people.c.name))
    return {row.name: checked_role(row.role) for row in rows}
