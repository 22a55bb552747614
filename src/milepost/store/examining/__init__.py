"""Examines a database from outside without changing it: is it intact, up to date and durable?"""

from milepost.store.examining.finding import Finding, State

__all__ = ["Finding", "State"]
