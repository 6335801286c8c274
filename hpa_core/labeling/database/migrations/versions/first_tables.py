"""Make the tables of acts, events, heads, leases and people; refuse to change history."""

import sqlalchemy as sa
from alembic import op

revision = "first_tables"
down_revision = None

APPEND_ONLY = ("acts", "events")


def upgrade() -> None:
    """Make everything."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    _make_people()
    _make_history(number)
    _make_derived(number)
    for table in APPEND_ONLY:
        _refuse_changes(table)


def _make_people() -> None:
    op.create_table(
        "people",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("given_by", sa.String(100), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )


def _make_history(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "acts",
        sa.Column("id", number, primary_key=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("annotator", sa.String(100), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("dataset", sa.String(100), nullable=False),
        sa.Column("dataset_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("refers_to", number, sa.ForeignKey("acts.id")),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("acts_by_person", "acts", ["annotator", "dataset", "id"])
    op.create_table(
        "events",
        sa.Column("id", number, primary_key=True),
        sa.Column("act", number, sa.ForeignKey("acts.id"), nullable=False, index=True),
        sa.Column("dataset", sa.String(100), nullable=False),
        sa.Column("sample", sa.String(200), nullable=False),
        sa.Column("track", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("labels", sa.String(80)),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("refers_to", number, sa.ForeignKey("events.id")),
        sa.UniqueConstraint("dataset", "sample", "track", "version", name="one_event_a_version"),
    )


def _make_derived(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "heads",
        sa.Column("dataset", sa.String(100), primary_key=True),
        sa.Column("sample", sa.String(200), primary_key=True),
        sa.Column("track", sa.String(120), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("labels", sa.String(80)),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("annotator", sa.String(100), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("event", number, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("dataset", sa.String(100), primary_key=True),
        sa.Column("sample", sa.String(200), primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True),
        sa.Column("annotator", sa.String(100), nullable=False),
        sa.Column("track", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )
    op.create_index("leases_by_expiry", "leases", ["expires"])


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} are append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
