"""PostgreSQL behind the store, by psycopg's synchronous connections."""

from milepost.store.engine.postgresql.database import PostgresDatabase

__all__ = ["PostgresDatabase"]
