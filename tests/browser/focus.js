// What the header hides once it has the focus, walked backwards from the end of the page, or once an anchor leads there.
() => {
  const main = document.querySelector("[data-testid=stMain]")
  const header = document.querySelector("[data-testid=stHeader]").getBoundingClientRect()
  const isPainted = document.querySelector("[data-testid=stExpandSidebarButton]") !== null
  const edge = isPainted ? header.bottom : 0
  const faults = []
  const look = (element, how) => {
    const box = element.getBoundingClientRect()
    const top = element.localName === "textarea" ? box.bottom - 20 : box.top  // where its caret is
    if (box.height > 0 && box.height < innerHeight / 2 && top < edge - 2) faults.push(`under the header once ${how}: <${element.localName}> "${(element.innerText || element.getAttribute("aria-label") || element.id).trim().slice(0, 60)}"`)
  }
  main.scrollTop = main.scrollHeight
  const stops = [...main.querySelectorAll("button, a[href], input, textarea, summary, [tabindex='0']")]
  for (const stop of stops.reverse()) {
    stop.focus()
    if (document.activeElement === stop && getComputedStyle(stop).opacity !== "0") look(stop, "it has the focus")
  }
  for (const heading of main.querySelectorAll("h1[id], h2[id], h3[id]")) {
    heading.scrollIntoView()
    look(heading, "an anchor leads there")
  }
  document.activeElement?.blur()
  main.scrollTop = 0
  return faults
}
