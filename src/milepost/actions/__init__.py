"""Everything that can be done: one plain function for each thing a user can want."""
