import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import cues
from monitor.cases.cues import Suggestion, suggest, telling_words
from monitor.models.cases import SEVERITIES
from monitor.settings.desk import CATEGORIES, Category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("La factura de marzo trae comisiones que nadie me explicó", "billing"),
        ("You overcharged me on this month's bill", "billing"),
        ("El paquete de Norvia sigue sin llegar", "delivery"),
        ("My parcel has not arrived and the courier lost it", "delivery"),
        ("No puedo entrar en la app, me sale un mensaje de error", "digital"),
        ("The website keeps crashing at the login", "digital"),
        ("La lavadora llegó rota y es de mala calidad", "product"),
        ("The kettle is broken after a day, poor quality", "product"),
        ("La lavadora llegó rota y nadie se hace cargo", "product"),
        ("Cambiaron las condiciones del contrato sin previo aviso", "policy"),
        ("That is in the fine print of your terms, so unfair", "policy"),
        ("Nadie contesta al teléfono y la empleada fue grosera", "service"),
        ("Two hours on hold and your staff was rude", "service"),
        ("Estoy harta de Norvia", "other"),
        ("", "other"),
    ],
)
def test_the_words_tell_the_category(text: str, category: str) -> None:
    assert suggest(text, CATEGORIES).category == category


@pytest.mark.parametrize(
    ("text", "severity", "cue"),
    [
        ("Me han cobrado dos veces y no me devuelven nada", "serious", "money"),
        ("I was charged twice and I want my money back", "serious", "money"),
        ("Ha sido un fraude: hay un cargo que no reconozco", "serious", "fraud"),
        ("Somebody cloned my card", "serious", "fraud"),
        ("El horno dio una descarga eléctrica a mi hijo", "critical", "safety"),
        ("The charger caught fire in our kitchen", "critical", "safety"),
        ("Toda la familia se intoxicó con su comida", "critical", "health"),
        ("My medication was in the bag you lost", "critical", "health"),
        ("Mi abogada ya tiene el caso; habrá denuncia", "serious", "legal"),
        ("I will see you in small claims", "serious", "legal"),
        ("Mi abuela, de la tercera edad, hizo cola de pie", "serious", "vulnerable"),
        ("No help at all for a wheelchair user", "serious", "vulnerable"),
        ("Nos dejaron en tierra toda la noche", "serious", "stranded"),
        ("Stranded in Lisbon thanks to you", "serious", "stranded"),
        ("Cinco días sin servicio en todo el barrio", "serious", "outage"),
        ("Ten days without heating", "serious", "outage"),
        ("Llevo ya tres semanas con lo mismo", "serious", "long_wait"),
        ("I have been waiting for two months", "serious", "long_wait"),
        ("Es la tercera vez que lo pido", "serious", "repeated"),
        ("I wrote to you 4 times", "serious", "repeated"),
        ("Sería bueno que abrieran los sábados", "minor", "suggestion"),
        ("Qué mal trato", "moderate", ""),
    ],
)
def test_a_cue_tells_the_severity(text: str, severity: str, cue: str) -> None:
    found = suggest(text, CATEGORIES)
    assert (found.severity, found.cue) == (severity, cue)


@pytest.mark.parametrize(
    "text",
    [
        "me ha cobrado 900 € que no debo",
        "me facturan llamadas que no hice",
        "me cobráis un seguro que no he contratado",
        "han desaparecido 2000 € de mi cuenta",
        "han desaparecido 2.000,50€ de mi cuenta de ahorro",
        "me han sacado 300 euros",
        "me han sacado 1.200 €",
        "me habéis quitado el dinero",
        "habéis vaciado mi cuenta",
        "transferencia perdida de 4.000 €",
        "la transferencia nunca me llegó",
        "mi nómina no aparece",
        "no me ha llegado la nómina",
        "la pensión de mi padre no ha llegado",
        "el reembolso no llega",
        "me debéis 120 euros",
        "my refund of 200 never came",
        "my salary hasn't arrived",
        "you took £50 out of my account",
        "300 pounds gone from my account",
        "charged for something I didn't order",
        "my transfer is lost",
        "Mi pedido 77812 se perdió y quiero mis 58 euros",
        "my order is lost, I want my 58 euros",
    ],
)
def test_money_that_is_gone_or_was_never_owed_is_serious(text: str) -> None:
    assert "money" in cues.grave(text)


