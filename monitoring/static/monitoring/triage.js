// The keys of the inbox only press buttons that are on the page. Without this file everything works by hand.
(() => {
  "use strict";
  const STORE = "triage-keys";
  const byId = (id) => document.getElementById(id);
  const box = byId("tri-keys-on");
  let reasonsOpen = false;

  const allowed = () => {
    try { return localStorage.getItem(STORE) !== "off"; } catch { return true; }
  };
  if (box) {
    box.checked = allowed();
    box.addEventListener("change", () => {
      try { localStorage.setItem(STORE, box.checked ? "on" : "off"); } catch { /* private window: for this page only */ }
    });
  }
  const on = () => (box ? box.checked : allowed());
  const press = (id) => { const target = byId(id); if (target) target.click(); };
  const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");

  const keys = {
    j: () => press("key-j"), k: () => press("key-k"), a: () => press("key-a"), s: () => press("key-s"),
    u: () => press("key-u"), o: () => press("key-o"),
    d: () => { reasonsOpen = true; const field = byId("key-d"); if (field) field.focus(); },
    "?": () => { const help = byId("tri-keys"); if (help) help.open = !help.open; },
  };

  document.addEventListener("keydown", (event) => {
    if (!on() || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (reasonsOpen && /^[1-9]$/.test(event.key)) {
      const reason = document.querySelector(`[data-digit="${event.key}"]`);
      if (reason) { event.preventDefault(); reason.click(); return; }
    }
    if (event.key === "Escape") reasonsOpen = false;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // A form that is under way is not sent twice.
  document.querySelectorAll("#triage form[method=post]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  });

  const undo = document.querySelector(".tri-undo:not([hidden]) form");
  if (undo) setTimeout(() => { undo.parentElement.hidden = true; }, Number(undo.dataset.seconds) * 1000);
  const current = document.querySelector(".tri-list li[aria-current]");
  if (current) current.scrollIntoView({ block: "nearest" });
})();
