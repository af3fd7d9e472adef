"""Escucha's library: posts in, complaints out. It never imports prefect or streamlit."""

import logging

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())
