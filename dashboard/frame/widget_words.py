"""What Streamlit's widgets say of their own, in the language of the page: they know English alone.

Where an argument takes the words they are given there. The rest the browser puts into the page's language as it
appears; the English catalogue holds Streamlit's words, and by these they are found. What people wrote is left alone:
words are looked for in the parts where widgets speak, and names of parts where screen readers take them from.
"""

import streamlit as st

from dashboard import i18n

_SECTION = "widgets."
# Streamlit's calendars follow the browser's language; this says that it is the page's. Those that are drawn before it
# is said keep the browser's.
_TRANSLATE = """
const SPOKEN = ["[data-testid=InputInstructions]", "[data-testid=stFileUploader]", "[data-testid=stTooltipContent]",
    "[data-key^=__]", "[role=listbox][data-empty]", "[data-testid=stStatusWidget]", "[data-testid=stConnectionStatus]",
    "[data-testid=stDateInput] [role=spinbutton]", "[data-testid=stDateInputCalendar]",
    "[role=dialog] > h2, [role=dialog] > h2 + div"].join()
const NAMED = "button, a, nav, section, input, textarea, [role=spinbutton], [role=dialog], [role=listbox], [role=img]"
const ATTRIBUTES = ["aria-label", "aria-valuetext", "title", "placeholder"]
const escape = (text) => text.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&")
const pattern = (message) => new RegExp(`^${message.split(/\\{\\w+\\}/).map(escape).join("(.*)")}$`, "s")
const known = new Map()
let messages = [], language = ""
function translated(text) {
    if (!known.has(text)) known.set(text, lookUp(text))
    return known.get(text)
}
function lookUp(text) {
    for (const { forms, wanted } of messages) {
        const values = forms.map((form) => form.exec(text)).find(Boolean)
        if (values) return wanted.split(/\\{\\w+\\}/).map((part, place) => part + (values[place + 1] ?? "")).join("")
    }
    return text
}
function translate() {
    for (const part of document.querySelectorAll(SPOKEN)) {
        const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
        for (let node = texts.nextNode(); node; node = texts.nextNode()) {
            const text = translated(node.data)
            if (text !== node.data) node.data = text
        }
    }
    for (const part of document.querySelectorAll(NAMED))
        for (const name of ATTRIBUTES) {
            const words = part.getAttribute(name)
            if (words && translated(words) !== words) part.setAttribute(name, translated(words))
        }
}
Object.defineProperty(navigator, "language", { get: () => language, configurable: true })
const changes = { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES }
new MutationObserver(translate).observe(document.body, changes)
export default function ({ data }) {
    if (language === data.language) return
    language = data.language
    known.clear()
    messages = data.messages.map((forms) => ({ forms: forms.map(pattern), wanted: forms[0] }))
    document.documentElement.lang = language
    window.dispatchEvent(new Event("languagechange"))
    translate()
}
"""


def translate() -> None:
    """Puts what Streamlit says into the language of this run."""
    language = i18n.language()
    catalogues = [i18n.catalogue(language), i18n.catalogue("en" if language == "es" else "es")]
    keys = [key for key in catalogues[0] if key.startswith(_SECTION)]
    st.components.v2.component("widget-words", js=_TRANSLATE)(
        key="widget-words",
        data={"language": language, "messages": [[words[key] for words in catalogues] for key in keys]},
    )
