"""Escucha's library: posts in, complaints out. It never imports prefect or streamlit."""

__version__ = "0.1.0"
