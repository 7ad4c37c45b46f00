/* Two boxes that offer answers while one types: the jump box, and names after an @ in a comment.
   The answers are made by the server; here they are only moved through and taken. Without script both still work:
   the jump box sends its form, and a name is typed in full. */
(() => {
  "use strict";
  const options = (list) => [...list.querySelectorAll("[role=option]")];
  const chosen = (list) => list.querySelector('[aria-selected="true"]');

  // Move the mark in a list of answers; the focus stays in the box (aria-activedescendant).
  const mark = (box, list, step) => {
    const all = options(list); if (!all.length) return;
    const at = all.indexOf(chosen(list));
    all.forEach((one) => one.setAttribute("aria-selected", "false"));
    const next = all[(at + step + (at < 0 && step < 0 ? 1 : 0) + all.length) % all.length];
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", next.id);
  };
  const show = (box, list, on) => {
    list.hidden = !on;
    if (box.getAttribute("role") === "combobox") box.setAttribute("aria-expanded", String(on));
    if (!on) box.removeAttribute("aria-activedescendant");
  };

  // --- the jump box
  const jump = () => {
    const box = document.getElementById("jump"), list = document.getElementById("jump-answers");
    if (!box || !list) return;
    // Told of by an observer rather than by htmx: whichever element the event comes from, the answers are here.
    new MutationObserver(() => show(box, list, list.children.length > 0 && document.activeElement === box)).observe(list, { childList: true });
    box.addEventListener("keydown", (e) => {
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); if (list.hidden && list.children.length) show(box, list, true); mark(box, list, e.key === "ArrowDown" ? 1 : -1); }
      else if (e.key === "Enter" && !list.hidden && chosen(list)) { e.preventDefault(); chosen(list).click(); }
      else if (e.key === "Escape") { e.preventDefault(); if (list.hidden) { box.value = ""; box.blur(); } else show(box, list, false); }
      else if (e.key === "Tab") show(box, list, false);
    });
    box.addEventListener("input", () => { if (!box.value.trim()) { list.replaceChildren(); show(box, list, false); } });
    box.addEventListener("focus", () => { if (list.children.length && box.value.trim()) show(box, list, true); });
    document.addEventListener("click", (e) => { if (!e.target.closest("[data-jump]")) show(box, list, false); });
  };

  // --- names in comments
  const WORD = /(^|[\s(“"'])@([A-Za-z0-9_.+-]{0,40})$/;
  const names = (holder, at) => {
    const box = holder.querySelector("textarea"); if (!box || holder.dataset.ready) return;
    holder.dataset.ready = "yes";
    const list = document.createElement("div");
    list.id = `names-${at}`; list.className = "answers"; list.setAttribute("role", "listbox"); list.setAttribute("aria-label", "People"); list.hidden = true;
    const told = document.createElement("p"); told.className = "hidden"; told.setAttribute("role", "status");
    box.after(list, told);
    box.setAttribute("aria-autocomplete", "list"); box.setAttribute("aria-controls", list.id);
    let wait = 0, asked = 0;
    const word = () => WORD.exec(box.value.slice(0, box.selectionStart));
    const take = (option) => {
      const found = word(); if (!found) return;
      const start = box.selectionStart - found[2].length;
      box.setRangeText(option.dataset.handle + " ", start, box.selectionStart, "end");
      show(box, list, false); box.focus();
    };
    const ask = async () => {
      const found = word(), mine = ++asked;
      if (!found) { show(box, list, false); return; }
      const reply = await fetch(`${holder.dataset.mentions}?q=${encodeURIComponent(found[2])}`, { headers: { "HX-Request": "true" } });
      if (!reply.ok || mine !== asked) return;
      list.innerHTML = await reply.text();
      options(list).forEach((one, i) => { one.id = `${list.id}-${i}`; });
      show(box, list, true);
      told.textContent = options(list).length ? `${options(list).length} people. Arrows choose, Enter takes.` : "Nobody of that name.";
    };
    box.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 120); });
    box.addEventListener("keydown", (e) => {
      if (list.hidden) return;
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); mark(box, list, e.key === "ArrowDown" ? 1 : -1); }
      else if ((e.key === "Enter" || e.key === "Tab") && options(list).length) { e.preventDefault(); take(chosen(list) || options(list)[0]); }
      else if (e.key === "Escape") { e.stopPropagation(); show(box, list, false); }
    });
    list.addEventListener("mousedown", (e) => { const one = e.target.closest("[role=option]"); if (one) { e.preventDefault(); take(one); } });
    box.addEventListener("blur", () => show(box, list, false));
  };
  const ready = () => { jump(); document.querySelectorAll("[data-mentions]").forEach(names); };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();
})();
