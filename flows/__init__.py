"""Escucha under Prefect: one flow per file, each a table of contents over `monitor.pipeline.main_line`."""
