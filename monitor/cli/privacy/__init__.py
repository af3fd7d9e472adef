"""`escucha privacy`: what people may ask for of their data, and how long it is kept."""
