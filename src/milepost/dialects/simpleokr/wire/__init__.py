"""What travels: the objects of this dialect, their spelling, and what is read from a client's bodies."""
