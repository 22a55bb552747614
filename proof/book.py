"""What one writer was answered, and what may therefore stand in the database after a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec


class Thing(msgspec.Struct, frozen=True):
    """An objective or a key result as it stands, by its writer's own name for it. What one call changes together holds
    one number, so that half of a change shows. `values`: of its check-ins.
    """

    id: str
    beneath: str = ""
    texts: tuple[str, ...] = ()
    target: float = 0.0
    values: frozenset[float] = frozenset()


World = Mapping[str, Thing]
# A world after a call, which needs the id that the answer gave where it made something.
Change = Callable[[World, str], World]


class Faults(msgspec.Struct):
    """What should not be: things that are not as an answer said, and calls of which only a part was done."""

    lost: list[str] = []
    half: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.lost or self.half)


class Book:
    """The world of one writer, whose things nobody else touches, and the one call that he waits for."""

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self.world = world
        self.answered = 0
        self._pending: Change | None = None

    def ask(self, change: Change) -> None:
        """A call is about to be sent."""
        self._pending = change

    def answer(self, record_id: str) -> None:
        """It was answered with success: from now on it has to stand."""
        assert self._pending is not None
        self.world = self._pending(self.world, record_id)
        self._pending = None
        self.answered += 1

    @property
    def waits(self) -> bool:
        """Whether a call was never answered."""
        return self._pending is not None

    def compare(self, found: World) -> Faults:
        """Hold what is found after a crash against this book, which goes on from there.

        A call that was never answered may have been done, or not: either is right, but nothing between the two.
        """
        faults, before, after = Faults(), self.world, self.world
        if self._pending is not None:
            made = next((thing.id for name, thing in found.items() if name not in before), "")
            after = self._pending(before, made)
        if found not in (before, after):
            for name in sorted({*before, *after, *found}):
                there = found.get(name)
                if there not in (before.get(name), after.get(name)):
                    faults.lost.append(f"{self.name}: {name}: {_difference(before.get(name), there)}")
            if not faults.lost:
                faults.half.append(f"{self.name}: a call that was never answered is half done")
        self.world, self._pending = found, None
        return faults


def _difference(should: Thing | None, is_: Thing | None) -> str:
    if should is None or is_ is None:
        return "is there" if is_ else "is not there"
    missing, more = should.values - is_.values, is_.values - should.values
    rest = [msgspec.structs.replace(one, values=frozenset()) for one in (should, is_)]
    said = f"should be {rest[0]} and is {rest[1]}; " if rest[0] != rest[1] else ""
    return f"{said}check-ins that are missing: {sorted(missing)}; that nobody made: {sorted(more)}"
