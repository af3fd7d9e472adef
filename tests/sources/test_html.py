"""HTML of networks becomes the text a person sees, whatever the markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.html import to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("sin marcas", "sin marcas"),
        ("<p>uno</p><p>dos<br>tres<br/>cuatro</p>", "uno\n\ndos\ntres\ncuatro"),
        ("5 < 6 &amp; 7 &gt; 6 &#x1F621; &eacute;", "5 < 6 & 7 > 6 😡 é"),
        ("la&nbsp;   <b>caja</b>\n  rota", "la caja rota"),
        ("<ul><li>uno</li><li>dos</li></ul>", "uno\n\ndos"),
        ('<a href="/x?a=1&amp;b=2" title="a > b">el enlace</a>', "el enlace"),
        ('<span class="invisible">https://</span><span class="ellipsis">a.invalid/b</span>', "https://a.invalid/b"),
        ('va <img class="emoji" alt="😀" src="x.png"> y <img alt="foto" src="y.png">sigue', "va 😀 y sigue"),
        ("<style>p{}</style>uno<script>if (a < b) x()</script> dos", "uno dos"),
        ("<!-- nada -->uno<!DOCTYPE x><?php y ?> dos", "uno dos"),
        ("<script>nunca cierra", ""),
        ("<p title='sin cerrar>uno", "<p title='sin cerrar>uno"),
        ("&lt;b&gt;tal cual&lt;/b&gt;", "<b>tal cual</b>"),
        ("", ""),
    ],
)
def test_what_is_seen(markup: str, text: str) -> None:
    assert to_text(markup) == text


@given(st.text(alphabet=st.sampled_from("<>/!?-abp &;#x\"'= \n\0\ud800é"), max_size=60))
def test_no_markup_makes_it_fail(markup: str) -> None:
    assert isinstance(to_text(markup), str)


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "</", "<![CDATA[", "&", "<?", "<a b='", '<a "', "<p>", "<script>", "\n"]
)
def test_broken_markup_of_many_pieces_comes_to_an_end(piece: str) -> None:
    to_text(piece * (200_000 // len(piece)))
