"""A server process of the benchmarks: `serve.py milepost URL`, `serve.py constant FILE` or `serve.py bare DATABASE`.

All are the same program but for the application: uvicorn with the settings of `milepost serve`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import floors

from milepost import app, config
from milepost.cli import answering, listening
from milepost.cli.signals import ending_cleanly


def main(kind: str, about: str) -> None:
    settings = config.from_environment()
    opened = listening.bound("127.0.0.1", 0)

    def ready() -> None:
        print(opened.getsockname()[1], flush=True)

    with ending_cleanly():
        if kind == "constant":
            answering.serve(floors.constant(Path(about)), opened, ready, settings)
        elif kind == "bare":
            answering.serve(floors.bare(floors.Bare(Path(about))), opened, ready, settings)
        else:
            with app.running(settings, app.database(about)) as application:
                answering.serve(application, opened, ready, settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
