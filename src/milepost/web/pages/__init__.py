"""The table of pages."""

from __future__ import annotations

from milepost.domain.people import Capability
from milepost.web import sign_in
from milepost.web.page import Page, form, page
from milepost.web.pages import cycle, key_result, mine, objective

PAGES: tuple[Page, ...] = (
    page("/", mine.show),
    page("/cycles", cycle.list_),
    page("/cycles/{id}", cycle.show),
    page("/objectives/{id}", objective.show),
    page("/key-results/{id}", key_result.show),
    page("/key-results/{id}/history.svg", key_result.picture),
    form("/key-results/{id}/check-ins", key_result.check_in, Capability.CHECK_IN),
    form("/key-results/{id}/check-ins/{entry}/comment", key_result.comment),
    form("/key-results/{id}/check-ins/{entry}/withdraw", key_result.withdraw, Capability.ADMINISTER),
    form("/sign-out", sign_in.out, Capability.READ),
)
