"""The domain of OKRs: values, rules, progress. Pure: no clock, no database, no framework."""
