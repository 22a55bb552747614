"""Looks at a database from outside, and changes nothing: is it whole and current, and does it keep what it is given?"""

from milepost.store.examining.finding import Finding, State

__all__ = ["Finding", "State"]
