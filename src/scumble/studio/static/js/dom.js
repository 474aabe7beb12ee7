/** Small helpers for the page's elements. */

/**
 * The element with an id, which must be of a kind.
 *
 * @template {typeof HTMLElement} T
 * @param {string} id
 * @param {T} kind
 * @returns {InstanceType<T>}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}.`);
  return /** @type {InstanceType<T>} */ (element);
}

/**
 * A new element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean>} [attributes] True stands for an empty value, false for none.
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/**
 * Let an element have these children. Those that stay are not touched, so that none of them loses the focus; that of
 * one that goes is given to the one in its place.
 *
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} children
 */
export function arrange(parent, children) {
  const focused = [...parent.children].findIndex((child) => child.contains(document.activeElement));
  for (const child of [...parent.children]) if (!children.includes(/** @type {HTMLElement} */ (child))) child.remove();
  children.forEach((child, place) => {
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
  if (focused < 0 || parent.contains(document.activeElement)) return;
  const next = children[Math.min(focused, children.length - 1)];
  const target = next?.matches("button, [tabindex]") ? next : next?.querySelector("button, [tabindex]");
  if (target instanceof HTMLElement) target.focus();
}

/**
 * Let a button ask back before it does what cannot be undone.
 *
 * @param {HTMLButtonElement} button
 * @param {() => void} action
 */
export function askTwice(button, action) {
  const [text, label] = [button.textContent, button.getAttribute("aria-label") ?? ""];
  let sure = false;
  const ask = (/** @type {boolean} */ asking) => {
    sure = asking;
    button.textContent = sure ? "Sure?" : text;
    button.setAttribute("aria-label", sure ? `${label}: sure?` : label);
  };
  button.addEventListener("click", () => {
    if (sure) action();
    ask(!sure);
  });
  button.addEventListener("blur", () => ask(false));
}

/**
 * A canvas that is not shown, and what draws on it.
 *
 * @param {number} width
 * @param {number} height
 */
export function hiddenCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser cannot draw on a canvas of this size.");
  return { canvas, context };
}

/**
 * Let the browser save bytes as a file.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
