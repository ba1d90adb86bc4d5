// Shows what Chibo sends to this device (alerts/push.py) and opens its link. Served at /service-worker.js, so that it may act
// for every page of the site. It keeps nothing and answers no page's requests.
"use strict"

self.addEventListener("push", event => event.waitUntil(show(event.data)))

self.addEventListener("notificationclick", event => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.link))
})

async function show(data) {
  let told = {}
  try {
    told = data.json()
  } catch {
    // Nothing that can be read: a browser wants something to be shown all the same.
  }
  const {id = "", title = "Chibo", body = "", lang = "", tag = "", link = "/deadlines/"} = told
  const shown = tag ? await self.registration.getNotifications({tag}) : []
  const again = shown.some(one => one.data.id === id) // sent twice: it is replaced, and nobody is called again
  await self.registration.showNotification(title, {body, lang, tag, renotify: Boolean(tag) && !again, data: {id, link}})
}

async function open(link) {
  const address = new URL(link, self.location.origin)
  if (address.origin !== self.location.origin) return
  for (const one of await self.clients.matchAll({type: "window"})) {
    if (one.url === address.href) return one.focus()
  }
  return self.clients.openWindow(address.href)
}
