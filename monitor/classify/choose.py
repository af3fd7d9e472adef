"""Which classifier the settings ask for."""

from monitor.classify import model
from monitor.settings import Classifier


def choose(section: Classifier) -> model.Model:
    """Return the classifier that the section names, loaded once per process. Raises ModelError."""
    return model.load(section.folder)
