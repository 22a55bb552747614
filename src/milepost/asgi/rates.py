"""Rate limits: requests a second of one token, and of one address; told in RateLimit and RateLimit-Policy
(draft-ietf-httpapi-ratelimit-headers).

Each has a bucket with the requests of one second, which refills within a second. Each process counts for itself.
"""

from __future__ import annotations

from token_bucket import Limiter, MemoryStorage

from milepost.asgi.refused import Headers, Refused

# At most this many buckets are kept.
_MOST = 32_768


class Rates:
    """`limit`: requests a second."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buckets = _Buckets()
        self._limiter = Limiter(limit, limit, self._buckets)
        policies = ", ".join(f'"{policy}";q={limit};w=1' for policy in ("address", "token"))
        self._policy = (b"ratelimit-policy", policies.encode())

    def count(self, policy: str, who: str, left: list[str]) -> None:
        """Count a request of `who`, under the policy `address` or `token`, and add to `left` the requests that remain;
        `Refused` (429) above the limit.
        """
        key = f"{policy} {who}"
        taken = self._limiter.consume(key)
        left.append(f'"{policy}";r={int(self._buckets.get_token_count(key))};t=1')
        if not taken:
            many = f"more than {self._limit} requests a second came from your {policy}: slow down"
            raise Refused(429, many, ((b"retry-after", b"1"),))

    def headers(self, left: list[str]) -> Headers:
        """The headers with the limits and the requests that remain."""
        return self._policy, (b"ratelimit", ", ".join(left).encode())


class _Buckets(MemoryStorage):
    """Buckets, limited in number. At the limit all begin anew: after a quiet second a bucket is full anyway."""

    def replenish(self, key: str | bytes, rate: float, capacity: int) -> None:
        """Refill a bucket for the time since it was last refilled."""
        if len(self._buckets) >= _MOST and key not in self._buckets:
            self._buckets.clear()
        super().replenish(key, rate, capacity)
