// The form of a month's meeting survives a lost connection. What is chosen is kept on this device under the person, the office
// and the month: ids of the roll, codes of choices, ticks, numbers and days, and the key by which a form is taken once. No
// names, and no words that people wrote. Sent without a connection it waits and is sent again with the same key.
"use strict"

const KEPT = "chibo.meeting."
const AGAIN = 10_000 // milliseconds
const LONG = 31 * 24 * 3_600_000 // milliseconds
const PLAIN = /^[0-9/.\-]{0,20}$/

tidy()
begin()

// What nobody came back to is not kept for ever.
function tidy() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(KEPT) && !(read(name)?.at > Date.now() - LONG)) localStorage.removeItem(name)
  }
}

function begin() {
  const form = document.getElementById("meeting-form")
  if (!form) return forget()
  const place = KEPT + form.dataset.draft
  const kept = read(place)
  if (kept) restore(form, kept)
  form.addEventListener("change", () => keep(form, place))
  form.addEventListener("input", () => keep(form, place))
  form.addEventListener("submit", event => {
    if (form.dataset.plain) return
    event.preventDefault()
    if (event.submitter?.value === "check") return check(form, place)
    send(form, place)
  })
}

// Without a connection nobody is led away to the browser's own page: the words that were written would be gone.
addEventListener("click", event => {
  if (navigator.onLine || !document.getElementById("meeting-form") || !event.target.closest("a[href]")) return
  event.preventDefault()
  tell("meeting-stays")
})

// While there is no connection what was counted is that of before.
addEventListener("htmx:sendError", () => counted(false))
addEventListener("htmx:afterOnLoad", () => counted(true))

function counted(now) {
  const old = document.getElementById("reckoned-old")
  if (old) old.hidden = now
}

function tell(note) {
  for (const one of ["meeting-waits", "meeting-stays"]) document.getElementById(one).hidden = one !== note
  document.getElementById(note).scrollIntoView({block: "center"})
}

// Nothing is left to be typed here: what any form of this meeting kept on the device is done with.
function forget() {
  const done = document.getElementById("meeting")?.dataset.done
  if (done) localStorage.removeItem(KEPT + done)
}

function read(place) {
  try {
    return JSON.parse(localStorage.getItem(place))
  } catch {
    return null
  }
}

function keep(form, place) {
  const chosen = {}
  for (const one of form.querySelectorAll("input")) {
    if (one.type === "radio" && one.checked) chosen[one.name] = one.value
    if (one.type === "checkbox") chosen[one.name] = one.checked
    if (one.type === "text" && one.inputMode === "numeric" && PLAIN.test(one.value)) chosen[one.name] = one.value
  }
  localStorage.setItem(place, JSON.stringify({at: Date.now(), version: form.dataset.version, key: form.elements.key.value, chosen}))
}

// A meeting that has moved on since asks for less, under another key: what it still asks for is put back.
function restore(form, kept) {
  if (kept.version === form.dataset.version) form.elements.key.value = kept.key
  let changed = false
  for (const one of form.querySelectorAll("input")) {
    if (!(one.name in kept.chosen)) continue
    const value = kept.chosen[one.name], name = one.type === "text" ? "value" : "checked"
    const wanted = one.type === "radio" ? one.value === value : value
    changed ||= one[name] !== wanted
    one[name] = wanted
  }
  if (!changed) return
  document.getElementById("meeting-restored").hidden = false
  form.dispatchEvent(new Event("change")) // the arithmetic is counted anew
}

async function check(form, place) {
  try {
    await ask(form, place, "check")
  } catch {
    tell("meeting-stays")
  }
}

async function ask(form, place, what) {
  keep(form, place)
  const body = new FormData(form)
  body.set("do", what)
  const answer = await fetch(form.action, {method: "POST", body})
  if (answer.status >= 500) throw new Error(answer.statusText)
  show(form, answer, await answer.text(), place, what)
}

async function send(form, place) {
  form.querySelector("button[value=record]").disabled = true
  try {
    await ask(form, place, "record")
  } catch {
    tell("meeting-waits")
    await online()
    if (form.isConnected) send(form, place)
  }
}

// Until the device says that it is connected again; and after a while in any case, since it may be the server that was away.
function online() {
  return new Promise(done => {
    addEventListener("online", done, {once: true})
    setTimeout(done, AGAIN)
  })
}

// The answer takes the place of the page, as if it had been loaded. Where it is another page than a meeting's (to sign in again)
// the browser sends the form itself: what that page says stands on it once.
function show(form, answer, text, place, what) {
  const page = new DOMParser().parseFromString(text, "text/html")
  const main = page.getElementById("meeting") && page.querySelector("main")
  if (!main) {
    const button = form.querySelector(`button[value=${what}]`)
    button.disabled = false
    form.dataset.plain = "1"
    return form.requestSubmit(button)
  }
  if (answer.redirected) localStorage.removeItem(place) // recorded, all of it
  document.querySelector("main").replaceWith(main)
  document.title = page.title
  history.replaceState(null, "", answer.url)
  window.htmx?.process(main)
  scrollTo(0, 0)
  begin()
}