@pytest.mark.parametrize(
    "text",
    [
        "mi maleta no aparece",
        "me han sacado una foto",
        "quiero una cuenta en euros",
        "saco dinero de mi cuenta cada mes",
        "he sacado dinero del cajero",
        "pagué 300 € por el vuelo",
        "my flight never came",
        "a day of lost wages",
        "the price is $300",
        "no cobráis comisión",
    ],
)
def test_money_that_is_only_spoken_of_is_no_cue(text: str) -> None:
    assert not cues.grave(text)


def test_the_worst_of_several_cues_counts() -> None:
    text = "Tercera vez que me cobran de más, y encima hubo un incendio"
    assert suggest(text, CATEGORIES).cue == "safety"


@pytest.mark.parametrize(
    "text", ["NO ME DEVUELVEN EL DINERO", "no me devuélven el dinero", "No me\ndevuelven, #dinero", "no-me_devuelven"]
)
def test_capitals_accents_and_signs_do_not_matter(text: str) -> None:
    assert suggest(text, CATEGORIES).cue == "money"


@pytest.mark.parametrize("text", ["Terreno accidentado", "cargamento", "apptitud", "2 veces"])
def test_parts_of_other_words_say_nothing(text: str) -> None:
    assert suggest(text, CATEGORIES) == Suggestion()


@pytest.mark.parametrize(
    "text", ["Lo compré a meses sin intereses", "Menuda empresa de estafadores", "It hit me 2 times"]
)
def test_common_words_are_no_cues(text: str) -> None:
    assert suggest(text, CATEGORIES).cue == ""


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Mi madre está ingresada y sigue en el hospital sin poder pagar", "health"),
        ("Acabé en urgencias por vuestra crema", "health"),
        ("Perdieron mi maleta y dentro van mis medicamentos", "health"),
        ("No puedo comprar sus medicinas porque bloquearon la tarjeta", "health"),
        ("Mi hija es alérgica a los cacahuetes y se los sirvieron igual", "health"),
        ("Toda la tarde con vómitos después de comer su ensalada", "health"),
        ("Llamaron una ambulancia porque se desmayó en la cola", "health"),
        ("Su calefactor casi provoca un accidente en casa", "safety"),
        ("Ese cable suelto es peligroso para los niños", "safety"),
        ("Hay una fuga de gas y nadie viene", "safety"),
        ("El cargador explotó mientras dormíamos", "safety"),
        ("El enchufe echa chispas desde el lunes", "safety"),
        ("La plancha ha echado chispas y humo, ¿es seguro usarla?", "safety"),
        ("El horno hizo pum, olor a plástico quemado por toda la cocina", "safety"),
        ("Casi se quema la cocina con la freidora", "safety"),
        ("La batería soltó humo mientras cargaba", "safety"),
        ("Ponen en riesgo la vida de los pasajeros", "safety"),
        ("Me quemé la mano con la tapa", "safety"),
        ("Encontré vidrios dentro de la botella", "safety"),
        ("Un vigilante me golpeó a la salida", "safety"),
        ("Se quedó sin frenos: los frenos no respondieron", "safety"),
        ("I was in the hospital and my card did not work", "health"),
        ("They rushed my son to the hospital after your soup", "health"),
        ("I am allergic to peanuts and you served them anyway", "health"),
        ("Three of us got food poisoning", "health"),
        ("We are stuck and out of meds", "health"),
        ("She fainted in your queue", "health"),
        ("The kettle exploded in my kitchen", "safety"),
        ("My air fryer started smoking, I want my money back", "safety"),
        ("There were sparks coming from the plug", "safety"),
        ("I got an electric shock from the toaster", "safety"),
        ("There is a smell of gas in the building", "safety"),
        ("That crib is dangerous for babies", "safety"),
        ("Your driver almost caused an accident", "safety"),
        ("A guard punched me", "safety"),
        ("I found glass in my salad", "safety"),
        ("You put our lives in danger", "safety"),
    ],
)
def test_danger_to_a_body_is_critical(text: str, cue: str) -> None:
    found = suggest(text, CATEGORIES)
    assert (found.severity, found.cue) == ("critical", cue)


