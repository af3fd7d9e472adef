"""The processes of `escucha serve` and `escucha dashboard`: kept running, and ended with their parent."""
