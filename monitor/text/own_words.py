"""Words by which people speak of themselves, or of harm: who adds one to a text of many has their own complaint."""


def lexicon(words: str) -> frozenset[str]:
    """A set of words, as `fold` leaves them, written in a row."""
    return frozenset(words.split())


FIRST_PERSON = lexicon(
    "me mi mis mio mia mios mias conmigo yo nos nuestro nuestra nuestros nuestras nosotros nosotras he hemos sigo"
    " seguimos llevo llevamos estoy estamos tengo tenemos soy somos necesito espero perdi i my mine myself we us our"
    " ours ourselves am im ive"
)
HARM = lexicon(
    "urgencias hospital uci ambulancia fuego incendio humo gas sangre sangra sangrando muerto muerta murio fallecio"
    " inconsciente herido herida heridos intoxicado intoxicada quemado quemada vomitando oxigeno bebe hijo hija luz"
    " suicidarme suicidio denuncia denunciado policia abogado juzgado emergency icu ambulance fire smoke blood bleeding"
    " died dead unconscious injured poisoned burned oxygen baby son daughter suicide police lawyer"
)
