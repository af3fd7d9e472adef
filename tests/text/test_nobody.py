"""Names that stand for nobody, and names of people in which the same words stand."""

import pytest

from monitor.text.nobody import is_nobody_named


@pytest.mark.parametrize(
    "name",
    [
        "Invitado", "Miembro", "Pasajera", "Paciente", "Usuario/a", "Autor desconocido", "Clienta anónima",
        "Usuario no identificado", "Un usuario de TikTok", "Cliente verificado", "Cuenta suspendida", "Nadie",
        "sin identificar", "Nombre oculto", "No disponible", "(sin datos)", "Prefiero no decirlo",
        "A customer", "Yelp member", "Airbnb Guest", "Reviewer (Play Store)", "Hidden user", "Registered User",
        "Former employee", "Name withheld", "not provided", "[redacted]", "deleted_user", "[deleted by user]",
        "Usuário desconhecido", "Hóspede", "Cliente da Amazon", "Sem nome", "Ninguém",
        "Utilisateur anonyme", "Inconnu", "Un client", "Utente sconosciuto", "Ospite",
        "Unbekannter Nutzer", "Ein Google-Nutzer", "Gast", "Ohne Namen",
        "---", "???", "...", "–", "***", "xxxx", "XXX XXXX", "█████", "n/d", "N.N.", "000", "0000-0000",
    ],
)  # fmt: skip
def test_a_word_for_anybody_names_nobody(name: str) -> None:
    assert is_nobody_named(name)


@pytest.mark.parametrize(
    "name",
    [
        "@visitante_eterno", "@anonymous", "@user", "user48213", "Guest 12", "guest_of_winter", "user.guest",
        "Marta Invitado", "Lena Gast", "Clientes Unidos SL", "Paciente Cero Band", "Anonymous Tea House",
        "La Visitante Nocturna", "Google", "Amazon", "x", "Nil", "No", "Sin City", "Nadia", "Ninguna Calle 3",
        "De La Rosa", "Verified", "1", "007", "🌸🌸", "@_._", "José Sin Tierra", "Membrillo", "usuario_marta",
    ],
)  # fmt: skip
def test_a_name_in_which_such_a_word_stands_is_somebodys(name: str) -> None:
    assert not is_nobody_named(name)
