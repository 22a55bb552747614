"""One of several processes that serve a database. The parent has bound the socket; the worker ends when told to, or
when its parent is gone.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import closing
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from socket import socket

from milepost import app, logs
from milepost.cli import answering
from milepost.cli.publishing import figures_of
from milepost.cli.signals import ending_cleanly, let_in
from milepost.config import Settings


def work(settings: Settings, opened: socket, told: Connection) -> None:
    """Answer calls on the socket until SIGTERM; `told` gets a message once calls are accepted.

    Signals are held back at the start of the process, until it can handle them.
    """

    def ready() -> None:
        _leave_interrupts_to_the_parent()  # again: uvicorn has taken them over
        let_in()
        told.send(None)
        told.close()

    with (
        logs.written(settings.log, requests=settings.log_requests),
        ending_cleanly(),
        closing(app.attached(settings.database)) as database,
    ):
        _leave_interrupts_to_the_parent()
        threading.Thread(target=_end_with_the_parent, name="milepost-orphan", daemon=True).start()
        figures = figures_of(settings)
        count = figures.connections if figures is not None else None
        with app.running(settings, database, figures=figures) as application:
            answering.serve(application, opened, ready, settings, count)


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C goes to every process of a terminal. The parent handles it, and tells the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with_the_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