@pytest.mark.parametrize(
    "text",
    [
        "Necesito una oficina más cercana, la mía está junto al Hospital del Norte",
        "Mi sucursal queda cerca del hospital y siempre está cerrada",
        "Fui a la sucursal del Hospital Central y no abrían",
        "Por accidente contraté un seguro y quiero cancelarlo",
        "Quiero dar de baja el seguro de accidentes",
        "Ningún empleado está en peligro de quedarse sin comisión",
        "Pedir la clave por teléfono es muy peligroso",
        "Menudo formulario tan peligroso, cualquiera me copia",
        "Ponen en peligro mi dinero",
        "Su conducta peligrosa con mis datos",
        "El teléfono no deja de explotar de llamadas",
        "Estoy a dos de incendiar esta oficina",
        "Me enferma su servicio",
        "Tu atención da ganas de vomitar",
        "La dirección no funciona en el formulario",
        "Frente a mi casa no funciona el cajero",
        "Le tengo alergia a este banco",
        "The branch next to St Mary hospital is always closed",
        "And to add insult to injury you charged a fee",
        "I deleted the account by accident",
        "We are in danger of missing the connection",
        "It is dangerous to use this debit card",
        "A dangerous precedent for savers",
        "You are sick of customers, clearly",
        "The system kicked me out again",
        "This is an assault on my wallet",
        "The app is unsafe",
    ],
)
def test_places_idioms_and_forms_are_not_critical(text: str) -> None:
    assert suggest(text, CATEGORIES).severity != "critical"


@pytest.mark.parametrize(
    "text",
    [
        "me ha explotado el móvil en la mano",
        "mi hijo lleva dos días ingresado por vuestro yogur",
        "mi padre ha muerto por vuestra caldera",
        "el coche se quedó sin frenos y mi mujer está en la UCI",
        "my phone blew up in my hand",
        "me ha explotado la batería, estoy ingresado",
        "estoy ingresado por vuestra culpa",
        "me han tenido que operar el ojo",
        "la niña está en la UCI",
        "my son is in intensive care",
        "el coche se quedó sin frenos en la autopista",
        "nos ha dado calambre la lavadora",
        "Norvia, la caldera que instalasteis explotó y mi padre está ingresado",
        "la caldera explotó y mi padre está en el hospital",
        "Echa humo la caldera y mi madre está intoxicada",
        "La caldera echa humo y mi madre se ha desmayado",
        "the boiler blew up and my dad is in hospital",
        "the boiler exploded, dad has been hospitalised",
        "explotó la batería del patinete",
        "la olla me explotó en la cara",
        "se incendió el secador",
        "acabé en urgencias por vuestro producto",
        "I ended up in the ER because of your product",
        "the brakes failed and we crashed",
        "huele a gas en mi casa",
        "se nos ha incendiado la freidora",
        "las baterías han explotado",
        "nos explotaron dos bombillas",
        "reventó la rueda del coche en marcha",
        "han ingresado a mi madre",
        "ingresaron a mi hija en el hospital",
        "estuvimos ingresados tres días",
        "a mi hijo lo han ingresado en urgencias",
        "mi abuela murió por culpa de vuestro gas",
        "vuestra estufa mató a mi perro",
        "casi matáis a mi hijo",
        "estamos intoxicados",
        "nos habéis intoxicado",
        "nos hemos intoxicado con el monóxido",
        "la lavadora me da calambre",
        "los frenos han fallado",
        "el coche no frena",
        "mi hijo se ha atragantado con una pieza",
        "hay un escape de gas",
        "me ha dado una reacción alérgica",
        "se me ha hinchado la cara",
        "me he quemado la mano",
        "tuvieron que operarme",
        "la batería ha reventado",
        "el cargador se quemó",
        "la tele está ardiendo",
        "your heater blew up",
        "the battery has burst",
        "our fridge went up in flames",
        "I was in the ICU for a week",
        "my wife had to have surgery because of your drill",
        "your boiler killed my father",
        "my dad died because of your boiler",
        "the kids were poisoned by your gas",
        "we lost our brakes on the highway",
        "the brakes gave out",
        "my toddler choked on the cap",
        "the toaster shocked me",
        "the gas is leaking",
        "my mum passed out",
        "the charger is smoking",
        "my daughter's throat swelled up",
        "the car had no brakes",
        "I had to be operated on because of your blender",
        "my phone exploded",
        "la plancha me ha dado un calambrazo",
        "mi madre falleció tras la explosión",
        "my hands got burned on my arm",
        "la batería explotó a los tres días",
        "mi tía está ingresada desde ayer por vuestro pescado",
        "me ingresaron de urgencia",
        "hemos estado ingresados por vuestra comida",
        "my grandma is in the icu",
        "my partner choked on your capsule",
        "la moto no tiene frenos, íbamos sin frenos cuesta abajo",
        "los vecinos fallecieron por la explosión",
        "nos ha explotado la olla a presión",
        "a mi madre le explotó el termo",
        "el móvil me estalló en el bolsillo",
        "se me han quemado los dedos con vuestro secador",
        "llevan ingresados desde el domingo por vuestras ostras",
        "mis hijos están ingresados",
        "mi marido sigue ingresado",
        "me tuvieron que operar de urgencia",
        "le han tenido que operar la mano",
        "les tuvieron que ingresar",
        "terminamos en la UCI",
        "mi abuelo está en cuidados intensivos",
        "vuestra caldera ha matado a mi padre",
        "mi hermano ha fallecido por vuestro coche",
        "nos quedamos sin frenos bajando el puerto",
        "fallaban los frenos",
        "no me funcionan los frenos",
        "a mi hijo le da calambre el frigorífico",
        "el enchufe me ha dado un calambre",
        "la niña se atragantó con el juguete",
        "mi hija se ahogaba con la pieza",
        "se ha escapado el gas",
        "hay una fuga de gas desde ayer",
        "me dio un shock anafiláctico",
        "tengo la cara hinchada por vuestra crema",
        "la secadora ha salido ardiendo",
        "ha ardido el coche",
        "se nos quemó la casa",
        "sale humo del enchufe",
        "la batería echaba chispas",
        "mi madre se intoxicó con el pescado",
        "the washing machine caught fire",
        "my charger burst into flames",
        "sparks were flying out of the socket",
        "the scooter's battery blew",
        "I was admitted to hospital",
        "my husband is in hospital",
        "my baby was hospitalized",
        "they had to operate on my eye",
        "I needed surgery after using your saw",
        "my dog died after eating your food",
        "your food killed our cat",
        "my father was killed by your boiler",
        "we were all poisoned",
        "carbon monoxide poisoning",
        "my brakes stopped working",
        "the brakes didn't work",
        "the brakes are failing",
        "he is choking on it",
        "we can smell gas",
        "I had an allergic reaction",
        "anaphylactic shock",
        "my washing machine electrocuted me",
        "the fridge gives me electric shocks",
        "my tongue swelled up",
        "she's in the ICU",
        "we spent the night in A&E",
        "I got burned by your kettle",
        "mi bebé está en neonatos ingresada",
        "murió mi padre por vuestra caldera",
        "el router se ha puesto a arder",
        "recibí una descarga al enchufar la tostadora",
        "mi padre ingresó ayer por vuestro marisco",
        "ingresé de urgencias anoche",
        "por vuestra culpa ha muerto mi padre",
        "my kitchen is on fire",
        "my mother passed away because of your heater",
        "because of you my father is dead",
        "your product killed him",
    ],
)
def test_danger_is_critical_in_every_tense_and_person(text: str) -> None:
    assert suggest(text, CATEGORIES).severity == "critical"


