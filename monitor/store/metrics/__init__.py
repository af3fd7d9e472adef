"""Counts over a period: speed, flow, groups, listening, surveys. Reads only."""
