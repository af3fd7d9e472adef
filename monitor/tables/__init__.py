"""Tables of any form (CSV, Excel, Parquet, JSON) read into rows; knows nothing of posts."""
