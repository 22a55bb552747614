"""A service as Python programmers usually write one: FastAPI, SQLAlchemy's asynchronous ORM over asyncpg, and FastCRUD.

A program of its own: `fastcrud_service.py URL FOLDER` fills an empty PostgreSQL database from the folder's
documents.json, serves it on a free port, and prints that port.
"""

import asyncio
import json
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import uvicorn
from fastapi import Depends, FastAPI
from fastcrud import FastCRUD, FilterConfig, crud_router
from pydantic import BaseModel, create_model
from sqlalchemy import JSON, Boolean, Float, Index, Text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, mapped_column

_COLUMNS = {"text": Text, "number": Float, "bool": Boolean, "json": JSON}
_TYPES: dict[str, Any] = {"text": str, "number": float, "bool": bool, "json": Any}


class Base(DeclarativeBase):
    """What the tables are registered with."""


class Entry(BaseModel):
    """The body of a check-in."""

    value: float
    comment: str = ""
    confidence: float | None = None


def model(table: str, kinds: dict[str, str], *indexes: tuple[str, ...]) -> type[Base]:
    """A table of those columns."""
    columns = {name: mapped_column(_COLUMNS[kind], primary_key=name == "id") for name, kind in kinds.items()}
    keys = tuple(Index(f"ix_{table}_{number}", *names) for number, names in enumerate(indexes))
    return type(table, (Base,), {"__tablename__": table, "__table_args__": keys, **columns})


def service(url: str, metric: type[Base], check_in: type[Base], kinds: dict[str, str]) -> FastAPI:
    """The application: FastCRUD's own routes, and a check-in as one transaction of two of its calls."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"), pool_size=16)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    shown = create_model("Metric", **{name: (_TYPES[kind], ...) for name, kind in kinds.items()})
    metrics, check_ins = FastCRUD(metric), FastCRUD(check_in)

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as one:
            yield one

    application = FastAPI()
    application.include_router(
        crud_router(
            session=session,
            model=metric,
            create_schema=shown,
            update_schema=shown,
            select_schema=shown,
            filter_config=FilterConfig(sessionId=None),
            path="/metrics",
            included_methods=["read", "read_multi"],
        )
    )

    @application.post("/metrics/{metric_id}/checkin", status_code=201)
    async def record(metric_id: str, entry: Entry, database: Annotated[AsyncSession, Depends(session)]) -> Entry:
        made = {"id": secrets.token_hex(12), "metricId": metric_id, "userId": "", "checkInDate": time.time_ns() // 1000}
        whole = create_model("Made", **{name: (Any, value) for name, value in (made | entry.model_dump()).items()})
        await check_ins.create(database, whole(), commit=False)
        await metrics.update(database, {"actual": entry.value}, commit=False, id=metric_id)
        await database.commit()
        return entry

    return application


async def fill(url: str, held: dict[str, Any], metric: type[Base], check_in: type[Base]) -> None:
    """Make the tables and copy the rows into them."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
    database = await asyncpg.connect(url)
    for table, rows in ((metric.__table__, held["key_results"]), (check_in.__table__, held["check_ins"])):
        await database.copy_records_to_table(table.name, records=rows, columns=table.columns.keys())
    await database.execute("VACUUM ANALYZE")
    await database.close()


def main(url: str, folder: str) -> None:
    held = json.loads((Path(folder) / "documents.json").read_bytes())
    metric = model("metrics", held["kinds"], ("sessionId", "name", "id"), ("sessionId", "dateCreated", "id"))
    check_in = model("check_ins", held["check_in_kinds"], ("metricId", "checkInDate", "id"))
    asyncio.run(fill(url, held, metric, check_in))
    opened = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(opened.getsockname()[1], flush=True)
    config = uvicorn.Config(
        service(url, metric, check_in, held["kinds"]),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
    )
    uvicorn.Server(config).run(sockets=[opened])


if __name__ == "__main__":
    main(*sys.argv[1:])
