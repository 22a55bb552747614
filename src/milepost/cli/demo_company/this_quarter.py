"""What Larkspur Bicycles is at in the quarter that runs, with all seven kinds of key result."""

from __future__ import annotations

from milepost.cli.demo_company.plan import PERCENT, STARS, Aim, Measure, Remark
from milepost.domain.key_result import Format, Kind

_COMPANY = Aim(
    name="Become the e-bike that commuters recommend",
    owners=("Ines",),
    tags=("company",),
    theme="riders",
    description="People buy the bike that a colleague lets them try. Everything this quarter serves that moment.",
    measures=(
        Measure(
            name="Bikes sold",
            owner="Amara",
            kind=Kind.INCREASE,
            start=0,
            target=1_800,
            ends=1_710,
            weight=2,
            source="ledger",
            due=True,
            remarks=(
                Remark(0, 0.7, "A good first week: the press test is out."),
                Remark(3, 0.7, "Ahead of the line. Company bikes make up a third of it."),
                Remark(7, 0.6, "Two weeks of rain, and the lead that we had is gone."),
                Remark(11, 0.6, "The fleet order would close the gap, if it is signed in time."),
            ),
        ),
        Measure(
            name="Companies that buy bikes for their people",
            owner="Ines",
            kind=Kind.INCREASE,
            start=6,
            target=20,
            ends=19,
            every=2,
            remarks=(
                Remark(1, 0.6, "Two signed after the trial week. A trial sells better than any talk of ours."),
                Remark(5, 0.5, "The insurer wants locks first; the others are on track."),
                Remark(9, 0.7, "The hospital signed, for three sites."),
            ),
        ),
        Measure(
            name="Riders who would recommend us, net",
            owner="Ines",
            kind=Kind.INCREASE,
            start=41,
            target=55,
            ends=53,
            every=2,
            source="survey",
            remarks=(
                Remark(2, 0.5, "Three points up; the quiet motor is what people mention."),
                Remark(8, 0.7, "50. Delivery time is the one complaint left."),
            ),
        ),
    ),
)

_CARGO = Aim(
    name="Launch the cargo bike on time",
    owners=("Tomás", "Priya"),
    tags=("product", "cargo"),
    team="Bikes",
    theme="product",
    parent=_COMPANY.name,
    measures=(
        Measure(
            name="The first series leaves the line",
            owner="Priya",
            kind=Kind.MILESTONE,
            start=0,
            target=1,
            ends=0.9,
            weight=2,
            every=2,
            remarks=(
                Remark(0, 0.6, "Tooling is ordered, frames are welded from next week on."),
                Remark(4, 0.5, "The box supplier is two weeks late; Jonas has a second one."),
                Remark(8, 0.7, "Ten bikes of the pre-series on the road."),
            ),
        ),
        Measure(
            name="Open defects of the pre-series",
            owner="Priya",
            team="Bikes",
            kind=Kind.DECREASE,
            start=86,
            target=10,
            ends=17,
            source="issue tracker",
            remarks=(
                Remark(1, 0.6, "Most of it is cabling. One harness fixes thirty of them."),
                Remark(6, 0.7, "Below fifty. The kickstand is the stubborn one."),
            ),
        ),
        Measure(
            name="Pre-orders",
            owner="Tomás",
            kind=Kind.INCREASE,
            start=0,
            target=400,
            ends=430,
            source="web shop",
            remarks=(
                Remark(1, 0.7, "Nearly sixty in two weeks, without a single advertisement."),
                Remark(5, 0.8, "Families with two children: exactly who we built it for."),
            ),
        ),
    ),
)

