"""What Larkspur Bicycles set out to do in the quarter that is over, and how it ended."""

from __future__ import annotations

from milepost.cli.demo_company.plan import EUROS, STARS, Aim, Measure, Remark
from milepost.domain.key_result import Format, Kind
from milepost.domain.objective import ObjectiveStatus

_DOORS = Aim(
    name="Sell through more doors",
    owners=("Ines", "Amara"),
    tags=("company", "growth"),
    theme="growth",
    description="Half of our riders live more than an hour from the next dealer.",
    outcome=ObjectiveStatus.ACHIEVED,
    verdict="Three dealers more than planned. Revenue follows a quarter later, as it did last year.",
    measures=(
        Measure(
            name="Active dealers",
            owner="Amara",
            kind=Kind.INCREASE,
            start=34,
            target=50,
            ends=53,
            weight=2,
            source="dealer portal",
            remarks=(
                Remark(1, 0.6, "Two contracts signed at the fair, nine more in talks."),
                Remark(5, 0.7, "The northern chain joins with six shops at once."),
                Remark(9, 0.9, "49 of 50, and the last one is a formality."),
                Remark(12, 1.0, "53. Utrecht and Ghent came in on the last day."),
            ),
        ),
        Measure(
            name="Revenue a month through dealers",
            owner="Olivier",
            kind=Kind.INCREASE,
            start=410_000,
            target=520_000,
            ends=498_000,
            format=EUROS,
            source="ledger",
            every=2,
            due=True,
            remarks=(
                Remark(2, 0.7, "New dealers order small at first, as expected."),
                Remark(8, 0.5, "Two large dealers moved their orders into the next month."),
                Remark(12, 0.4, "Short by 22,000, all of it in orders that ship next month."),
            ),
        ),
    ),
)

_MOTOR = Aim(
    name="Ship the quiet motor",
    owners=("Priya", "Tomás"),
    tags=("product",),
    theme="product",
    parent=_DOORS.name,
    outcome=ObjectiveStatus.ACHIEVED,
    verdict="In series since week eleven. One and a half decibels remain, and nobody hears them.",
    measures=(
        Measure(
            name="The motor passes type approval",
            owner="Priya",
            kind=Kind.MILESTONE,
            start=0,
            target=1,
            ends=1,
            every=3,
            remarks=(
                Remark(3, 0.5, "Water test failed at the cable gland; a new part is on its way."),
                Remark(9, 0.9, "All tests passed, the certificate is in the post."),
            ),
        ),
        Measure(
            name="Noise at 25 km/h",
            owner="Priya",
            kind=Kind.DECREASE,
            start=64,
            target=55,
            ends=56.5,
            format=Format(fraction_size=1, suffix=" dB"),
            every=2,
            source="test bench",
            remarks=(
                Remark(4, 0.6, "Helical gears bring most of it."),
                Remark(10, 0.7, "57.3 on the bench, 58 on cobblestones."),
            ),
        ),
    ),
)

_ANSWERS = Aim(
    name="Answer every rider within a day",
    owners=("Mei",),
    tags=("care",),
    theme="riders",
    parent=_DOORS.name,
    outcome=ObjectiveStatus.ACHIEVED,
    verdict="Within a day for nine riders in ten; the rest waits for parts, not for us.",
    measures=(
        Measure(
            name="Hours to the first answer",
            owner="Mei",
            kind=Kind.DECREASE,
            start=31,
            target=12,
            ends=14,
            format=Format(fraction_size=1, suffix=" h"),
            source="help desk",
            remarks=(
                Remark(2, 0.5, "Weekends are the trouble: half of the queue is from Saturday."),
                Remark(6, 0.8, "The Saturday shift works. 23 hours and falling."),
            ),
        ),
        Measure(
            name="Stars that riders give our answers",
            owner="Mei",
            kind=Kind.STAY_ABOVE,
            start=4.55,
            target=4.5,
            critical=4.0,
            ends=4.62,
            sway=0.06,
            format=STARS,
            every=2,
            source="help desk",
        ),
    ),
)

_LYON = Aim(
    name="Open a shop in Lyon",
    owners=("Karel",),
    tags=("growth", "retail"),
    theme="growth",
    parent=_DOORS.name,
    outcome=ObjectiveStatus.ABANDONED,
    verdict="The landlord let to somebody else. We try again when the cargo bike is out.",
    measures=(
        Measure(
            name="The shop is open",
            owner="Karel",
            kind=Kind.MILESTONE,
            start=0,
            target=1,
            ends=0.35,
            every=3,
            remarks=(
                Remark(3, 0.6, "Found a place at the river, 140 square metres."),
                Remark(6, 0.2, "The landlord wants five years and a bank guarantee."),
            ),
        ),
    ),
)

# A parent stands before its children.
LAST_QUARTER = (_DOORS, _MOTOR, _ANSWERS, _LYON)
