"""The tables of the label store. `migrations/` makes them; both must say the same (a test checks).

`acts` and `events` are append-only: triggers refuse to change or delete a row. `heads` is what the
events of each track come to, kept to be read fast. Times are UTC in ISO 8601, labels are class
numbers separated by spaces.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

# SQLite counts up by itself only where the key is an INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")

people = Table(
    "people",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("given_by", String(100), nullable=False),
    Column("at", String(40), nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("annotator", String(100), nullable=False),
    Column("at", String(40), nullable=False),
    Column("dataset", String(100), nullable=False),
    Column("dataset_hash", String(64), nullable=False),
    Column("kind", String(20), nullable=False),  # decide, undo, redo
    Column("refers_to", _Number, ForeignKey("acts.id")),
    Column("digest", String(64), nullable=False),  # of what was asked: is a retry the same?
    Index("acts_by_person", "annotator", "dataset", "id"),
    Index("acts_by_turned", "refers_to"),
)

events = Table(
    "events",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("act", _Number, ForeignKey("acts.id"), nullable=False, index=True),
    Column("dataset", String(100), nullable=False),
    Column("sample", String(200), nullable=False),
    Column("track", String(120), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("labels", String(80)),
    Column("note", Text, nullable=False),
    Column("reason", String(40), nullable=False),  # why the queue asked; "" if it did not
    Column("refers_to", _Number, ForeignKey("events.id")),
    # What makes a lost update impossible, whoever writes: one event a version.
    UniqueConstraint("dataset", "sample", "track", "version", name="one_event_a_version"),
    Index("events_by_reason", "dataset", "reason"),
    Index("events_by_number", "dataset", "id"),
)

heads = Table(
    "heads",
    metadata,
    Column("dataset", String(100), primary_key=True),
    Column("sample", String(200), primary_key=True),
    Column("track", String(120), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("labels", String(80)),
    Column("decision", String(20), nullable=False),
    Column("annotator", String(100), nullable=False),
    Column("at", String(40), nullable=False),
    Column("event", _Number, nullable=False),
    Column("note", Text, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("dataset", String(100), primary_key=True),
    Column("sample", String(200), primary_key=True),
    Column("slot", Integer, primary_key=True),  # 0, or up to how many opinions are wanted
    Column("annotator", String(100), nullable=False),
    Column("track", String(120), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("expires", Float, nullable=False),  # seconds since 1970
    Index("leases_by_expiry", "expires"),
)
