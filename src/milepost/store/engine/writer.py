"""One thread that writes: the changes that wait together share one commit; on PostgreSQL, those of one account.

A durable commit costs far more than the change itself. Each change runs in a savepoint of its own, so that one which
fails takes no other with it, and each is answered only after the commit that holds it is on disk. A change that comes
alone is committed at once.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

from milepost.store.engine.database import Database

T = TypeVar("T")
# The change, the future for its outcome, and its account.
Job = tuple[Callable[[], Any], "Future[Any]", str]

# At most this many changes share a commit: a batch is held in memory and delays its first member.
BATCH = 64


class Writer:
    """Runs changes one after the other on a thread of its own. Close it to wait for what is still to be done."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="milepost-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Callable[[], T], account_id: str = "") -> Future[T]:
        """Queue a change of an account; its future holds what it returned, or raised, once that is durable."""
        future: Future[T] = Future()
        self._jobs.put((change, future, account_id))
        return future

    def close(self) -> None:
        """Do what is queued, then end."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch, last = [job], False
            while len(batch) < BATCH:
                try:
                    more = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    last = True
                    break
                batch.append(more)
            self._commit(batch)
            if last:
                return

    def _commit(self, batch: list[Job]) -> None:
        # Changes that were cancelled in the queue are skipped; from here on the others cannot be cancelled.
        batch = [job for job in batch if job[1].set_running_or_notify_cancel()]
        for together in self._sharing(batch):
            if len(together) == 1:
                change, future, _ = together[0]
                self._commit_alone(change, future)
            else:
                self._commit_together(together)

    def _sharing(self, batch: list[Job]) -> Iterable[list[Job]]:
        """The changes, grouped by commit. Each locks its account until then: two processes that locked several could
        deadlock.
        """
        if self._database.is_embedded:
            return [batch] if batch else []
        by_account: dict[str, list[Job]] = {}
        for job in batch:
            by_account.setdefault(job[2], []).append(job)
        return by_account.values()

    def _commit_alone(self, change: Callable[[], Any], future: Future[Any]) -> None:
        try:
            with self._database.transaction():
                result = change()
        except BaseException as error:
            future.set_exception(_failure(error))
        else:
            future.set_result(result)

    def _commit_together(self, batch: list[Job]) -> None:
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._database.transaction():
                for change, future, _ in batch:
                    try:
                        with self._database.transaction():
                            outcomes.append((future, change(), None))
                    except BaseException as error:
                        if not self._database.in_transaction:
                            raise  # the whole batch is gone with it: a full disk, an input/output error
                        outcomes.append((future, None, error))
        except BaseException as error:
            outcomes = [(future, None, error) for _, future, _ in batch]
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(_failure(failure))


def _failure(error: BaseException) -> Exception:
    """What a change that failed is answered with. An exception that would end the thread, such as a library's panic, or
    the event loop that waits for it, such as SystemExit, ends only its own change.
    """
    if isinstance(error, Exception):
        return error
    failure = RuntimeError(f"a change raised {type(error).__name__}")
    failure.__cause__ = error
    return failure
