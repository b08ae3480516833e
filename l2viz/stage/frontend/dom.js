// Small helpers for elements.

/**
 * Return the element that a selector finds, which must be there.
 *
 * @template {Element} Kind
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function find(root, selector, kind) {
  const element = root.querySelector(selector);
  if (element instanceof kind) return element;
  throw new Error(`l2viz: the page has no ${kind.name} "${selector}"`);
}

/**
 * Set a text, unless it is the same: that would cost a layout.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Set a number, unless it is the same: that would disturb a viewer who is dragging.
 *
 * @param {HTMLInputElement | HTMLSelectElement} control
 * @param {number} value
 */
export function setValue(control, value) {
  if (Number(control.value) !== value) control.value = String(value);
}

/**
 * Move the focus through elements with the up and down keys, round at the ends.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} elements
 */
export function moveFocus(event, elements) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const at = elements.findIndex((element) => element === document.activeElement) + step;
  elements.at(at % elements.length)?.focus();
}

/**
 * Place a popover below a button, inside the window.
 *
 * @param {HTMLElement} popover
 * @param {HTMLElement} button
 * @param {number} distance in pixels
 */
export function placeBelow(popover, button, distance) {
  const { right, bottom } = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  popover.style.left = `${Math.max(8, Math.min(right, innerWidth - 8) - width)}px`;
  popover.style.top = `${Math.max(8, Math.min(bottom + distance, innerHeight - height - 8))}px`;
}
