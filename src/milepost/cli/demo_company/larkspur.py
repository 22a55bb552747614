"""Larkspur Bicycles, a maker of city e-bikes that does not exist: who works there, and what the next quarter is for."""

from __future__ import annotations

from milepost.cli.demo_company.plan import EUROS, Aim, Group, Measure, Person
from milepost.domain.key_result import Format, Kind
from milepost.domain.people import Role

NAME = "Larkspur Bicycles"
MAIL_DOMAIN = "larkspur.example"
TIME_ZONE = "Europe/Amsterdam"

# The first one is the founder.
PEOPLE = (
    Person("Ines", "Almeida", "Chief executive", Role.ADMIN),
    Person("Sofia", "Rossi", "People", Role.ADMIN),
    Person("Tomás", "Herrera", "Product"),
    Person("Priya", "Raman", "Engineering"),
    Person("Jonas", "Lindqvist", "Operations"),
    Person("Amara", "Okafor", "Sales"),
    Person("Mei", "Tanaka", "Customer care"),
    Person("Olivier", "Dubois", "Finance"),
    Person("Karel", "Novák", "Retail", left=True),
    Person("Ruth", "Adler", "Supervisory board", Role.VIEWER),
)

# One that others belong to stands before them.
GROUPS = (
    Group(
        name="Bikes",
        description="What leaves the yard: designed, built and delivered.",
        lead="Tomás",
        members=("Tomás", "Priya", "Jonas"),
    ),
    Group(
        name="Assembly",
        description="The line and the warehouse.",
        lead="Jonas",
        members=("Jonas", "Priya"),
        within="Bikes",
    ),
    Group(
        name="Riders and dealers",
        description="Everybody who talks to somebody outside, from the first call to the last repair.",
        lead="Amara",
        members=("Ines", "Amara", "Mei"),
    ),
)

NEXT_QUARTER = (
    Aim(
        name="Take the cargo bike to three countries",
        owners=("Ines", "Amara"),
        tags=("company", "growth"),
        theme="growth",
        description="A first draft; Amara fills in the numbers once the pre-orders have closed.",
        measures=(
            Measure(
                name="Cargo bikes sold abroad", owner="Amara", kind=Kind.INCREASE, start=0, target=600, ends=0, weight=2
            ),
            Measure(
                name="Dealers abroad with a trained mechanic",
                owner="Jonas",
                kind=Kind.INCREASE,
                start=4,
                target=25,
                ends=4,
            ),
        ),
    ),
    Aim(
        name="Pay for the second assembly line",
        owners=("Olivier",),
        tags=("finance",),
        theme="resilience",
        parent="Take the cargo bike to three countries",
        measures=(
            Measure(
                name="The bank agrees to the loan", owner="Olivier", kind=Kind.MILESTONE, start=0, target=1, ends=0
            ),
            Measure(
                name="Months of cash in hand",
                owner="Olivier",
                kind=Kind.STAY_ABOVE,
                start=10,
                target=9,
                critical=6,
                ends=10,
                format=Format(fraction_size=1),
            ),
            Measure(
                name="Cost of a cargo bike",
                owner="Jonas",
                kind=Kind.DECREASE,
                start=2_340,
                target=2_100,
                ends=2_340,
                format=EUROS,
            ),
        ),
    ),
)
