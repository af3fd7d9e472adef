"""Which texts are copies of one another: small changes do not tell them apart, what only one customer knows does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import copies
from monitor.text.copies import Signature

TEXT = "@norvia_ayuda Norvia me ha cobrado dos veces y nadie contesta. Devolved el dinero YA #BoicotNorvia"


def is_copy(post: str, text: str = TEXT) -> bool:
    signatures = copies.signature(post), copies.signature(text)
    assert all(signatures)
    kept = replace(signatures[1], forms=copies.forms(signatures[1]))  # type: ignore[arg-type, type-var]
    return copies.is_copy(signatures[0], kept)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "post",
    [
        f"{TEXT} 🔥", f"😡🤬 {TEXT}", f"{TEXT} 512", f"512 {TEXT}", f"{TEXT} 💩 9481", f"{TEXT} https://t.example/x1",
        f"@otra {TEXT}", f"{TEXT} @ana@mastodon.example", TEXT.upper(), TEXT.replace("Norvia", "Norviaaaa"),
        TEXT.replace("contesta", "responde"), f"{TEXT} vergüenza", TEXT.replace(".", " ... "), f"{TEXT} x7f3k",
        TEXT.replace("cobrado", "cobra\u200bdo"), TEXT.replace("cobrado", "𝗰𝗼𝗯𝗿𝗮𝗱𝗼"), f"{TEXT} #lunes",
        TEXT.replace("YA", "YA 77"), f"{TEXT} Vergüenza", f"Basta. {TEXT}", f"Vecinos {TEXT}",
        TEXT.replace("o", "о").replace("a", "а"), TEXT.replace("dinero", "d1ner0"), f"{TEXT} #basta12 #ya7 #lunes2026",
        TEXT.replace("cobrado", "c0br4do").replace("contesta", "c0nt3sta"),
        TEXT.replace("#BoicotNorvia", "#FueraNorvia"),
    ],
)  # fmt: skip
def test_small_changes_do_not_tell_copies_apart(post: str) -> None:
    assert is_copy(post)


@pytest.mark.parametrize(
    "post",
    [
        f"{TEXT} A mí me deben 300 €", f"{TEXT} 300€", f"{TEXT} $300", f"{TEXT} 45 euros", f"{TEXT} #48213",
        f"{TEXT} pedido 48213", f"{TEXT} nº 48213", TEXT.replace("dos", "tres"), f"{TEXT} en Getafe",
        f"Dicen que «{TEXT}» y a mí tampoco me ha llegado el paquete", f"{TEXT} hace 3 semanas", f"{TEXT} soy Marta",
        f"{TEXT} y a mi padre lo ha atropellado vuestro repartidor",
    ],
)  # fmt: skip
def test_what_only_one_customer_knows_makes_it_no_copy(post: str) -> None:
    assert not is_copy(post)


LONG = (
    "Norvia lleva meses cobrando de más a miles de clientes en todo el país y nadie da la cara: comparte este mensaje,"
    " exige que devuelvan el dinero y que dimita su director, basta ya de abusos contra la gente trabajadora"
)


@pytest.mark.parametrize(
    "own",
    [
        "A mí me cobraron", "También sigo sin internet", "Mi pedido no llega", "Me cortaron la luz", "urgencias",
        "fuego", "El técnico me agredió", "Robaron mi tarjeta", "I am stranded", "Nuestro local cerró",
        "Socorro.", "lavadora rota", "técnico no vino", "niños enfermos", "abuela caída", "accidente ayer", "fuga agua",
        "datos robados", "Ingresada", "Cuenta vacía", "Sin internet", "no funciona", "Nevera averiada",
        "cita cancelada",
        "maleta sin localizar", "Devolved fianza", "router quemado", "billete anulado", "Sofá manchado",
        "No cargan saldo",
        "parcel missing", "no hot water", "wrong invoice",
    ],
)  # fmt: skip
def test_a_short_sentence_of_ones_own_makes_it_no_copy(own: str) -> None:
    assert not is_copy(f"{LONG}. {own}", LONG)


@pytest.mark.parametrize(
    "own",
    [
        "Vergüenza", "ladrones", "#Basta #Boicot #Lunes", "Ladrones y sinvergüenzas", "¡Difundid y compartid, vecinos!",
        "Por favor, amigos", "Firmado: Ana Pérez", "RT porfa, ya basta", "Marta Gil", "Buenos días a todos", "jajaja",
    ],
)  # fmt: skip
def test_decorations_of_a_long_text_stay_copies(own: str) -> None:
    assert is_copy(f"{LONG}. {own}", LONG)


def test_a_sentence_of_ones_own_in_the_place_of_one_that_was_cut_makes_it_no_copy() -> None:
    assert not is_copy(LONG.replace("contra la gente trabajadora", "lavadora nueva rayada"), LONG)
    assert not is_copy(f"Lavadora rayada: {LONG}", LONG)


def test_words_replaced_here_and_there_stay_a_copy() -> None:
    assert is_copy(LONG.replace("miles", "cientos").replace("exige", "pide").replace("dimita", "cese"), LONG)


@pytest.mark.parametrize(
    "post",
    [
        LONG.replace("cobrando", "cobrabdo").replace("clientes", "clienttes").replace("director", "directr"),
        LONG.replace("meses", "mezes").replace("abusos", "abudos").replace("mensaje", "mensale").replace("nero", "ero"),
        LONG.replace("comparte", "compqrte").replace("trabajadora", "trqbajadora") + " 🔥 vergüenza",
    ],
)  # fmt: skip
def test_slips_of_the_finger_stay_copies(post: str) -> None:
    assert is_copy(post, LONG)
    assert not is_copy(f"{post}. Lavadora rota", LONG)


@pytest.mark.parametrize(
    "post",
    [
        LONG.replace("meses cobrando", "mesescobrando").replace("el dinero", "eldinero"),
        LONG.replace("comparte", "com parte").replace("director", "dire ctor"), LONG.replace("clientes", "cl*entes"),
    ],
)  # fmt: skip
def test_words_with_other_gaps_or_a_blot_stay_copies(post: str) -> None:
    assert is_copy(post, LONG)
    assert not is_copy(f"{post} sin luz", LONG)
    assert not is_copy(f"{post}. Lavadora rota", LONG)


def test_a_word_that_means_harm_is_no_slip_of_another() -> None:
    text = LONG.replace("contra la gente", "en sus tiendas rojas de fuera")
    assert is_copy(text.replace("rojas", "rohas"), text)
    assert not is_copy(text.replace("rojas", "rotas"), text)
    assert not is_copy(text.replace("fuera", "fuego"), text)


@pytest.mark.parametrize("sign", [" ", ".", "-", "_", "*", "·"])
def test_letters_spaced_apart_are_words(sign: str) -> None:
    spaced = "   ".join(sign.join(word) for word in LONG.split())
    assert is_copy(spaced, LONG.replace(":", "").replace(",", ""))
    assert not is_copy(f"{spaced}. Me cortaron la luz", LONG)


def test_spaced_letters_without_gaps_between_words_are_compared_piece_by_piece() -> None:
    spaced = " ".join(LONG.replace(" ", ""))
    assert is_copy(f"{spaced} 17", spaced)
    assert not is_copy(f"{spaced}. Me cortaron la luz", spaced)


@pytest.mark.parametrize("end", ["Desde Lugo, 17", "Desde Soria", "Desde San Sebastián, 204", "DESDE VIGO"])
def test_where_a_text_names_a_place_its_copies_name_others(end: str) -> None:
    assert is_copy(f"{LONG}. {end}", f"{LONG}. Desde Cádiz, 3")
    assert not is_copy(f"{LONG}. {end.replace('Desde', 'En')} sin luz", f"{LONG}. Desde Cádiz, 3")
    assert not is_copy(f"{LONG}. En Getafe", f"{LONG}. Desde Cádiz, 3")


def test_where_a_text_counts_its_copies_count_on_unless_somebody_speaks_of_themselves() -> None:
    text = "Van 17 firmas contra los abusos de Norvia, comparte este mensaje y exige que dimita su director"
    assert is_copy(text.replace("17", "204"), text)
    assert not is_copy(text.replace("17 firmas", "25 euros"), text)
    own = "Van 17 llamadas mías contra los abusos de Norvia, exige conmigo que dimita ya su director"
    assert not is_copy(own.replace("17", "3"), own)


@pytest.mark.parametrize("disguised", ["35t4 3mpr3s4 r0b4 4 l4 g3nt3", "Est@ empre$a rob@ a l@ gente"])
def test_words_that_are_mostly_digits_or_signs_are_words_in_a_text_full_of_them(disguised: str) -> None:
    end = "comparte este mensaje y exige que dimita su director"
    assert is_copy(f"{disguised}, {end}", f"Esta empresa roba a la gente, {end}")


def test_what_the_campaign_says_of_itself_tells_nothing_and_a_second_time_does() -> None:
    text = f"{LONG} y a mí me han cobrado dos veces"
    assert is_copy(text.replace("cobrado", "quitado"), text)
    assert not is_copy(f"{text}. Me cortaron internet", text)


def test_complaints_that_differ_in_their_numbers_are_no_copies() -> None:
    assert not is_copy(
        "Norvia, mi pedido 1001 no ha llegado y nadie contesta", "Norvia, mi pedido 1000 no ha llegado y nadie contesta"
    )


@pytest.mark.parametrize("text", ["", "norvia estafadores", "La app de Norvia no funciona", "ladrones " * 50, "🔥🔥🔥"])
def test_texts_of_few_words_are_not_grouped(text: str) -> None:
    assert copies.signature(text) is None


@pytest.mark.parametrize("post", ["BOICOT A NORVIA YA", "Boicot a N0rvia ya!! 🔥", "ya boicot a Norvia #basta12"])
def test_a_slogan_has_copies_in_the_same_words(post: str) -> None:
    assert is_copy(post, "Boicot a Norvia ya")
    assert not is_copy(f"{post} fuera", "Boicot a Norvia ya")


@pytest.mark.parametrize(
    "text",
    [
        "Norvia debe 300 euros ya", "Mi pedido, Norvia, ya", "Norvia devuelve dinero", "Boicot a Norvia 17",
        "Norvia, fuego en casa", "Norvia cobra doble siempre", "Fallo total de Norvia",
    ],
)  # fmt: skip
def test_few_words_that_speak_of_money_harm_or_oneself_are_no_slogan(text: str) -> None:
    assert copies.signature(text) is None


@pytest.mark.parametrize(
    "other",
    [
        "No puedo entrar en la app de Norvia desde esta mañana, ¿qué pasa?",
        "La aplicación de Norvia lleva caída toda la mañana y no hay quien pague",
        "Otra vez sin poder entrar en la app de Norvia, menudo lunes llevamos",
    ],
)
def test_an_outage_told_in_own_words_is_no_campaign(other: str) -> None:
    assert not is_copy(other, "La app de Norvia no me deja entrar desde primera hora de hoy")


words = st.lists(st.text("abcdefghijklm", min_size=2, max_size=9), min_size=1, max_size=40, unique=True)


@given(words, words, st.integers(0, 5), st.randoms(use_true_random=False))
def test_a_copy_is_always_found_under_the_keys_of_its_text(
    text: list[str], others: list[str], kept: int, chance
) -> None:  # type: ignore[no-untyped-def]
    mixed = [*text[kept:], *others[:kept]]
    chance.shuffle(mixed)
    first, second = copies.signature(" ".join(text)), copies.signature(" ".join(mixed))
    if first and second and copies.is_copy(second, Signature(first.words, first.numbers)):
        assert set(copies.keys("Norvia", first)) & set(copies.search_keys("Norvia", second))
        assert not set(copies.keys("Faro", first)) & set(copies.search_keys("Norvia", second))


def test_an_account_is_one_voice_and_posts_without_one_are_one_each() -> None:
    assert copies.author_key("x", "Ana", 1) == copies.author_key("x", "ana", 2)
    assert copies.author_key("x", "ana", 1) != copies.author_key("reddit", "ana", 1)
    assert copies.author_key("x", None, 1) != copies.author_key("x", None, 2)
