"""Retries for a service that is busy or briefly away: when to try again, how long to wait, when to give up."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

T = TypeVar("T")

TRIES = 6
# The longest wait, in seconds, that is granted to a Retry-After; a longer one ends the tries.
LONGEST = 120.0

# 2, 4, 8, 16 and 32 seconds, each with up to two more: about a minute in all.
_backoff = wait_exponential(multiplier=2, max=32) + wait_random(0, 2)


class NotNow(Exception):
    """A call failed, but may succeed later. `after`: the seconds that the service asked to wait."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Patience:
    """Repeats calls that end in `NotNow`. `sleep` waits for some seconds; `tell` gets a message at every wait."""

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, tell: Callable[[str], None] = lambda _words: None
    ) -> None:
        self._tell = tell
        self._retrying = Retrying(
            stop=lambda state: stop_after_attempt(TRIES)(state) or _asked(state) > LONGEST,
            wait=lambda state: max(_backoff(state), _asked(state)),
            retry=retry_if_exception_type(NotNow),
            sleep=sleep,
            before_sleep=self._mention,
            reraise=True,
        )

    def try_(self, call: Callable[[], T]) -> T:
        """The result of the call; raises the last `NotNow` where it never works, or the wait would be too long."""
        return self._retrying(call)

    def _mention(self, state: RetryCallState) -> None:
        if state.outcome is not None and state.next_action is not None:
            self._tell(f"{state.outcome.exception()}; trying again in {state.next_action.sleep:.0f} s")


def asked_wait(retry_after: str, now: float) -> float | None:
    """The seconds that a Retry-After header asks for, which holds seconds or a date; `None` where it says neither."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        return None


def _asked(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    return error.after or 0.0 if isinstance(error, NotNow) else 0.0