_PROMISES = Aim(
    name="Deliver what we promise",
    owners=("Jonas",),
    tags=("operations",),
    theme="resilience",
    parent=_COMPANY.name,
    measures=(
        Measure(
            name="Days from order to doorstep",
            owner="Jonas",
            kind=Kind.DECREASE,
            start=19,
            target=9,
            ends=11,
            format=Format(fraction_size=1, suffix=" days"),
            source="shipping",
            remarks=(
                Remark(2, 0.6, "The second carrier takes the south from Monday on."),
                Remark(6, 0.5, "Two weeks now. Paint is the bottleneck, not transport."),
                Remark(10, 0.6, "A second paint shift brings a day and a half."),
            ),
        ),
        Measure(
            name="Finished bikes in stock",
            owner="Jonas",
            team="Assembly",
            kind=Kind.IN_RANGE,
            start=310,
            target=250,
            target_max=400,
            ends=330,
            sway=55,
            description="Fewer, and dealers wait; more, and the money stands in the yard.",
            source="warehouse",
            remarks=(Remark(4, 0.8, "Evened out since we plan by the week."),),
        ),
        Measure(
            name="Warranty claims for a hundred bikes",
            owner="Priya",
            kind=Kind.STAY_BELOW,
            start=2.6,
            target=2.0,
            critical=3.5,
            ends=1.8,
            sway=0.2,
            format=Format(fraction_size=1),
            every=2,
            source="help desk",
            remarks=(Remark(2, 0.6, "The old display is most of it; the new one is in every bike that leaves now."),),
        ),
    ),
)

_STRONG = Aim(
    name="Grow where we are strong",
    owners=("Amara", "Olivier"),
    tags=("growth",),
    theme="growth",
    parent=_COMPANY.name,
    measures=(
        Measure(
            name="Active dealers",
            owner="Amara",
            team="Riders and dealers",
            kind=Kind.INCREASE,
            start=53,
            target=70,
            ends=68,
            source="dealer portal",
            remarks=(Remark(3, 0.7, "Four more in Belgium, all of them asked us."),),
        ),
        Measure(
            name="Gross margin",
            owner="Olivier",
            kind=Kind.STAY_ABOVE,
            start=37.4,
            target=38,
            critical=33,
            ends=38.6,
            sway=0.5,
            format=PERCENT,
            every=2,
            source="ledger",
            remarks=(
                Remark(2, 0.6, "Batteries cost less since the new contract."),
                Remark(8, 0.7, "The dollar helps; I would not build on it."),
            ),
        ),
        Measure(
            name="Visitors a week in the flagship shop",
            owner="Amara",
            kind=Kind.BASELINE,
            start=0,
            target=0,
            ends=640,
            sway=60,
            description="We only count this quarter, to know what a good target is.",
            source="door counter",
        ),
    ),
)

_FRIENDS = Aim(
    name="Turn riders into friends",
    owners=("Mei",),
    tags=("care",),
    team="Riders and dealers",
    theme="riders",
    parent=_STRONG.name,
    measures=(
        Measure(
            name="Stars that riders give our answers",
            owner="Mei",
            kind=Kind.STAY_ABOVE,
            start=4.62,
            target=4.6,
            critical=4.2,
            ends=4.66,
            sway=0.05,
            format=STARS,
            every=2,
            source="help desk",
        ),
        Measure(
            name="Public reviews",
            owner="Mei",
            kind=Kind.INCREASE,
            start=1_204,
            target=2_000,
            ends=1_690,
            source="web",
            remarks=(
                Remark(2, 0.4, "Asking at the doorstep works, asking by mail does not."),
                Remark(7, 0.3, "Not enough. We ask at the first inspection as well from now on."),
            ),
        ),
    ),
)

_PEOPLE = Aim(
    name="Be a place where people stay",
    owners=("Sofia",),
    tags=("people",),
    theme="people",
    measures=(
        Measure(
            name="Colleagues who would recommend working here, net",
            owner="Sofia",
            kind=Kind.INCREASE,
            start=18,
            target=35,
            ends=31,
            every=4,
            source="survey",
            remarks=(Remark(4, 0.6, "Fixed shifts in assembly: what people had asked for longest."),),
        ),
        Measure(
            name="The apprenticeship begins",
            owner="Sofia",
            kind=Kind.MILESTONE,
            start=0,
            target=1,
            ends=1,
            every=3,
            remarks=(Remark(3, 0.8, "Three places, eleven applications, two trainers."),),
        ),
    ),
)

# A parent stands before its children.
THIS_QUARTER = (_COMPANY, _CARGO, _PROMISES, _STRONG, _FRIENDS, _PEOPLE)
