"""Metrics of the desk, corrective actions, the printed report."""
