"""The fields of each resource, by the names that its answers show."""

from __future__ import annotations

from milepost.dialects.gtmhub.fields import (
    Free,
    Group,
    Leaf,
    Many,
    Node,
    Table,
    dated,
    flag,
    instant,
    kept,
    number,
    prefixed,
    sometimes,
    text,
)
from milepost.domain.query import Field, FieldType

ASSIGNEE: dict[str, Node] = {
    "accountId": text("account_id"),
    "avatar": text("avatar"),
    "color": text("color"),
    "email": text("email"),
    "id": text("id"),
    "isActive": flag("is_active"),
    "name": text("name"),
    "picture": text("picture"),
    "type": text("type"),
}


def _owners() -> dict[str, Node]:
    owner = {name: prefixed(node, ("owner",)) for name, node in ASSIGNEE.items()}
    return {"assignee": Group(Field(("owner",)), owner), "assignees": Many(Field(("owners",)), ASSIGNEE)}


def _tags(record: str) -> Many:
    return Many(Field((record, "tags")), {"title": text("title")}, beside=Field(("extra",)))


KINDS = (
    ("increase", "at_least"),
    ("decrease", "at_most"),
    ("baseline", "baseline"),
    ("in_range", "in_range"),
    ("milestone", "milestone"),
    ("stay_above", "should_stay_above"),
    ("stay_below", "should_stay_below"),
)

_KR = "key_result"
METRIC = Table(
    nodes={
        "id": text(_KR, "id"),
        "accountId": text(_KR, "account_id"),
        "actual": number(_KR, "current"),
        **_owners(),
        "attainment": number(_KR, "score"),
        "cascadeType": text(_KR, "cascade"),
        "confidence": Group(
            Field((_KR, "confidence")),
            {
                "value": sometimes(number(_KR, "confidence", "value")),
                "date": sometimes(instant(_KR, "confidence", "at")),
                "reason": sometimes(text(_KR, "confidence", "reason")),
                "userId": sometimes(text(_KR, "confidence", "by")),
            },
            optional=True,
            beside=Field((_KR, "extra", "confidence")),
        ),
        "createdById": text(_KR, "created_by"),
        "critical": number(_KR, "critical"),
        "customFields": Free(Field((_KR, "custom_fields"))),
        "dateCreated": instant(_KR, "created_at"),
        "description": text(_KR, "description"),
        "dueDate": instant(_KR, "due_at"),
        "dynamic": flag(_KR, "automated"),
        "fieldName": kept(_KR, "extra", "fieldName"),
        "format": Group(
            Field((_KR, "format")),
            {
                "fractionSize": number(_KR, "format", "fraction_size"),
                "prefix": text(_KR, "format", "prefix"),
                "suffix": text(_KR, "format", "suffix"),
            },
            beside=Field((_KR, "format", "extra")),
        ),
        "goalAttainment": number("objective", "score"),
        "goalClosedStatus": Group(
            Field(("objective", "closing")), {"status": text("objective", "closing", "status")}
        ),
        "goalDescription": text("objective", "description"),
        "goalId": text(_KR, "objective_id"),
        "goalName": text("objective", "name"),
        "goalOwnerId": text("objective", "owner_id"),
        "goalOwnerIds": Free(Field(("objective", "owner_ids")), shown=True),
        "initialValue": number(_KR, "start"),
        "insightName": kept(_KR, "extra", "insightName"),
        "lastCheckInDate": instant(_KR, "last_check_in_at"),
        "manualType": text(_KR, "number_type"),
        "modifiedAt": instant(_KR, "modified_at"),
        "modifiedById": text(_KR, "modified_by"),
        "name": text(_KR, "name"),
        "numberOfOwners": number(_KR, "owner_count"),
        "orderId": number(_KR, "position"),
        "ownerId": text(_KR, "owner_id"),
        "ownerIds": Free(Field((_KR, "owner_ids")), shown=True),
        "parentMetricId": text(_KR, "parent_id"),
        "sessionId": text(_KR, "cycle_id"),
        "softDueDate": instant(_KR, "soft_due_at"),
        "tags": _tags(_KR),
        "target": number(_KR, "target"),
        "targetMax": sometimes(number(_KR, "target_max")),
        "targetOperator": Leaf(Field((_KR, "kind"), FieldType.TEXT), spelling=KINDS),
        "taskCount": number(_KR, "task_count"),
        "weight": number(_KR, "weight"),
    },
    unknown=(_KR, "extra"),
    refused=frozenset(
        {
            "access", "health", "metricHistory", "metricHistoryCount", "obfuscated", "progressStatus",
            "reminderSchedule", "settings", "trend", "url",
        }
    ),
)  # fmt: skip

