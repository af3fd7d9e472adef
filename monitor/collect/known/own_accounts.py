"""Posts of the brands' own accounts, known by handle, shown name or the network's id, however a file writes them."""

from dataclasses import replace
from functools import lru_cache

from monitor.models.posts import OWN_REPLY, Mention
from monitor.settings.loading import Settings
from monitor.text.folding import fold, fold_handle


class OwnAccounts:
    """The brands' own accounts, as a file may write them."""

    def __init__(self, settings: Settings) -> None:
        self._accounts = {_folded(account): account for account in settings.own_accounts if _folded(account)}
        self._by_letters = {_letters(account): account for account in self._accounts.values() if _letters(account)}
        self._brands = {_folded(brand.name) for brand in settings.brands}

    def named(self, value: str | None) -> str | None:
        """The own account that a handle, a name or an id is, as the settings have it; None: it is none.

        A name of several words is the handle with the same letters: `Norvia Ayuda` is @norvia_ayuda.
        """
        if not value or not self._accounts:
            return None
        folded = _folded(value)
        by_letters = self._by_letters.get(_letters(value)) if " " in folded else None
        return self._accounts.get(folded) or by_letters

    def names_brand(self, value: str) -> bool:
        """Whether it is one of our brands, or one of their accounts."""
        return _folded(value) in self._brands or self.named(value) is not None

    def recognised(self, mention: Mention) -> Mention:
        """The mention, with our account as its author where it is ours.

        A shown name of one word proves nothing beside another's handle: anybody may go by it.
        """
        if mention.author == OWN_REPLY or not self._accounts:
            return mention
        account = self.named(mention.author) or self.named(mention.author_id) or self._by_name(mention)
        if account is None or account == fold_handle(mention.author):
            return mention
        return replace(mention, author=account)

    def _by_name(self, mention: Mention) -> str | None:
        account = self.named(mention.author_name)
        is_unnamed = mention.author is None or mention.author.isdigit()
        return account if account and (is_unnamed or " " in account) else None


@lru_cache(maxsize=16_384)  # the same people write again
def _folded(value: str) -> str:
    """Without accents, capitals, the first @ and further spaces."""
    return " ".join(fold(value).split()).removeprefix("@").strip()


@lru_cache(maxsize=16_384)
def _letters(value: str) -> str:
    """Its letters and digits alone."""
    return "".join(filter(str.isalnum, fold(value)))
