"""What OKRs are: values, rules, progress. Pure: no clock, no database, no framework."""
