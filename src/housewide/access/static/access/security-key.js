/* A security key is asked for by the browser; this passes on what the server wants to know and sends back the answer.
   <form data-security-key="add|use" data-options="JSON"> with an input named credential and a button data-ask. */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = (options) => {
    const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
    if (key.excludeCredentials) key.excludeCredentials = named(key.excludeCredentials);
    if (key.allowCredentials) key.allowCredentials = named(key.allowCredentials);
    return { publicKey: key };
  };

  const answered = (found) => {
    const said = { clientDataJSON: text(found.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (found.response[part]) said[part] = text(found.response[part]);
    if (found.response.getTransports) said.transports = found.response.getTransports();
    return { id: found.id, rawId: text(found.rawId), type: found.type, response: said,
      authenticatorAttachment: found.authenticatorAttachment || null, clientExtensionResults: found.getClientExtensionResults() };
  };

  const start = (form) => {
    const button = form.querySelector("[data-ask]"), trouble = form.querySelector("[data-trouble]");
    if (!window.PublicKeyCredential) { trouble.hidden = false; button.disabled = true; return; }
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      trouble.hidden = true;
      try {
        const options = asked(JSON.parse(form.dataset.options));
        const found = form.dataset.securityKey === "add" ? await navigator.credentials.create(options) : await navigator.credentials.get(options);
        form.querySelector("[name=credential]").value = JSON.stringify(answered(found));
        form.submit();
      } catch (problem) { trouble.hidden = false; trouble.focus(); }
    });
  };
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-security-key]").forEach(start));
})();
