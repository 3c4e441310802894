"""The public services this installation runs: one line each."""

SERVICES = [
    "huimin.services.poverty",
]
