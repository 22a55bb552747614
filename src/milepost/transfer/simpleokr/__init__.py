"""Imports a whole account from a service that speaks SimpleOKR's API. See docs/decisions/0004."""
