"""How this dialect spells our records, and how it reads what clients send."""
