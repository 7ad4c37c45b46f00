/* The little that HTML cannot do alone. No eval, no inline handlers: it runs under a strict Content-Security-Policy.
   data-pick-all / data-pick    tick every row; data-picked shows how many
   data-auto    a filter form that asks again when a choice changes
   Keys are in keys.js, the jump box and names in comments in finding.js. */
(() => {
  "use strict";
  // htmx turns hx-on and trigger filters into code; here nothing on a page may become code.
  const refuse = function () { throw new Error("Scripts in attributes are switched off."); };
  if (window.htmx) htmx.registerExtension("no-eval", { init: (api) => api.initSecurity(null, refuse, refuse) });

  const closeMenus = (except) => document.querySelectorAll("details.picker[open]").forEach((d) => { if (d !== except) d.open = false; });
  document.addEventListener("click", (e) => closeMenus(e.target.closest("details.picker")));

  const count = (form) => {
    const all = [...form.querySelectorAll("[data-pick]")], on = all.filter((c) => c.checked);
    all.forEach((c) => c.closest("[data-row]")?.classList.toggle("picked", c.checked));
    const head = form.querySelector("[data-pick-all]");
    if (head) { head.checked = on.length > 0 && on.length === all.length; head.indeterminate = on.length > 0 && on.length < all.length; }
    form.querySelectorAll("[data-picked]").forEach((o) => { o.textContent = on.length ? on.length + " ticked" : ""; });
    form.querySelectorAll("[data-needs-pick]").forEach((b) => { b.disabled = on.length === 0; });
  };
  document.addEventListener("change", (e) => {
    const form = e.target.closest("[data-list]");
    if (form && e.target.matches("[data-pick-all]")) form.querySelectorAll("[data-pick]").forEach((c) => { c.checked = e.target.checked; });
    if (form && e.target.matches("[data-pick-all], [data-pick]")) count(form);
    if (e.target.matches("form[data-auto] select")) e.target.form.requestSubmit();
  });

  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const open = document.querySelector("details.picker[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  const ready = () => {
    document.querySelectorAll("[data-list]").forEach(count);
    document.querySelectorAll("[data-print]").forEach((b) => b.addEventListener("click", () => window.print()));
    // On a phone the newest month is what a chart over time is opened for.
    document.querySelectorAll(".plot > .wide:has(> .control, > .run)").forEach((box) => { box.scrollLeft = box.scrollWidth; });
    document.querySelector("[data-error-summary]")?.focus();
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();
  document.addEventListener("htmx:after:swap", () => document.querySelectorAll("[data-list]").forEach(count));
})();
