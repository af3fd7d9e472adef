"""Posts of the brands' own accounts, known by handle, shown name or the network's id, however a file writes them."""

from dataclasses import replace
from functools import lru_cache

from monitor import networks
from monitor.models.posts import OWN_REPLY, Mention
from monitor.settings.loading import Settings
from monitor.sources.files.column_names import word_set
from monitor.text.folding import fold, fold_handle
from monitor.text.mailboxes import mailbox

_FOR_ALL = word_set(
    "gmail googlemail outlook hotmail live msn yahoo ymail icloud aol proton protonmail gmx mail movistar telefonica "
    "orange vodafone ono jazztel euskaltel terra wanadoo claro uol bol globo ig sapo libero virgilio tim tiscali free "
    "sfr laposte comcast att verizon bt btinternet sky talktalk virginmedia telmex prodigy une etb yandex"
)
"""Domains under which customers of a company have their mail, too."""
_DESKS = word_set(
    "ayuda help soporte support suporte atendimento atencion atencao atencionalcliente clientes customers contacto "
    "contact contato info hola hello ola noreply notificaciones notifications quejas reclamos reclamaciones service "
    "servicio servicioalcliente customerservice care sac pqr redes social"
)
"""What stands before the @ of a desk's address."""


class OwnAccounts:
    """The brands' own accounts, as a file may write them."""

    def __init__(self, settings: Settings) -> None:
        self._accounts = {_folded(account): account for account in settings.own_accounts if _folded(account)}
        self._by_letters = {_letters(account): account for account in self._accounts.values() if _letters(account)}
        self._brands = {_folded(brand.name) for brand in settings.brands}

    def named(self, value: str | None) -> str | None:
        """The own account that a handle, a name or an id is, as the settings have it; None: it is none.

        A name of several words is the handle with the same letters: `Norvia Ayuda` is @norvia_ayuda. A mailbox is it
        by its name, or by the domain of its address.
        """
        if not value or not self._accounts:
            return None
        folded = _folded(value)
        by_letters = self._by_letters.get(_letters(value)) if " " in folded else None
        return self._accounts.get(folded) or by_letters or (self._of_mail(value) if "@" in value else None)

    def _of_mail(self, value: str) -> str | None:
        found = mailbox(value)
        if found is None:
            return None
        if found.name and (account := self.named(found.name) or self._by_letters.get(_letters(found.local))):
            return account
        parts = [part for part in found.domains if part.lower() not in _FOR_ALL or _letters(found.local) in _DESKS]
        return next((account for part in parts if (account := self._by_letters.get(_letters(part)))), None)

    def names_brand(self, value: str) -> bool:
        """Whether it is one of our brands, or one of their accounts."""
        return _folded(value) in self._brands or self.named(value) is not None

    def recognised(self, mention: Mention) -> Mention:
        """The mention, with our account as its author where it is ours.

        A shown name of one word proves nothing beside another's handle: anybody may go by it.
        """
        if mention.author == OWN_REPLY or not self._accounts:
            return mention
        is_mail = "@" in (mention.author or "") and not networks.profile(mention.network).handles_name_server
        account = self.named(mention.author) or self.named(mention.author_id) or self._by_name(mention, is_mail)
        if account is None or account == fold_handle(mention.author):
            return mention
        return replace(mention, author=account)

    def _by_name(self, mention: Mention, is_mail: bool) -> str | None:
        """By the name, where no handle says otherwise; of mail also by what stands before the address's @."""
        account = self.named(mention.author_name)
        is_unnamed = mention.author is None or mention.author.isdigit() or is_mail
        if account and (is_unnamed or " " in account):
            return account
        sender = mailbox(mention.author or "") if is_mail else None
        return self._by_letters.get(_letters(sender.local)) if sender else None


@lru_cache(maxsize=16_384)  # the same people write again
def _folded(value: str) -> str:
    """Without accents, capitals, the first @ and further spaces."""
    return " ".join(fold(value).split()).removeprefix("@").strip()


@lru_cache(maxsize=16_384)
def _letters(value: str) -> str:
    """Its letters and digits alone."""
    return "".join(filter(str.isalnum, fold(value)))
