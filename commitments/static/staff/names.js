// Select2 draws its own boxes and leaves them without a name for screen readers: give each the name of its label.
"use strict";
(function () {
  function labelOf(select) {
    const label = select.id && document.querySelector('label[for="' + CSS.escape(select.id) + '"]');
    return label ? label.textContent.trim().replace(/:$/, "") : "Choice";
  }

  function name(container) {
    const select = container.previousElementSibling;
    if (!select || select.tagName !== "SELECT") {
      return;
    }
    const text = labelOf(select);
    container.querySelectorAll('[role="combobox"], [role="textbox"], [role="searchbox"]').forEach(function (part) {
      if (part.getAttribute("aria-label") !== text) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", text);
      }
    });
  }

  function nameAll() {
    document.querySelectorAll(".select2-container").forEach(name);
    document.querySelectorAll(".select2-dropdown .select2-search__field:not([aria-label])").forEach(function (field) {
      field.setAttribute("aria-label", "Search");
    });
    document.querySelectorAll(".select2-results__options:not([aria-label])").forEach(function (list) {
      list.setAttribute("aria-label", "Matches");
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    nameAll();
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  });
})();
