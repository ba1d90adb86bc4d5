// What the pages with a passkey do in the browser: each has a button that the script of django-allauth (webauthn.js) wires
// to its form. Where the browser knows no passkeys the page's sentence that says so stays.
"use strict"

const forms = window.allauth.webauthn.forms
const credential = "id_credential"

if (window.PublicKeyCredential) {
  wire("passkey-add", ids => forms.addForm({ids: {...ids, add: "passkey-add", passwordless: "id_passwordless"}}))
  wire("passkey-use", ids => forms.authenticateForm({ids: {...ids, authenticate: "passkey-use"}}))
  wire("passkey-sign-in", ids => forms.loginForm({ids: {...ids, login: "passkey-sign-in"}}))
  document.addEventListener("allauth.error", event => {
    event.preventDefault()
    document.getElementById("passkey-failed").hidden = false
  })
}

function wire(id, doing) {
  const button = document.getElementById(id)
  if (!button) return
  doing({credential, data: "js_data"})
  button.closest("form").hidden = false
  document.getElementById("passkey-cannot").hidden = true
  button.addEventListener("click", () => { document.getElementById("passkey-failed").hidden = true })
}
