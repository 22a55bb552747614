"""Imports saved Gtmhub data: a folder of list answers becomes accounts, people, cycles, objectives and key results
with their histories. Ids and dates are kept.
"""
