"""The doors of background work: each opens a unit of work and calls one function below."""
