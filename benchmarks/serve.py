"""A server process of the benchmark: `serve.py milepost DATABASE`, or `serve.py constant FILE`.

Both are the same program but for the application: uvicorn with the settings of `milepost serve`. The constant one
answers with bytes of the file, a JSON object of numbered texts, by the request's header x-answer.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from milepost import app
from milepost.cli import listening
from milepost.cli.signals import ending_cleanly
from milepost.config import Settings


def constant(file: Path) -> ASGIApp:
    """An application that does nothing but to read the request and to send what it holds."""
    answers = {number.encode(): text.encode() for number, text in json.loads(file.read_bytes()).items()}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body", False):
            pass
        body = answers[dict(scope["headers"])[b"x-answer"]]
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


def main(kind: str, path: Path) -> None:
    opened = listening.bound("127.0.0.1", 0)

    def ready() -> None:
        print(opened.getsockname()[1], flush=True)

    with ending_cleanly():
        if kind == "constant":
            listening.serve(constant(path), opened, ready)
        else:
            store = app.database(f"sqlite:///{path}")
            with app.running(Settings(), store) as application:
                listening.serve(application, opened, ready)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
