// What is wrong with the page as it is laid out now: sentences, none when all is well. Boxes are compared, no pixels.
(checksTouch) => {
  const MAY_SCROLL = ".st-key-board, .scroll, .words, pre, code, [role=listbox], [data-testid=stMain], [data-testid=stSidebarContent], [data-testid=stPopoverBody], [role=dialog]"
  const LAYERS = "[data-testid=stHeader], [data-testid=stSidebar], [data-testid=stPopoverBody], [role=dialog], [data-testid=stToastContainer], .st-key-undo, .stage-head"
  const ESCAPED = /\\[\\`*_{}\[\]()#+\-.!|~:$<>&^=]/
  const ACTED = ["Fuerte", "Vega", "Negrita", "Código"]
  const faults = new Map()
  const fault = (kind, element, text) => {
    const where = path(element)
    if (!faults.has(kind + where)) faults.set(kind + where, `${kind}: ${where}${text ? `, "${short(text)}"` : ""}`)
  }
  const styles = new Map()
  const styleOf = (element) => styles.get(element) ?? styles.set(element, getComputedStyle(element)).get(element)
  const short = (text) => text.trim().replace(/\s+/g, " ").slice(0, 60)
  const path = (element) => {
    const steps = []
    for (let at = element; at && at !== document.body && steps.length < 12; at = at.parentElement) {
      const key = [...at.classList].find((name) => name.startsWith("st-key-")) ?? at.dataset.testid
      if (key) steps.unshift(key.replace(/\d+/g, "N"))
    }
    return [...new Set(steps)].slice(-3).join(" > ") + " <" + element.localName + (element.className && typeof element.className === "string" && !element.className.includes("emotion") ? "." + element.className : "") + ">"
  }
  const isShown = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = styleOf(at)
      if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return false
      if (style.position === "absolute" && at.clientWidth <= 1 && at.clientHeight <= 1 && style.overflow === "hidden") return false
      if (at.matches("details:not([open]) > :not(summary)")) return false
      if (at.matches("[data-testid=stSidebar]") && at.getBoundingClientRect().right < 40) return false
    }
    return true
  }

  function clipped(box, element, text, isIcon) {
    let { left, right, top, bottom } = box
    const hanging = styleOf(element).whiteSpace === "pre-wrap" ? 10 : 1.5  // a space at the end of a line
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (at.matches("[data-testid=stMain], [data-testid=stSidebarContent]")) break  // what is below can be scrolled to
      const style = styleOf(at)
      const paints = ["paint", "content", "strict"].some((word) => style.contain.includes(word))
      if ((style.display === "inline" && at.localName !== "svg") || (style.overflowX === "visible" && style.overflowY === "visible" && !paints)) continue
      const frame = at.getBoundingClientRect()
      const x = [frame.left + at.clientLeft, frame.left + at.clientLeft + at.clientWidth]
      const y = [frame.top + at.clientTop, frame.top + at.clientTop + at.clientHeight]
      if ((right > x[1] + hanging || left < x[0] - hanging) && bottom > y[0] + 3 && top < y[1] - 3 && !isIcon) {
        const scrolls = ["auto", "scroll"].includes(style.overflowX)
        if (scrolls && !at.matches(MAY_SCROLL)) fault("scrolls sideways", at, text)
        if (!scrolls && !(style.textOverflow === "ellipsis" && at.closest("[title]"))) fault("cut", at, text)
      }
      if (style.webkitLineClamp !== "none" && bottom > y[1] + 3 && !at.closest("[title]")) fault("cut below", at, text)
      if (!isIcon && style.overflowY === "hidden" && style.webkitLineClamp === "none" && top < y[1] - 3 && bottom > y[1] + 4) fault("cut in half", at, text)
      left = Math.max(left, x[0]); right = Math.min(right, x[1]); top = Math.max(top, y[0]); bottom = Math.min(bottom, y[1])
      if (right - left < 2 || bottom - top < 3) return null
    }
    return { left, right, top, bottom }
  }

  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.data.trim() || element.closest("script, style, noscript, title") || !isShown(element)) continue
    const isIcon = element.matches("[data-testid=stIconMaterial]")
    if (ESCAPED.test(node.data)) fault("Markdown escapes", element, node.data)
    if (ACTED.includes(node.data.trim())) fault("Markdown acts", element, node.data)
    const range = document.createRange()
    range.selectNodeContents(node)
    const layer = element.closest(LAYERS)
    for (const box of range.getClientRects()) {
      const seen = box.width > 1 && box.height > 1 ? clipped(box, element, node.data, isIcon) : null
      if (!seen) continue
      if ((seen.right > innerWidth + 1.5 || seen.left < -1.5) && !element.closest(MAY_SCROLL.split(", [data-testid=stMain]")[0])) fault("out of the window", element, node.data)
      const inset = (box.bottom - box.top) * 0.24  // what is above and below the letters
      texts.push({ node, element, layer, left: seen.left + 1, right: seen.right - 1, top: Math.max(seen.top, box.top + inset), bottom: Math.min(seen.bottom, box.bottom - inset) })
    }
  }

  texts.sort((one, other) => one.top - other.top)
  texts.forEach((one, place) => {
    for (let at = place + 1; at < texts.length && texts[at].top < one.bottom - 1; at++) {
      const other = texts[at]
      const isApart = one.node === other.node || one.layer !== other.layer || other.left >= one.right || other.right <= one.left
      if (!isApart) fault(`over each other: ${path(other.element)} and`, one.element, one.node.data)
    }
  })

  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"])
      if (ESCAPED.test(element.getAttribute(name) ?? "")) fault(`Markdown escapes in ${name}`, element, element.getAttribute(name))

  for (const input of document.querySelectorAll("input:not([type=checkbox]):not([type=radio]):not([type=file])"))
    if (isShown(input) && input.scrollWidth > input.clientWidth + 1 && styleOf(input).textOverflow !== "ellipsis") fault("cut", input, input.value || input.placeholder)

  const main = document.querySelector("[data-testid=stMain]")
  for (const error of document.querySelectorAll("[data-testid=stException]")) fault("an error", error, error.innerText)
  if (document.documentElement.scrollWidth > innerWidth + 1 || main.scrollWidth > main.clientWidth + 1) {
    const edge = main.getBoundingClientRect().right
    const wide = [...main.querySelectorAll("*")].filter((element) => !element.closest(".st-key-board *, .scroll *, pre *") && element.getBoundingClientRect().right > edge + 1)
    fault("the page scrolls sideways", wide.at(-1) ?? main)
  }

  const header = document.querySelector("[data-testid=stHeader]").getBoundingClientRect()
  const isPainted = document.querySelector("[data-testid=stExpandSidebarButton]") !== null
  const isUnderHeader = (box) => isPainted && box.bottom > 0 && box.top < header.bottom - 4 && box.right > header.left && box.left < header.right
  if (main.scrollTop === 0)
    for (const text of texts) if (main.contains(text.element) && !text.element.closest(".st-key-undo") && isUnderHeader(text)) fault("under the header", text.element, text.node.data)

  if (checksTouch)
    for (const target of document.querySelectorAll("button, a[href], summary, [role=tab], [role=radio], [role=combobox], label:has(input[type=checkbox])")) {
      if (!isShown(target) || target.closest("[data-testid=stTooltipIcon], [data-testid=stHeader], p, table, [role=combobox] *, input ~ *, [data-testid=stToast], [data-testid=stElementToolbar], [data-testid=stMultiSelect], .stCode, [data-testid=stFileUploader]")) continue
      const box = (target.closest("label, [data-baseweb=select], [data-testid=stSelectbox] > div:last-child") ?? target).getBoundingClientRect()
      if (box.width > 1 && box.height > 1 && (box.height < 38.5 || box.width < 38.5)) fault(`small to touch (${Math.round(box.width)} x ${Math.round(box.height)})`, target, target.innerText || target.getAttribute("aria-label"))
    }

  for (const floating of document.querySelectorAll("[data-testid=stPopoverBody], [role=dialog], [data-testid=stToast]")) {
    const box = floating.getBoundingClientRect()
    if (isShown(floating) && box.width > 1 && (box.left < -1 || box.right > innerWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1)) fault("does not fit the window", floating)
    if (floating.scrollWidth > floating.clientWidth + 1) fault("scrolls sideways", floating)
  }
  return [...faults.values()]
}
