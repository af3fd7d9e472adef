"""`python -m monitor` and the command `escucha`."""

from monitor.cli import main

if __name__ == "__main__":
    main()
