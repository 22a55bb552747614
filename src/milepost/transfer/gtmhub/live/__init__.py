"""Imports a live account: everything that its API shows is saved in a folder for `saved`, and imported from it."""
