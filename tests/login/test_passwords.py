"""Which passwords will do, and how they are kept."""

import pytest
from argon2 import PasswordHasher

from monitor.errors import Refusal
from monitor.login import passwords


@pytest.mark.parametrize(
    "password",
    [
        "cortísima", "a" * 300, "aaaaaaaaaaaaaaa", "123456789012", "passwordpassword", "Contraseña2026!",
        "escucha-2026!", "Lucía Gómez 12", "luciaLucia1234", "abcdefghijkl", "qwertyuiopas", "098765432109",
    ],
)  # fmt: skip
def test_the_first_that_anybody_tries_will_not_do(password: str) -> None:
    with pytest.raises(Refusal):
        passwords.check(password, "Lucía Gómez")


@pytest.mark.parametrize(
    "password", ["cuarenta perros verdes", "xK9#fe2!pQz7", "ñandú bajo la lluvia", "🐢" * 3 + "caparazón"]
)
def test_others_will(password: str) -> None:
    passwords.check(password, "Lucía Gómez")
    assert passwords.is_right(passwords.hashed(password), password)


def test_a_hash_is_argon2id_with_a_salt_of_its_own_and_of_that_password_alone() -> None:
    one, other = passwords.hashed("cuarenta perros"), passwords.hashed("cuarenta perros")
    assert one.startswith("$argon2id$")
    assert one != other
    assert not passwords.is_right(one, "cuarenta perro")
    assert not passwords.is_right(None, "cuarenta perros")
    assert not passwords.is_right("no hash", "cuarenta perros")


def test_a_letter_with_its_accent_is_the_same_from_every_keyboard() -> None:
    assert passwords.is_right(passwords.hashed("camio\u0301n de mudanzas"), "camión de mudanzas")


def test_a_hash_of_other_parameters_is_made_anew() -> None:
    of_today = passwords.hashed("cuarenta perros")
    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash("cuarenta perros")
    assert passwords.renewed(of_today, "cuarenta perros") == of_today
    renewed = passwords.renewed(old, "cuarenta perros")
    assert renewed != old
    assert passwords.is_right(renewed, "cuarenta perros")
