"""What every test can ask for: a database, the Acme world in it, and a client of each kind."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from acme import Acme, build
from checking_in import Stored
from engines import ENGINES
from milepost import app
from milepost.app import running
from milepost.config import Settings
from milepost.store.engine import Database
from milepost.store.engine.postgresql.locks import Locks
from milepost.store.migrate import open_database
from postgresql import Server, server
from wire import InProcess

Addressed = Callable[[Path], AbstractContextManager[str]]
Opener = Callable[[Path], AbstractContextManager[Database]]
_HERE = Path(__file__).parent

settings.register_profile(
    "milepost", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
settings.load_profile("milepost")


# What depends on the store runs on every engine. The rest runs on SQLite, and so does a test that is marked `sqlite`.
_ON_ALL = (
    "actions/", "store/test_listing.py", "store/test_transactions.py", "store/test_schema_spreads.py",
    "store/test_audit_chain.py", "store/test_remembered.py", "store/test_budget.py", "store/test_watching.py",
    "store/test_restoring.py", "test_last_use.py", "test_durability.py", "test_workers.py", "test_crash.py",
    "test_killed_backups.py",
    "dialects/gtmhub/test_filters_agree.py", "dialects/gtmhub/test_task_filters_agree.py",
    "dialects/gtmhub/test_small_lists_agree.py", "dialects/gtmhub/test_rules_agree.py", "dialects/test_transcripts.py",
    "dialects/test_isolation.py", "dialects/gtmhub/test_isolation.py", "dialects/simpleokr/test_isolation.py",
    "dialects/test_idempotency.py", "dialects/test_versions.py",
    "dialects/gtmhub/test_fuzz.py", "dialects/simpleokr/test_paging.py", "transfer/test_import_records.py",
    "transfer/test_import_histories.py", "transfer/test_export.py", "transfer/test_import_runs.py",
    "transfer/test_web_loading.py", "transfer/test_import_odd_tables.py",
)  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what depends on the store once for each engine."""
    if "engine" not in metafunc.fixturenames or metafunc.definition.get_closest_marker("sqlite"):
        return
    if metafunc.definition.path.relative_to(_HERE).as_posix().startswith(_ON_ALL):
        metafunc.parametrize("engine", ENGINES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The engine that a test runs on."""
    return str(getattr(request, "param", ENGINES[0]))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server."""
    with server() as found:
        yield found


@pytest.fixture(scope="session")
def in_order() -> Iterator[None]:
    """See to it that no transaction locks everything after an account: two that did would wait for each other."""
    with_one = Locks.with_one

    def checked(self: Locks, account_id: str | None) -> tuple[Locks, str]:
        assert account_id is not None or not self.accounts, "this is about every account: it stands before the rest"
        return with_one(self, account_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locks, "with_one", checked)
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with Milepost's tables and nothing in them: to copy it takes less than to make it again for every test."""
    path = tmp_path_factory.mktemp("template") / "milepost.db"
    open_database(path).close()
    return path


@pytest.fixture(scope="session")
def addressed(engine: str, request: pytest.FixtureRequest) -> Addressed:
    """Gives the address of a new database on the engine, with its tables, in a folder where it is a file; it is thrown
    away with it.
    """
    if engine == ENGINES[0]:
        template: Path = request.getfixturevalue("template")

        def copied(folder: Path) -> AbstractContextManager[str]:
            shutil.copyfile(template, folder / "milepost.db")
            return nullcontext(f"sqlite:///{folder}/milepost.db")

        return copied
    on: Server = request.getfixturevalue("postgresql_server")
    request.getfixturevalue("in_order")
    return lambda _folder: on.database()


@pytest.fixture(scope="session")
def opened(addressed: Addressed) -> Opener:
    """Opens such a database, at this program's version."""

    @contextmanager
    def database(folder: Path) -> Iterator[Database]:
        with addressed(folder) as url, closing(app.database(url)) as made:
            yield made

    return database


@pytest.fixture(scope="module")
def new_database(opened: Opener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """An empty database for a whole module."""
    with opened(tmp_path_factory.mktemp("module")) as made:
        yield made


@pytest.fixture
def database(opened: Opener, tmp_path: Path) -> Iterator[Database]:
    """An empty database at this program's version."""
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def stored(addressed: Addressed, tmp_path: Path) -> Iterator[Stored]:
    """The same company in a database that no connection of this process holds open."""
    with addressed(tmp_path) as url:
        with closing(app.database(url)) as database:
            acme = build(database)
        yield Stored(acme, url)


@pytest.fixture
def acme(database: Database) -> Acme:
    """The small company that tests know by name."""
    return build(database)


@pytest.fixture
def anna(acme: Acme) -> Iterator[InProcess]:
    """A client with the admin's token."""
    loop = asyncio.new_event_loop()
    with running(Settings(failed_sign_ins=0), acme.database, acme.clock) as application:
        yield InProcess(application, loop, acme.tokens["anna"], acme.account.id)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture
def ben(anna: InProcess, acme: Acme) -> InProcess:
    """A client with a member's token."""
    return anna.acting(acme.tokens["ben"], acme.account.id)


@pytest.fixture
def vera(anna: InProcess, acme: Acme) -> InProcess:
    """A client with a viewer's token."""
    return anna.acting(acme.tokens["vera"], acme.account.id)


@pytest.fixture
def rita(anna: InProcess, acme: Acme) -> InProcess:
    """A client of another company, an admin there."""
    return anna.acting(acme.tokens["rita"], acme.rival.id)
