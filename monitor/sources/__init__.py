"""One module per network; the module's name is its registration. What each offers: `monitor.sources.base`."""