@pytest.mark.parametrize(
    "text",
    [
        "he ingresado 50 euros y no aparecen",
        "me han ingresado el dinero tarde",
        "mi padre ha ingresado 300 euros en la cuenta",
        "mi hijo me ha ingresado la paga",
        "el dinero está ingresado desde ayer",
        "mi padre estaba muerto de risa con vuestra web",
        "estoy muerto de sueño esperando",
        "la batería está muerta",
        "my phone is dead",
        "the battery is dead again",
        "mi padre falleció y el banco sigue cobrando",
        "my father died and the bank keeps charging his account",
        "my phone is blowing up with your spam",
        "me explota la cabeza con esta app",
        "el móvil me explota de notificaciones",
        "explotáis a los trabajadores",
        "no puedo operar en la app",
        "he tenido que operar desde otra cuenta",
        "cuesta abajo y sin frenos vais con este servicio",
        "esta web va muy lenta, me muero de aburrimiento",
        "my brain exploded reading your contract",
        "my dad killed my vibe",
        "tengo un ingreso pendiente",
        "la empresa me tiene quemada",
        "mi madre está esperando el ingreso",
        "UCI me cobra de más la hipoteca",
        "se me acabó la batería",
        "you burst my bubble",
        "it blew up in your face",
        "that song is fire",
        "mi mujer está que explota con vosotros",
        "me ha dado corte llamar",
        "I love Vaseline intensive care",
        "reventáis los precios del coche",
        "llevo un mes y no me han ingresado la nómina",
        "llevo dos días con el dinero ingresado y no se ve",
        "sigo sin ver ingresado mi reembolso",
        "necesito que me ingresen con urgencia mi dinero",
        "le han ingresado a mi madre la pensión tarde",
        "tengo ingresados 300 euros y no salen",
        "mi madre lleva un mes sin que le hayan ingresado la pensión",
        "estoy esperando y no me han ingresado",
        "mi hijo se muere de ganas de ir",
        "nos matáis de aburrimiento",
        "my mentions are blowing up",
        "we nearly died laughing at your ad",
        "me arden los ojos de leer tanto",
        "mi marido ha explotado de rabia",
        "I lost my phone and my SIM is dead",
        "el cargador está muerto",
        "mi padre ha muerto y necesito cambiar el titular",
        "my son killed the battery",
        "por vuestra culpa ha muerto mi móvil",
    ],
)
def test_money_paid_in_bereavement_and_idioms_are_not_danger(text: str) -> None:
    assert suggest(text, CATEGORIES).severity != "critical"


