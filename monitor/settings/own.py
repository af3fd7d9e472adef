"""Who is ours: the handles under which the brands themselves speak."""

from monitor.models.posts import OWN_REPLY
from monitor.settings.loading import Settings


def own_handles(settings: Settings) -> frozenset[str]:
    """The brands' own accounts, folded, and the author of answers that stood in a file beside what they answer."""
    return settings.own_accounts | {OWN_REPLY}
