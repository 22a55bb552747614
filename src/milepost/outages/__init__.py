"""What becomes of calls while the database cannot do its work."""

from milepost.outages.outages import Outages
from milepost.outages.words import Refusal, advice

__all__ = ["Outages", "Refusal", "advice"]
