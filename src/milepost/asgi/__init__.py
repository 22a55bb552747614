"""The plumbing that every HTTP front end shares. It knows no OKR."""
