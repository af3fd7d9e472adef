"""The dashboard: Streamlit pages over the store. Reads go through `queries`, writes through `actions`."""
