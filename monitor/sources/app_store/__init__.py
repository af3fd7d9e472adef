"""Apple's App Store."""
