// Whoever signs out leaves nothing on the device of what was typed (`meeting.js`); the answer says so to the browser as well.
"use strict"

for (const form of document.querySelectorAll("form[data-leaving]")) {
  form.addEventListener("submit", () => {
    for (const name of Object.keys(localStorage)) if (name.startsWith("chibo.")) localStorage.removeItem(name)
  })
}
