"""A believable company of OKRs with months of history, for `milepost demo`: what it is, and how it is brought about."""

from milepost.cli.demo_company.building import build

__all__ = ["build"]