@pytest.mark.parametrize(
    ("text", "severity", "cue"),
    [
        ("Esto es muy peligroso", "serious", "harm"),
        ("Nunca llegaron los medicamentos que compré en la web", "serious", "harm"),
        ("Tuve un accidente y el seguro no responde", "serious", "harm"),
        ("Medicine ordered on Monday, nothing delivered", "serious", "harm"),
        ("We had an accident and you doubled my rate", "serious", "harm"),
        ("Your branch is unsafe at night", "serious", "harm"),
        ("Queda por el hospital", "moderate", ""),
        ("Lo pulsé por accidente", "moderate", ""),
        ("Insult to injury", "moderate", ""),
    ],
)
def test_what_only_touches_on_danger_is_serious_or_less(text: str, severity: str, cue: str) -> None:
    found = suggest(text, CATEGORIES)
    assert (found.severity, found.cue) == (severity, cue)


@pytest.mark.parametrize(
    "text",
    [
        "Prefiero mil veces la otra tienda",
        "El vuelo sale 5 veces por semana",
        "La fila es tres veces más larga",
        "A mi juicio son lentos",
        "Su policía de la puerta fue grosero",
        "Me cobraron a meses sin intereses y luego no",
        "La petición no autorizada por el sistema sale en pantalla",
        "Saludos a @Autismo_Norvia",
        "We have stayed here several times",
        "9 times out of 10 it is late",
        "Stuck on hold",
        "No power outlets on the seat",
        "The mixer has a regulatory fault",
        "I have used it for months",
    ],
)
def test_words_of_another_sense_are_no_cue(text: str) -> None:
    assert suggest(text, CATEGORIES).cue == ""


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Les he escrito cinco veces", "repeated"),
        ("Cinco veces he llamado y nada", "repeated"),
        ("Raised this with the branch multiple times", "repeated"),
        ("Hay un cargo de 40 no autorizado", "fraud"),
        ("Iremos a juicio", "legal"),
        ("Ya fui a la policía", "legal"),
        ("I will sue you", "legal"),
        ("Me cobraron sin avisar", "money"),
        ("Stuck on the tarmac", "stranded"),
        ("Llevo un mes esperando", "long_wait"),
        ("I have been asking for months", "long_wait"),
    ],
)
def test_narrow_phrases_still_find_what_they_are_for(text: str, cue: str) -> None:
    assert suggest(text, CATEGORIES).cue == cue


def test_alternatives_and_lists_stand_for_each_of_their_words() -> None:
    index = cues._Index([("k", cues._expand_lists("ver|mirar ~ @veces veces"))])
    for said in ("ver tres veces", "mirar eso mil veces", "ver 7 veces"):
        assert index.keys_in(cues._words(said)) == ["k"]
    assert index.keys_in(cues._words("mirar dos veces")) == []


def test_words_of_the_settings_add_to_ours() -> None:
    categories = (*CATEGORIES, Category(name="irrigation", words=("riego", "aspersor*")))
    assert suggest("Los aspersores no riegan", categories).category == "irrigation"
    longer = tuple(
        Category(name=one.name, words=("el gremlin",)) if one.name == "digital" else one for one in CATEGORIES
    )
    assert suggest("Otra vez el gremlin de la factura", longer).category == "digital"


def test_only_categories_of_the_settings_are_suggested() -> None:
    assert suggest("La factura está mal", (Category(name="other"),)).category == "other"


