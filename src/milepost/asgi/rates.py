"""How many requests a second are taken of one token, and of one address; told in RateLimit and RateLimit-Policy
(draft-ietf-httpapi-ratelimit-headers).

Each has a bucket of as many as a second allows, which fills again as fast. They are counted in this process alone.
"""

from __future__ import annotations

from token_bucket import Limiter, MemoryStorage

from milepost.asgi.refused import Headers, Refused

# At most this many tokens and addresses are counted.
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
        """Count a request of an `address`, or of a `token`, and add to `left` how many more he may send; `Refused`
        (429) where that is none.
        """
        key = f"{policy} {who}"
        taken = self._limiter.consume(key)
        left.append(f'"{policy}";r={int(self._buckets.get_token_count(key))};t=1')
        if not taken:
            many = f"more than {self._limit} requests a second came from your {policy}: slow down"
            raise Refused(429, many, ((b"retry-after", b"1"),))

    def headers(self, left: list[str]) -> Headers:
        """The headers that tell of it."""
        return self._policy, (b"ratelimit", ", ".join(left).encode())


class _Buckets(MemoryStorage):
    """Bounded. When there are too many, all begin anew: whoever was quiet for a second would have a full one anyway."""

    def replenish(self, key: str | bytes, rate: float, capacity: int) -> None:
        """Fill a bucket by what came since it was last filled."""
        if len(self._buckets) >= _MOST and key not in self._buckets:
            self._buckets.clear()
        super().replenish(key, rate, capacity)
