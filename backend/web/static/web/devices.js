// The button of /contacts/ by which this browser takes notices: asks the person, subscribes at the browser's push service and
// hands the subscription over in the page's form. Where the browser cannot, the page's sentence that says so stays.
"use strict"

const WAIT = 30_000 // milliseconds
const form = document.getElementById("device-form")

if (form && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  show("device-form")
  hide("device-cannot")
  navigator.serviceWorker.register("/service-worker.js").then(found => {
    document.body.dataset.serviceWorker = new URL(found.scope).pathname
  })
  form.addEventListener("submit", event => {
    event.preventDefault()
    const button = form.querySelector("button")
    button.disabled = true
    Promise.race([add(), late()]).catch(() => show("device-failed")).finally(() => { button.disabled = false })
  })
}

async function add() {
  hide("device-failed")
  hide("device-denied")
  if (await Notification.requestPermission() !== "granted") return show("device-denied")
  const registration = await navigator.serviceWorker.ready
  const key = bytes(form.dataset.key)
  const old = await registration.pushManager.getSubscription()
  if (old && !same(old.options.applicationServerKey, key)) await old.unsubscribe()
  const made = await registration.pushManager.subscribe({userVisibleOnly: true, applicationServerKey: key})
  const {endpoint, keys} = made.toJSON()
  form.elements.endpoint.value = endpoint
  form.elements.p256dh.value = keys.p256dh
  form.elements.auth.value = keys.auth
  form.submit()
}

// A browser that does not reach its push service tries for minutes; the person is told before.
function late() {
  return new Promise((_done, failed) => setTimeout(failed, WAIT))
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from(plain, one => one.charCodeAt(0))
}

function same(buffer, key) {
  const other = new Uint8Array(buffer ?? [])
  return other.length === key.length && other.every((one, place) => one === key[place])
}

function show(id) {
  document.getElementById(id).hidden = false
}

function hide(id) {
  document.getElementById(id).hidden = true
}
