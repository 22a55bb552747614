"""The rehearsal: makes the calls of another server here, and reports every field that differs."""