_O = "objective"
GOAL = Table(
    nodes={
        "id": text(_O, "id"),
        "accountId": text(_O, "account_id"),
        **_owners(),
        "aggregatedAttainment": number(_O, "children_score"),
        "attainment": number(_O, "score"),
        "closedStatus": Group(
            Field((_O, "closing")),
            {
                "status": text(_O, "closing", "status"),
                "comment": text(_O, "closing", "comment"),
                "date": instant(_O, "closing", "at"),
                "userId": text(_O, "closing", "by"),
            },
            beside=Field((_O, "extra", "closedStatus")),
        ),
        "createdById": text(_O, "created_by"),
        "customFields": Free(Field((_O, "custom_fields"))),
        "dateCreated": instant(_O, "created_at"),
        "dateFrom": instant("starts_at"),
        "dateTo": instant("ends_at"),
        "description": text(_O, "description"),
        "fullAggregatedAttainment": number(_O, "beneath_score"),
        "metricsCount": number(_O, "key_result_count"),
        "modifiedAt": instant(_O, "modified_at"),
        "modifiedById": text(_O, "modified_by"),
        "name": text(_O, "name"),
        "ownerId": text(_O, "owner_id"),
        "ownerIds": Free(Field((_O, "owner_ids")), shown=True),
        "parentId": text(_O, "parent_id"),
        "sessionId": text(_O, "cycle_id"),
        "tags": _tags(_O),
    },
    unknown=(_O, "extra"),
    refused=frozenset({"access", "metrics", "url"}),
)

SESSION = Table(
    nodes={
        "id": text("id"),
        "accountId": text("account_id"),
        "cadenceStart": Group(
            Field(("extra", "cadenceStart")),
            {"periodOfMonth": kept("extra", "cadenceStart", "periodOfMonth")},
        ),
        "cadenceTimeZone": text("time_zone"),
        "cadenceType": kept("extra", "cadenceType"),
        "color": kept("extra", "color"),
        "createdById": text("created_by"),
        "dateCreated": instant("created_at"),
        "end": instant("ends_at"),
        "modifiedAt": instant("modified_at"),
        "modifiedById": text("modified_by"),
        "parentId": text("parent_id"),
        "start": instant("starts_at"),
        "status": text("state"),
        "title": text("name"),
        "workflow": kept("extra", "workflow", default=None),
    },
    unknown=("extra",),
    refused=frozenset({"access"}),
)

USER = Table(
    nodes={
        "id": text("id"),
        "accountId": text("account_id"),
        "clientId": text("client_id"),
        "dateCreated": instant("created_at"),
        "email": text("email"),
        "firstName": text("first_name"),
        "isActive": flag("is_active"),
        "language": text("language"),
        "lastName": text("last_name"),
        "modifiedAt": instant("modified_at"),
        "name": text("name"),
        "picture": text("picture"),
        "roles": Free(Field(("roles",)), shown=True),
        "subscriptionType": kept("extra", "subscriptionType", default="regular"),
    },
    unknown=("extra",),
)

TEAM = Table(
    nodes={
        "id": text("id"),
        "accountId": text("account_id"),
        "avatar": text("avatar"),
        "color": text("color"),
        "dateCreated": instant("created_at"),
        "description": text("description"),
        "managerId": text("manager_id"),
        "memberIds": Free(Field(("member_ids",)), shown=True),
        "modifiedAt": instant("modified_at"),
        "name": text("name"),
        "parentId": text("parent_id"),
    },
    unknown=("extra",),
)

# The subjects of comments: (our word, wire word).
TARGETS = (("key_result", "metric"),)

_CI = "check_in"
COMMENT = Table(
    nodes={
        "id": text(_CI, "id"),
        "accountId": text(_CI, "account_id"),
        "createdAt": instant(_CI, "recorded_at"),
        "createdBy": text(_CI, "author_id"),
        "targetId": text(_CI, "key_result_id"),
        "targetTitle": text("key_result", "name"),
        "targetType": Leaf(Field(("about",), FieldType.TEXT), spelling=TARGETS),
        "text": text(_CI, "comment"),
    },
    unknown=("extra",),
)

