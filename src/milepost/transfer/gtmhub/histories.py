"""metricHistory: the entries of a saved key result as check-ins, and which of them are new."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count, takewhile
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.check_ins import HistoryDto
from milepost.domain import check_in, ids
from milepost.domain.check_in import CheckIn
from milepost.domain.errors import Fault, Invalid
from milepost.domain.values import document, number, text
from milepost.store import holders
from milepost.transfer import derived_ids
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Item, Run

FIELD = "metricHistory"


class EntryBody(msgspec.Struct, rename="camel"):
    """What an entry says that is not read elsewhere."""

    id: str | UnsetType | None = UNSET
    metric_id: str | UnsetType | None = UNSET
    metric_value: float | UnsetType | None = UNSET
    confidence_value: float | UnsetType | None = UNSET
    comment: str | UnsetType | None = UNSET
    custom_fields: dict[str, Any] | UnsetType | None = UNSET


class Missing(msgspec.Struct, frozen=True):
    """The entries to add, and the faults of those that cannot be taken."""

    entries: list[CheckIn]
    faults: list[Fault]


def missing(run: Run, item: Item, known: Sequence[CheckIn]) -> Missing:
    """The entries that are neither among the `known` check-ins of the key result nor withdrawn here.

    An entry that cannot be taken is a fault; the others are taken. `Invalid` where there is no list.
    """
    faults: list[Fault] = []
    return Missing(_fresh(run, item, _decoded(item, faults), known, faults), faults)


def tell(run: Run, item: Item, found: Missing) -> None:
    """Count the entries that were added, and report those that could not be."""
    tally = run.report.tally(item.file)
    tally.history_added += len(found.entries)
    tally.history_refused += len({fault.field.partition(".")[0] for fault in found.faults})
    run.report.refuse(item.file, item.index, found.faults)


def _decoded(item: Item, faults: list[Fault]) -> list[tuple[int, CheckIn]]:
    """(index, check-in) of every entry that can be read; its id is "" where it has none."""
    entries = item.raw.get(FIELD)
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise Invalid(FIELD, "must be a list")
    decoded = []
    for index, raw in enumerate(entries):
        try:
            decoded.append((index, _entry(item, raw)))
        except Invalid as error:
            faults.extend(_fault(index, one.field, one.message) for one in error.faults)
    return decoded


def _entry(item: Item, raw: Any) -> CheckIn:
    if not isinstance(raw, dict):
        raise Invalid("", "must be an object")
    given = shared.named(shared.convert(raw, EntryBody))
    if "metric_value" not in given:
        raise Invalid("metricValue", "is required")
    if given.get("metric_id") and ids.parse(given["metric_id"], "metricId") != item.id:
        raise Invalid("metricId", "is not the metric that the entry stands in")
    effective_at, recorded_at = reading.moment(raw, "updatedAt"), reading.moment(raw, "createdAt")
    effective_at = recorded_at if effective_at is None else effective_at
    if effective_at is None:
        raise Invalid("updatedAt", "is required, or createdAt: an entry of the history has a date")
    said = given.get("confidence_value")
    return CheckIn(
        account_id=item.context.account_id,
        id=ids.parse(given["id"], "id") if given.get("id") else "",
        key_result_id=item.id,
        value=number(given["metric_value"], "metricValue"),
        confidence=None if said is None else check_in.confidence(said, "confidenceValue"),
        comment=text(given.get("comment", ""), "comment"),
        author_id=reading.person(raw, "changedBy"),
        effective_at=effective_at,
        recorded_at=effective_at if recorded_at is None else recorded_at,
        custom_fields=document(given.get("custom_fields"), "customFields"),
        extra=document(shared.unknown(raw, HistoryDto), ""),
    )


def _fresh(
    run: Run, item: Item, decoded: list[tuple[int, CheckIn]], known: Sequence[CheckIn], faults: list[Fault]
) -> list[CheckIn]:
    """The new entries, each under its id; an id that another record has is a fault."""
    here = {entry.id for entry in known} | run.removed(item.context.account_id)
    unnamed = [(index, entry) for index, entry in decoded if not entry.id]
    named = [(index, entry) for index, entry in decoded if entry.id]
    wanted = sorted([*named, *_identified(unnamed, known, here)], key=lambda pair: pair[0])
    held = holders.kinds(run.database, item.context.account_id, (entry.id for _, entry in wanted))
    first = {item.id: "the metric itself"}
    fresh = []
    for index, entry in wanted:
        if entry.id in first:
            faults.append(_fault(index, "id", f"is the id of {first[entry.id]} already"))
            continue
        first[entry.id] = f"{FIELD}[{index}]"
        if entry.id in here:
            continue
        if entry.id in held:
            faults.append(_fault(index, "id", f"is the id of another record already: a {held[entry.id]}"))
            continue
        fresh.append(entry)
    return fresh


def _identified(
    unnamed: list[tuple[int, CheckIn]], known: Sequence[CheckIn], here: set[str]
) -> list[tuple[int, CheckIn]]:
    """Entries without an id, each with an id derived from its key result, dates and value.

    Entries that agree in all of these are numbered. They are matched with existing check-ins by their other fields
    first, then by number: so an edited comment or a new entry among them neither doubles nor hides one.
    """
    standing = {entry.id: entry for entry in known}
    alike: dict[str, list[tuple[int, CheckIn]]] = {}
    for index, entry in unnamed:
        alike.setdefault(derived_ids.of_entry(entry, 0), []).append((index, entry))
    found = []
    for group in alike.values():
        ours = _ids_here(group[0][1], here)
        following = len(ours)
        left = []
        for index, entry in group:
            same = next((one for one in ours if one in standing and _said(standing[one]) == entry), None)
            if same is None:
                left.append((index, entry))
            else:
                ours.remove(same)
                found.append((index, msgspec.structs.replace(entry, id=same)))
        new = (derived_ids.of_entry(group[0][1], repeat) for repeat in count(following))
        named = zip(left, chain(ours, new), strict=False)  # `new` never ends
        found += [(index, msgspec.structs.replace(entry, id=one)) for (index, entry), one in named]
    return found


def _ids_here(entry: CheckIn, here: set[str]) -> list[str]:
    """The ids of existing and withdrawn check-ins that agree with this entry."""
    return list(takewhile(here.__contains__, (derived_ids.of_entry(entry, repeat) for repeat in count())))


def _said(entry: CheckIn) -> CheckIn:
    """A check-in as its file has it, without an id."""
    return msgspec.structs.replace(entry, id="")


def _fault(index: int, field: str, message: str) -> Fault:
    return Fault(f"{FIELD}[{index}]{'.' if field else ''}{field}", message)
