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
from typing import Any, NamedTuple, Protocol, TypeVar

from milepost.store.engine.database import Database

T = TypeVar("T")

# At most this many changes share a commit: a batch is held in memory and delays its first member.
BATCH = 64


class Waiter(Protocol):
    """Stands for whoever waits for the outcome of a change, such as a future."""

    def cancelled(self) -> bool:
        """Whether nobody waits any more: then the change is not begun."""


class Outcome(NamedTuple):
    """What a change returned, or the `failure` that it ended in, and who waits for it."""

    waiter: Any
    result: Any
    failure: BaseException | None


# Is told the outcomes of changes that shared a commit, on the writer's thread.
Tell = Callable[[list[Outcome]], None]


class _Job(NamedTuple):
    change: Callable[[], Any]
    account_id: str
    waiter: Waiter
    tell: Tell


class Writer:
    """Runs changes one after the other on a thread of its own. Close it to wait for what is still to be done."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="milepost-writer", daemon=True)
        self._thread.start()

    def queue(self, change: Callable[[], Any], account_id: str, waiter: Waiter, tell: Tell) -> None:
        """Queue a change of an account. Once it is durable, or has failed, `tell` gets its outcome, along with those of
        changes in the same commit that were queued with the same `tell`.
        """
        self._jobs.put(_Job(change, account_id, waiter, tell))

    def submit(self, change: Callable[[], T], account_id: str = "") -> Future[T]:
        """Queue a change of an account; its future holds what it returned, or raised, once that is durable."""
        future: Future[T] = Future()
        self.queue(change, account_id, future, _settle)
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

    def _commit(self, batch: list[_Job]) -> None:
        for together in self._sharing([job for job in batch if not job.waiter.cancelled()]):
            outcomes = [self._alone(together[0])] if len(together) == 1 else self._together(together)
            by_tell: dict[Tell, list[Outcome]] = {}
            for job, outcome in zip(together, outcomes, strict=True):
                by_tell.setdefault(job.tell, []).append(outcome)
            for tell, told in by_tell.items():
                tell(told)

    def _sharing(self, batch: list[_Job]) -> Iterable[list[_Job]]:
        """The changes, grouped by commit. Each locks its account until then: two processes that locked several could
        deadlock.
        """
        if self._database.is_embedded:
            return [batch] if batch else []
        by_account: dict[str, list[_Job]] = {}
        for job in batch:
            by_account.setdefault(job.account_id, []).append(job)
        return by_account.values()

    def _alone(self, job: _Job) -> Outcome:
        try:
            with self._database.transaction():
                result = job.change()
        except BaseException as error:
            return Outcome(job.waiter, None, _failure(error))
        return Outcome(job.waiter, result, None)

    def _together(self, batch: list[_Job]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        try:
            with self._database.transaction():
                for job in batch:
                    try:
                        with self._database.transaction():
                            outcomes.append(Outcome(job.waiter, job.change(), None))
                    except BaseException as error:
                        if not self._database.in_transaction:
                            raise  # the whole batch is gone with it: a full disk, an input/output error
                        outcomes.append(Outcome(job.waiter, None, _failure(error)))
        except BaseException as error:
            return [Outcome(job.waiter, None, _failure(error)) for job in batch]
        return outcomes


def _settle(outcomes: list[Outcome]) -> None:
    """Tell the futures of `submit`."""
    for future, result, failure in outcomes:
        if not future.set_running_or_notify_cancel():
            continue  # cancelled meanwhile
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)


def _failure(error: BaseException) -> Exception:
    """What a change that failed is answered with. An exception that would end the thread, such as a library's panic, or
    the event loop that waits for it, such as SystemExit, ends only its own change; so does one that no future takes.
    """
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    failure = RuntimeError(f"a change raised {type(error).__name__}")
    failure.__cause__ = error
    return failure
