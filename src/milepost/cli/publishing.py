"""The port of the Prometheus metrics, beside the one for clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from milepost.cli.failure import Failed
from milepost.config import Settings, share_figures

if TYPE_CHECKING:
    from milepost.prometheus import Figures

# Memory, if there is such a place: a write to a mapped file on a full disk would kill the process.
_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it


@contextmanager
def publishing(settings: Settings) -> Iterator[str]:
    """Serve the metrics for the context, which gives the folder of their values, "" where metrics are off. `Failed`
    where the port is not available.
    """
    if settings.figures_at is None:
        yield ""
        return
    host, port = settings.figures_at
    where = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    with TemporaryDirectory(prefix="milepost-figures-", dir=where) as kept, ExitStack() as stack:
        share_figures(kept)
        from milepost import prometheus  # imported here: it looks at what was just shared

        try:
            stack.enter_context(prometheus.published(kept, host, port))
        except OSError as error:
            raise Failed(f"MILEPOST_METRICS: cannot listen on {host} port {port}: {error.strerror or error}") from error
        yield kept


def forget(kept: str, process: int) -> None:
    """Drop the values of a process that has ended."""
    if kept:
        from milepost import prometheus  # imported here: on most servers metrics are off

        prometheus.forget(kept, process)


def figures_of(settings: Settings) -> Figures | None:
    """The metrics of this process; `None` where they are off."""
    if settings.figures_at is None:
        return None
    from milepost.prometheus import Figures  # imported here, as above

    return Figures()