TAG = Table(
    nodes={
        "accountId": text("account_id"),
        "count": number("count"),
        "goalsCount": number("objective_count"),
        "metricsCount": number("key_result_count"),
        "title": text("title"),
    },
    unknown=("extra",),
)

CUSTOM_FIELD = Table(
    nodes={
        "id": text("id"),
        "accountId": text("account_id"),
        "dateCreated": instant("created_at"),
        "description": text("description"),
        "label": text("label"),
        "lastModified": instant("modified_at"),
        "name": text("name"),
        "type": text("type"),
    },
    unknown=("extra",),
)

PERSON_OR_TEAM = Table(nodes=ASSIGNEE, unknown=("extra",))

# Our words and the wire's: the parent of a task, and its status. A task's history starts without a status.
PARENT_TYPES = (("", ""), ("objective", "goal"), ("key_result", "metric"))
TASK_STATUSES = (("", ""), ("todo", "todo"), ("in_progress", "inprogress"), ("done", "done"))

LIST = Table(
    nodes={
        "id": text("id"),
        "accountId": text("account_id"),
        "columns": Many(
            Field(("columns",)),
            {"fieldName": text("field"), "type": text("type"), "width": number("width")},
            beside=Field(("extra",)),
        ),
        "createdById": text("created_by"),
        "dateCreated": instant("created_at"),
        "description": text("description"),
        "filter": Group(
            Field(("selection",)),
            {
                "booleanOperator": text("selection", "join"),
                "ruleBounds": Many(
                    Field(("selection", "rules")),
                    {
                        "customField": flag("custom"),
                        "dynamicFilters": Many(
                            Field(("dynamic",)),
                            {"dynamicValueType": text("word"), "value": Free(Field(("values",)), shown=True)},
                            beside=Field(("extra",)),
                        ),
                        "fieldName": text("field"),
                        "operator": text("operator"),
                        "value": Free(Field(("value",)), shown=True),
                    },
                    beside=Field(("extra",)),
                ),
            },
            beside=Field(("selection", "extra")),
        ),
        "listType": text("about"),
        "modifiedAt": instant("modified_at"),
        "modifiedById": text("modified_by"),
        "ownerId": text("owner_id"),
        "title": text("name"),
    },
    unknown=("extra",),
)

_T = "task"
TASK = Table(
    nodes={
        "id": text(_T, "id"),
        "accountId": text(_T, "account_id"),
        "archived": kept(_T, "extra", "archived", default=False),
        "assignee": _owners()["assignee"],
        "createdById": text(_T, "created_by"),
        "customFields": Free(Field((_T, "custom_fields"))),
        "dateCreated": instant(_T, "created_at"),
        "description": text(_T, "description"),
        "dueDate": dated(_T, "due_at"),
        "externalId": kept(_T, "extra", "externalId"),
        "externalSystem": kept(_T, "extra", "externalSystem"),
        "metadata": kept(_T, "extra", "metadata", default=None),
        # Not shown, but usable in filters: connectall's adapter polls for changes since a time.
        "modifiedAt": instant(_T, "modified_at"),
        "modifiedById": text(_T, "modified_by"),
        "name": text(_T, "name"),
        "ownerId": text(_T, "owner_id"),
        "parentId": text(_T, "parent_id"),
        "parentName": text("parent_name"),
        "parentType": Leaf(Field((_T, "parent_kind"), FieldType.TEXT), spelling=PARENT_TYPES),
        "priority": number(_T, "priority"),
        "snapshots": Many(
            Field(("changes",)),
            {
                "id": text("id"),
                "modifiedAt": instant("at"),
                "modifiedBy": text("by"),
                "newStatus": Leaf(Field(("after",), FieldType.TEXT), spelling=TASK_STATUSES),
                "oldStatus": Leaf(Field(("before",), FieldType.TEXT), spelling=TASK_STATUSES),
            },
        ),
        "status": Leaf(Field((_T, "status"), FieldType.TEXT), spelling=TASK_STATUSES),
        "taskType": kept(_T, "extra", "taskType"),
    },
    unknown=(_T, "extra"),
)
