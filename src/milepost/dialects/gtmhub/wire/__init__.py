"""The wire: the objects of this dialect, and the readers of clients' bodies."""
