// Elements without markup in texts: whatever the contract or an answer says stays text.

// An element with attributes, listeners (`onclick`) and children; what is null is left out.
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

// What is kept by the browser, as long as it keeps anything.
export function kept(store, key) {
  return {
    get: () => { try { return JSON.parse(window[store].getItem(key)); } catch { return null; } },
    set: (value) => {
      try {
        if (value === null) window[store].removeItem(key);
        else window[store].setItem(key, JSON.stringify(value));
      } catch { /* private windows keep nothing */ }
    },
  };
}

// A button that copies a text.
export function copying(label, text) {
  const button = el("button", { type: "button", class: "quiet", onclick: async () => {
    const done = await navigator.clipboard?.writeText(text()).then(() => true, () => false);
    button.dataset.done = done ? "✓" : "✗";
    setTimeout(() => delete button.dataset.done, 1500);
  } }, label);
  return button;
}

// Random enough for an `Idempotency-Key`, also where `crypto.randomUUID` is not to be had (http on a local network).
export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
