"""One quarter of the demo company: what its people planned, how they checked in week by week, and how it ended."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import partial

from milepost.actions import check_ins, cycles, key_results, objectives
from milepost.actions.context import Context
from milepost.actions.cycles import CycleChange
from milepost.cli.demo_company import larkspur
from milepost.cli.demo_company.calendar import Calendar
from milepost.cli.demo_company.plan import Aim, Measure
from milepost.cli.demo_company.quarters import Quarter
from milepost.cli.demo_company.readings import WEEKS, readings
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.cycle import CycleState
from milepost.domain.instants import DAY, SECOND, Instant
from milepost.domain.key_result import Tag
from milepost.domain.objective import ObjectiveStatus

_HOUR = 3_600 * SECOND


class QuarterWork:
    """Notes in a calendar what happens for a quarter. `staff` gives each person, by first name, at work, and `teams`
    the id of each team by its name.
    """

    def __init__(
        self, quarter: Quarter, staff: Mapping[str, Context], teams: Mapping[str, str], calendar: Calendar
    ) -> None:
        self._quarter = quarter
        self._staff = staff
        self._teams = teams
        self._calendar = calendar
        self._founder = next(iter(staff.values()))
        # The ids of what has been made, by name; no two things of one quarter share a name.
        self._ids: dict[str, str] = {}

    def plan(self, aims: Sequence[Aim], at: Instant) -> None:
        """The quarter and everything that people aim at in it, and their check-ins while it runs."""
        self._calendar.at(at, self._add_cycle)
        for day, aim in enumerate(aims, start=1):
            self._calendar.at(at + day * DAY // 2, partial(self._add_aim, aim))
            for measure in aim.measures:
                self._follow(measure)

    def finish(self, aims: Sequence[Aim]) -> None:
        """How each aim turned out; then nothing in the quarter changes any more."""
        over = self._quarter.ends_at + 3 * DAY
        for hour, aim in enumerate(aims):
            if aim.outcome is not ObjectiveStatus.ACTIVE:
                self._calendar.at(over + hour * _HOUR, partial(self._close_aim, aim))
        self._calendar.at(over + 2 * DAY, self._close_cycle)

    def _add_cycle(self) -> None:
        quarter = self._quarter
        span = CycleChange(
            name=quarter.name, starts_at=quarter.starts_at, ends_at=quarter.ends_at, time_zone=larkspur.TIME_ZONE
        )
        self._ids[quarter.name] = cycles.add(self._founder, span).id

    def _close_cycle(self) -> None:
        cycles.revise(self._founder, self._ids[self._quarter.name], CycleChange(state=CycleState.CLOSED))

    def _add_aim(self, aim: Aim) -> None:
        context = self._staff[aim.owners[0]]
        change = ObjectiveChange(
            name=aim.name,
            description=aim.description,
            owner_ids=self._owners(aim.owners, aim.team),
            parent_id=self._ids[aim.parent] if aim.parent else "",
            tags=tuple(Tag(title) for title in aim.tags),
            custom_fields={"theme": aim.theme},
        )
        self._ids[aim.name] = objectives.add(context, self._ids[self._quarter.name], change).objective.id
        for measure in aim.measures:
            self._add_measure(context, aim, measure)

    def _add_measure(self, context: Context, aim: Aim, measure: Measure) -> None:
        change = KeyResultChange(
            name=measure.name,
            description=measure.description,
            kind=measure.kind,
            start=measure.start,
            target=measure.target,
            target_max=measure.target_max,
            critical=measure.critical,
            weight=measure.weight,
            number_type="double",
            format=measure.format,
            owner_ids=self._owners((measure.owner,), measure.team),
            tags=tuple(Tag(title) for title in aim.tags),
            due_at=self._quarter.ends_at if measure.due else None,
            custom_fields={"source": measure.source} if measure.source else None,
        )
        made = key_results.add(context, self._ids[aim.name], change)
        self._ids[measure.name] = made.key_result.id

    def _owners(self, people: Sequence[str], team: str) -> tuple[str, ...]:
        return (*(self._staff[one].user_id for one in people), *((self._teams[team],) if team else ()))

    def _follow(self, measure: Measure) -> None:
        """Check-ins in the measure's rhythm, and whenever there is something to say; always one in the last week."""
        chance = random.Random(measure.name)  # noqa: S311  # a story, not a secret
        line = readings(measure, chance)
        remarks = {remark.week: remark for remark in measure.remarks}
        for week in sorted({*range(WEEKS - 1, -1, -measure.every), *remarks}):
            remark = remarks.get(week)
            spoken_of = self._quarter.at(week, chance.choice((2, 3, 4)), chance.uniform(8, 17))
            # Now and then somebody is late and writes down next week what was true in this one.
            late = week < WEEKS - 1 and chance.random() < 0.1
            written = self._quarter.at(week + 1, 0, 9) if late else spoken_of
            entry = Entry(
                value=line[week],
                confidence=remark.confidence if remark else None,
                comment=remark.comment if remark else "",
                effective_at=spoken_of,
            )
            self._calendar.if_past(written, partial(self._check_in, measure, entry))

    def _check_in(self, measure: Measure, entry: Entry) -> None:
        check_ins.record(self._staff[measure.owner], self._ids[measure.name], entry)

    def _close_aim(self, aim: Aim) -> None:
        objectives.close(self._staff[aim.owners[0]], self._ids[aim.name], aim.outcome, aim.verdict)
