"""The rehearsal: asks this server what another one answered, and tells every field that differs."""
