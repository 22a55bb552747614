"""Milepost: one store of objectives, key results and check-ins, spoken to in the dialects of two services."""

from importlib.metadata import version

__version__ = version("milepost")
