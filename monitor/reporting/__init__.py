"""Reports that people read on paper: the monthly report on how customers perceive the brand (ISO 10004)."""

from monitor.reporting.perception import perception, write

__all__ = ["perception", "write"]
