"""A saved company of what only an import brings: unknown fields and words, gaps, references to nothing."""

from __future__ import annotations

from saved_company import ACCOUNT, GOAL, JANE, METRIC, company, entry, goal, metric, session, user

MISSING = "61a0000000000000000000d9"

ODD = company(
    accounts=[{"id": ACCOUNT, "name": "Acme", "domain": "", "status": "suspended", "confidenceSettings": {"a": [1.5]}}],
    users=[
        user(roles=[{"name": "Stratege"}, "admin"], extra="ä\u2028", isActive=False),
        user(id="61a0000000000000000000b2", name="Twin", roles=["dataManager"]),
    ],
    teams=[{"id": "61a0000000000000000000f1", "name": "Crew", "memberIds": [JANE, "61a0000000000000000000ff"]}],
    customFields=[{"_id": "61a0000000000000000000f2", "name": "risk", "type": "text", "targetTypes": ["metric"]}],
    sessions=[
        session(status="closed", color="red", access=None),
        session(id="61a0000000000000000000c2", start="", end=None),
    ],
    goals=[
        goal(attainmentType="ALL", dateFrom=None, parentId=MISSING, tags=[{"title": "x", "n": 1}]),
        goal(id="61a0000000000000000000d2", parentId=GOAL, closedStatus={"status": "achieved", "why": 2}),
        goal(id="61a0000000000000000000d3", attainmentType="weighted", ownerIds=[], customFields={"k": None}),
    ],
    metrics=[
        metric(
            actual=50, cascadeType="sum", metricHistory=[entry(3, 50, 1, comment="so", odd={"a": 1})],
            confidence={"value": 0.4, "reason": "hm", "mood": "grey"}, format={"prefix": "€", "new": 1}, orderId=7,
        ),
        metric(id="61a0000000000000000000e2", parentMetricId=METRIC, actual=2.2, targetOperator="baseline", orderId=-1),
        metric(id="61a0000000000000000000e3", actual=1e300, metricHistory=[entry(4, 2), entry(4, 2)], critical=3.5,
               targetOperator="at_least", settings=[{"x": 1}], manualType="integer"),
        metric(id="61a0000000000000000000e4", targetOperator="in_range", target=5, targetMax=9,
               dueDate="2022-06-01T00:00:00.5Z"),
    ],
    tasks=[
        {"id": "61a0000000000000000000a7", "name": "Do", "parentId": METRIC, "parentType": "metric", "status": "done",
         "dueDate": "2022-06-01T00:00:00Z", "modifiedAt": "2022-05-05T00:00:00.123456Z", "archived": True,
         "snapshots": [{"newStatus": "inprogress", "modifiedAt": "2022-05-03T00:00:00Z", "modifiedBy": JANE}]},
        {"id": "61a0000000000000000000a8", "name": "Alone", "ownerId": "61a0000000000000000000fe"},
    ],
    lists=[{"id": "61a0000000000000000000a9", "title": "Late", "columns": [{"fieldName": "name"}], "sort": "name"}],
)  # fmt: skip
