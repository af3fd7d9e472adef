"""Texts that no post should have and some do."""

ODD = [
    "",
    "   \n\t",
    "🙂",
    "😡😡😡😡😡😡",
    "\x00\x01\x02",
    "\ud800\udfff\ud83d",
    "a" * 100_000,
    "no funciona " * 10_000,
    "🏳️‍🌈" * 500,
    "שלום, החבילה שלי עדיין לא הגיעה",
    "\u202eفلان الفلاني\u202c",
    "荷物がまだ届きません。返金してください。",
    "<script>alert(1)</script>",
    "<s></s><pad><mask>",
    "&#0;&#xD800;&#1114112;",
]
