// The few words of DOM that the toolbar, the menus and the placeholders are made of.

/** An element with attributes (null ones left out) and children (nodes or strings). */
export function element(tag, attributes = {}, children = []) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A plain push button with a word on it. */
export function button({ label, onClick, attributes = {} }) {
  const node = element('button', { type: 'button', class: 'tx-push', ...attributes }, [label]);
  node.addEventListener('click', onClick);
  return node;
}

/** Moves focus among `items` as the WAI-ARIA patterns say; true when `event` was such a key. */
export function roveFocus(event, items, { next = 'ArrowRight', previous = 'ArrowLeft' } = {}) {
  const at = items.indexOf(document.activeElement);
  const to = {
    [next]: (at + 1) % items.length,
    [previous]: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (to === undefined || !items.length) return false;
  event.preventDefault();
  items[to].focus();
  return true;
}
