"""Trees that an earlier version stored, in which nothing was gained from beneath: after the migration all is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from acme import Acme
from milepost.actions import check_ins, key_results, objectives
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.store import migrate
from milepost.store.engine import Database

DERIVED = "id, attainment, key_result_count, children_attainment, beneath_attainment, beneath_count, counts_children"
COUNTED = "id, parent_id, child_count, current_value"


def _rows(database: Database, table: str, columns: str) -> list[tuple[object, ...]]:
    return database.connection.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()


def _taken_back(database: Database) -> None:
    """Make the objectives and key results those of the version before, with what it kept among unknown fields."""
    run = database.connection.execute
    kept = run("SELECT id, parent_id FROM key_results WHERE parent_id <> ''").fetchall()
    for record, parent in kept:
        run("UPDATE key_results SET extra = ? WHERE id = ?", (json.dumps({"parentMetricId": parent, "x": 1}), record))
    run('UPDATE objectives SET extra = \'{"attainmentType": "all"}\' WHERE counts_children = 1')
    run("UPDATE objectives SET attainment = NULL WHERE key_result_count = 0")
    run("DROP INDEX ix_key_results_parent")
    for column in ("counts_children", "children_attainment", "beneath_attainment", "beneath_count"):
        run(f"ALTER TABLE objectives DROP COLUMN {column}")
    for column in ("parent_id", "child_count"):
        run(f"ALTER TABLE key_results DROP COLUMN {column}")
    run("UPDATE alembic_version SET version_num = '0002'")


def _to_trees(path: Path) -> None:
    """Run the one migration."""
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    engine.dispose()


@pytest.mark.parametrize("both", [True, False])
def test_trees_that_are_there_already_gain_from_beneath(acme: Acme, both: bool) -> None:
    anna, database = acme.context(acme.anna), acme.database

    def aim(parent: str) -> str:
        change = ObjectiveChange(name="Aim", parent_id=parent, counts_children=both)
        return objectives.add(anna, acme.q3.id, change).objective.id

    def measure(objective: str, parent: str, weight: float) -> str:
        change = KeyResultChange(name="Measure", parent_id=parent, target=100.0, weight=weight)
        return key_results.add(anna, objective, change).key_result.id

    middle, side = aim(acme.growth), aim(acme.growth)
    low = [aim(middle) for _ in range(2)]
    aim(low[0])
    top = measure(middle, "", 3.0)
    for objective, value in ((low[0], 40.0), (low[1], 25.0), (side, 10.0)):
        check_ins.record(anna, measure(objective, top, 1.0), Entry(value=value))
    derived, counted = _rows(database, "objectives", DERIVED), _rows(database, "key_results", COUNTED)
    assert len({row[5] for row in derived}) == 3

    _taken_back(database)
    _to_trees(database.path)
    for before, after in zip(derived, _rows(database, "objectives", DERIVED), strict=True):
        assert after == pytest.approx(before)
    assert _rows(database, "key_results", COUNTED) == counted


def test_a_circle_that_was_kept_loses_a_link(acme: Acme) -> None:
    anna, database = acme.context(acme.anna), acme.database
    other = key_results.add(anna, acme.growth, KeyResultChange(name="Other")).key_result.id
    _taken_back(database)
    odd = {acme.revenue: other, other: acme.revenue, acme.rival_key_result: "p"}
    for record, parent in odd.items():
        extra = json.dumps({"parentMetricId": parent})
        database.connection.execute("UPDATE key_results SET extra = ? WHERE id = ?", (extra, record))
    _to_trees(database.path)
    linked = [row[:3] for row in _rows(database, "key_results", COUNTED) if row[1] or row[2]]
    assert linked in (
        [(acme.revenue, other, 0), (other, "", 1)],
        [(acme.revenue, "", 1), (other, acme.revenue, 0)],
    )
