"""The versions of the schema, run by Alembic."""
