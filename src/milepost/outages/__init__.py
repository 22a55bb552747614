"""Answers to clients, and log lines for the operator, while the database does not work."""

from milepost.outages.outages import Outages
from milepost.outages.words import Refusal, advice

__all__ = ["Outages", "Refusal", "advice"]
