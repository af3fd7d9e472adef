"""Files of posts: how they are surveyed and read. `monitor.sources.files` is the way in."""
