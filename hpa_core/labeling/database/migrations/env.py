"""Alembic's entry: runs migrations on the connection that `migrating` hands over."""

from alembic import context

from hpa_core.labeling.database.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
