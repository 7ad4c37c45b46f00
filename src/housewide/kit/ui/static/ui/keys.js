/* Every list, worklist and page by keyboard. Nothing happens while somebody types, or with Ctrl, Alt or Meta held.
   /        focuses the jump box                    ?      opens the list of keys
   j k      next and previous row                   o      opens the row (Enter opens what has the focus)
   x        ticks the row                           e      presses the row's main action, else the list's
   g and t, w, h, r   go to Today, My work, Huddles, Reviews (links marked data-go) */
(() => {
  "use strict";
  const PATIENCE = 1500; // milliseconds between g and the second key
  const typing = (t) => t.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("main [data-row]")].filter((r) => r.offsetParent !== null || r.getClientRects().length);
  const opener = (row) => row?.querySelector("[data-open], a[href]");
  const said = (text) => { const box = document.getElementById("keys-said"); if (box) box.textContent = text; };
  let leader = 0;

  const current = () => document.activeElement?.closest("[data-row]") || document.querySelector("[data-row].at");
  const move = (step) => {
    const all = rows(); if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))];
    document.querySelectorAll("[data-row].at").forEach((r) => r.classList.remove("at"));
    next.classList.add("at");
    next.scrollIntoView({ block: "nearest" });
    const to = opener(next) || next.querySelector("input, button");
    if (to) to.focus({ preventScroll: true }); else { next.tabIndex = -1; next.focus({ preventScroll: true }); }
  };
  const help = () => {
    const box = document.getElementById("keys");
    if (box?.togglePopover?.() ?? box?.matches(":popover-open")) box.querySelector("button").focus();
  };
  const go = (key) => {
    const link = document.querySelector(`[data-go="${key}"]`);
    if (link) link.click(); else said("There is no such page for you.");
  };
  const press = (row, selector) => { const found = row?.querySelector(selector); found?.click(); return Boolean(found); };

  // The first action of the list; with nothing ticked it is meant for the row one stands on.
  const whole = (row) => {
    const list = row?.closest("[data-list]") || document.querySelector("main [data-list]");
    const main = list?.querySelector("[data-main]");
    if (main?.disabled) press(row, "input[data-pick]:not(:checked)");
    if (main && !main.disabled) main.click();
  };

  const ACTS = {
    "/": () => { const box = document.getElementById("jump"); box?.focus(); box?.select(); },
    "?": help,
    j: () => move(1),
    k: () => move(-1),
    o: () => opener(current())?.click(),
    x: () => press(current(), "input[type=checkbox]"),
    e: () => press(current(), "[data-main]") || whole(current()),
    g: () => { leader = Date.now(); },
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target)) return;
    const second = Date.now() - leader < PATIENCE;
    leader = 0;
    if (second && "twhr".includes(e.key)) { e.preventDefault(); go(e.key); return; }
    const act = ACTS[e.key];
    if (act) { e.preventDefault(); act(); }
  });
})();
