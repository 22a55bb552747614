"""Other services that answer over HTTP: their addresses, and how to ask them."""
