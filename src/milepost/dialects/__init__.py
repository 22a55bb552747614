"""Front ends that speak the API of another service, one package each. They do not know each other."""
