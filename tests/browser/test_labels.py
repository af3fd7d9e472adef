"""Names that others wrote, as labels in a real browser: none becomes a link, a picture or an icon."""

import json
from collections.abc import Iterator

import pytest

from tests.browser.conftest import Opening, serving

NAMES = (
    *("http://evil.example/x", "HTTPS://EVIL.EXAMPLE", "https://a:b@evil.example", "www.evil.example"),
    *("a@evil.example", "mailto:a@evil.example", "@evil.example", ":material/delete: x", ":smile:", ":+1:"),
    *(":streamlit:", ":red[x]", ":red-badge[x]", "$x^2$", "**b**", "<b>b</b>", "<img src=x>", "~~s~~", "`c`"),
    *("![a](http://evil.example/a.png)", "[a](http://evil.example)", "<https://evil.example>", "# h", "- l"),
    *("&#104;ttp://evil.example", "> q", "| a | b |"),
)
# What acts only at the beginning, or beside a space: it may be escaped there alone.
PLACES = (
    *("1. l", "12345) l", "+ l", "= l", "--- l", "===", "- [ ] l", "a - b", "ESC-000079-4", "[^1]"),
    *("[x]: http://evil.example", "a_b_c", "_b_", "a _b_ c", "__b__", "a__b__c", "(_b_)", "ñ_b_ñ", "a **b** c"),
    *("a~b~c", "a ~b~ c", "x&lt;i", "&amp;", "a:red[x]", "::red[x]", "a: b", "10:30", "a:b"),
)
SETS = {"acting": NAMES, "places": PLACES}
PAGE = """
import streamlit as st
from dashboard.ui.escaping import escape_markdown

for place, name in enumerate({names}[st.query_params["names"]]):
    label = escape_markdown(name)
    st.title(label, anchor=False)
    st.caption(f"Nota de {{label}}: ({{label}})")
    st.error(label)
    st.expander(label)
    st.popover(label)
    st.tabs([label])
    st.metric(label, label)
    st.button(label, key=f"button{{place}}", help=label)
    st.checkbox(label, key=f"checkbox{{place}}")
    st.radio(label, [label, "b"], key=f"radio{{place}}")
    st.pills(label, [label, "b"], key=f"pills{{place}}")
    st.selectbox(label, [label], key=f"selectbox{{place}}")
    st.multiselect(label, [label], default=[label], key=f"multiselect{{place}}")
    st.text_input(label, key=f"text{{place}}")
st.title("the end", anchor=False)
"""
ACTING = (
    "a[href], img, strong, em, del, code, .katex, h2, h3, blockquote, table, [class*=stMarkdownColored], [class*=Badge]"
)
ICONS = "[data-testid=stMarkdownContainer] [data-testid=stIconMaterial]"


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page answers that has them all."""
    folder = tmp_path_factory.mktemp("labels")
    app = folder / "labels.py"
    app.write_text(PAGE.format(names=json.dumps(SETS)), encoding="utf-8")
    with serving({"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}, folder, app) as address:
        yield address


@pytest.mark.parametrize("kind", SETS)
def test_names_stay_names_in_labels(opening: Opening, labels: str, kind: str) -> None:
    page = opening(labels)
    page.goto(f"{labels}/?names={kind}")
    page.get_by_role("heading", name="the end").wait_for()
    content = page.locator("[data-testid=stMain]")
    assert content.locator(ACTING).evaluate_all("elements => elements.map(element => element.outerHTML)") == []
    assert content.locator(ICONS).count() == 0
    shown = [text.replace("\u2060", "") for text in content.locator("h1").all_text_contents()]
    assert shown == [*SETS[kind], "the end"]
