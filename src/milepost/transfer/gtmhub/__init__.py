"""Brings in what was saved from Gtmhub: a folder of list answers becomes accounts, people, cycles, objectives and
key results with their histories, under the ids and dates that they have.
"""
