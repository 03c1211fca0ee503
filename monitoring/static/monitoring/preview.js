// Under the watch query in the admin: what it finds among the last 90 days' items, or where it goes wrong.
(() => {
  "use strict";
  const field = document.getElementById("id_watch_query");
  const script = document.querySelector("script[data-preview]");
  if (!field || !script) return;
  const box = document.createElement("div");
  box.className = "watch-preview";
  box.setAttribute("aria-live", "polite");
  field.insertAdjacentElement("afterend", box);
  let asked = 0;

  const line = (tag, text) => { const made = document.createElement(tag); made.textContent = text; return made; };
  const show = (found) => {
    box.replaceChildren();
    if (found.error) {
      const where = document.createElement("code");
      where.append(field.value.slice(0, found.at));
      where.append(line("mark", field.value.slice(found.at, found.at + 1) || "▲"));
      where.append(field.value.slice(found.at + 1));
      box.append(line("p", `${found.error} (character ${found.at + 1}).`), where);
      field.setAttribute("aria-invalid", "true");
      return;
    }
    field.removeAttribute("aria-invalid");
    if (!field.value.trim()) return;
    box.append(line("p", `${found.count} item${found.count === 1 ? "" : "s"} of the last 90 days.`));
    const list = document.createElement("ul");
    found.items.forEach((item) => list.append(line("li", `${item.title} (${item.publisher}, ${item.on})`)));
    box.append(list);
  };
  const ask = async () => {
    const mine = ++asked;
    const answer = await fetch(`${script.dataset.preview}?q=${encodeURIComponent(field.value)}`, { credentials: "same-origin" });
    if (mine === asked && answer.ok) show(await answer.json());
  };
  let timer;
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 300); });
  if (field.value.trim()) ask();
})();
