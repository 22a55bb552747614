"""Imports tables that people keep: spreadsheets and CSV files of key results, one row each or one row a date."""