@pytest.mark.parametrize(
    ("text", "learned", "category"),
    [
        ("Otra vez lo mismo", "billing", "billing"),  # no words tell
        ("Otra vez lo mismo", "", "other"),
        ("Otra vez lo mismo", "irrigation", "other"),  # not in the settings
        ("La factura no me llega a la app", "digital", "digital"),  # words for two
        ("La factura no me llega a la app", "policy", "billing"),  # it is neither
        ("Me cobraron dos veces en la factura", "service", "billing"),
    ],
)
def test_what_is_learned_decides_where_words_do_not(text: str, learned: str, category: str) -> None:
    assert suggest(text, CATEGORIES, learned).category == category


def test_a_business_s_own_words_outrank_what_is_learned() -> None:
    categories = (*CATEGORIES, Category(name="irrigation", words=("riego",)))
    assert suggest("La factura del riego", categories, "billing").category == "irrigation"


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("El cajero no me dio el dinero y el saldo bajó", "money"),
        ("La practicaja se tragó 300 pesos", "money"),
        ("Jamás se reflejó mi pago", "money"),
        ("Tenéis duplicado el cargo de la habitación", "money"),
        ("Hay un cargo que no reconozco en la cuenta", "fraud"),
        ("Compras que no he hecho yo", "fraud"),
        ("Dos cobros desconocidos este mes", "fraud"),
    ],
)
def test_money_taken_or_not_given_out_is_serious(text: str, cue: str) -> None:
    assert suggest(text, CATEGORIES).cue == cue


def test_the_words_that_tell_a_category_are_told() -> None:
    assert telling_words("Me COBRARON dos facturas en la app", "billing", CATEGORIES) == ("cobraron", "facturas")
    assert telling_words("Cinco averías en la aplicación", "digital", CATEGORIES) == ("aplicación",)
    assert telling_words("Otra vez lo mismo", "billing", CATEGORIES) == ()


def test_the_words_that_give_a_cue_are_told_without_idioms() -> None:
    assert cues.severe_words("Es un FRAUDE, me clonaron la tarjeta", "fraud") == ("fraude", "clonaron")
    assert cues.severe_words("Muerto de risa con vosotros", "health") == ()
    assert cues.severe_words("Otra vez lo mismo", "") == ()


def test_every_cue_of_the_lexicon_is_whole() -> None:
    lexicon = tomllib.loads((files("monitor.cases") / "cues.toml").read_text(encoding="utf-8"))
    assert set(lexicon["category"]) == {one.name for one in CATEGORIES} - {"other"}
    for name, entry in lexicon["cue"].items():
        assert cues.severity_of(name) == entry["severity"]
        assert entry["severity"] in SEVERITIES
        assert entry["es"], name
        assert entry["en"], name
    assert cues.severity_of("nothing") is None


def test_every_phrase_of_the_lexicon_finds_its_category_or_cue() -> None:
    lexicon = tomllib.loads((files("monitor.cases") / "cues.toml").read_text(encoding="utf-8"))
    for kind, index in (("category", cues._category_index(CATEGORIES)), ("cue", cues._cue_index())):
        for name, entry in lexicon[kind].items():
            for phrase in cues._bilingual_phrases(entry):
                said = (
                    " ".join(part.split("|")[0] for part in phrase.split())
                    .replace("*", "xx")
                    .replace("#", "12")
                    .replace("~", "y")
                )
                assert name in index.keys_in(cues._words(said)), (name, phrase)


@given(st.text(max_size=400))
def test_any_text_gets_an_answer(text: str) -> None:
    found = suggest(text, CATEGORIES)
    assert found.category in {one.name for one in CATEGORIES}
    assert found.severity in SEVERITIES


@pytest.mark.parametrize(
    "text",
    [
        "no " * 300_000,
        "a" * 1_000_000,
        "cobr de mas " * 90_000,
        "\u0301" * 1_000_000,
        "llevo # " * 90_000,
        "me hijo en vidrio poste comi maleta " * 20_000,
        "llame hablan 5 tres " * 40_000,
        "allergic to my thing car toy " * 30_000,
        "\ufdfa" * 500_000,
    ],
    ids=["one word", "no spaces", "phrases", "accents", "beginnings", "lists", "times", "things", "ligatures"],
)
def test_a_hostile_text_comes_to_an_end(text: str) -> None:
    suggest(text, CATEGORIES)
