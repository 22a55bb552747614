"""SimpleOKR's REST API, served over Milepost's own actions."""
