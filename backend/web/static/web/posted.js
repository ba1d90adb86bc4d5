// A page that answers a form, gone back to later, is asked for anew: the browser need not offer to send the form once more. It is
// made so when the page is left, not before: reloaded by mistake it still brings back what was typed.
"use strict"

const leave = () => history.replaceState(history.state, "", location.href)

addEventListener("submit", leave)
addEventListener("click", event => event.target.closest("a[href]") && leave())
