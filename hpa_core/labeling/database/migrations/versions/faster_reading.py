"""Find what was turned back, what a queue asked and the last events without reading all."""

from alembic import op

revision = "faster_reading"
down_revision = "first_tables"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("acts_by_turned", "acts", ["refers_to"])
    op.create_index("events_by_reason", "events", ["dataset", "reason"])
    op.create_index("events_by_number", "events", ["dataset", "id"])
