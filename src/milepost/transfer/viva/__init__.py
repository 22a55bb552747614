"""Imports the spreadsheet export of Microsoft Viva Goals: objectives, key results and initiatives, a row each."""
