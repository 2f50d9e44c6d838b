// One small surface at a time beside a button: a menu of choices or a form.
import { element, roveFocus } from './dom.js';
import { icon } from './icons.js';

const GAP = 6;

function position(host, anchor, surface) {
  const root = host.root.getBoundingClientRect();
  const at = anchor.getBoundingClientRect();
  const room = host.root.clientWidth - surface.offsetWidth - GAP;
  const left = Math.max(GAP, Math.min(at.left - root.left, room));
  const below = at.bottom - root.top + GAP;
  const above = at.top - root.top - surface.offsetHeight - GAP;
  const fitsBelow = at.bottom + GAP + surface.offsetHeight <= window.innerHeight;
  surface.style.left = `${left}px`;
  surface.style.top = `${fitsBelow || above < 0 ? below : above}px`;
}

/** Shows `content` at `anchor`; returns a function that closes it. */
export function openPopover(host, anchor, { content, role, label, focus }) {
  host.closePopover?.();
  const surface = element('div', { class: 'tx-popover', role, 'aria-label': label }, [content]);
  const outside = (event) => {
    if (!surface.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const escape = (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
    anchor.focus();
  };
  function close() {
    document.removeEventListener('pointerdown', outside, true);
    surface.remove();
    anchor.setAttribute('aria-expanded', 'false');
    host.closePopover = null;
  }
  surface.addEventListener('keydown', escape);
  document.addEventListener('pointerdown', outside, true);
  host.root.append(surface);
  anchor.setAttribute('aria-expanded', 'true');
  host.closePopover = close;
  position(host, anchor, surface);
  focus?.();
  return close;
}

function menuItem(host, choice, close) {
  const { editor, labels } = host;
  const isOn = choice.isOn?.(editor) ?? false;
  const item = element('button', {
    type: 'button',
    role: 'menuitemradio',
    class: `tx-menu-item ${choice.className ?? ''}`,
    'aria-checked': String(isOn),
    tabindex: '-1',
    'data-tool': choice.id,
  });
  item.disabled = choice.can ? !isOn && !choice.can(editor) : false;
  if (choice.swatch) item.append(element('span', { class: 'tx-swatch', 'data-tone': choice.swatch }));
  if (choice.icon) item.append(icon(choice.icon));
  item.append(element('span', { class: 'tx-menu-label' }, [choice.label ?? labels[choice.id]]));
  if (isOn) item.append(icon('check'));
  item.addEventListener('click', () => {
    close();
    choice.run(editor);
    editor.view.focus();
  });
  return item;
}

export function openMenu(host, anchor, choices, label) {
  const list = element('div', { class: 'tx-menu' });
  let close = () => {};
  const items = choices.map((choice) => menuItem(host, choice, () => close()));
  list.append(...items);
  const usable = items.filter((item) => !item.disabled);
  list.addEventListener('keydown', (event) => {
    roveFocus(event, usable, { next: 'ArrowDown', previous: 'ArrowUp' });
    if (event.key === 'Tab') close();
  });
  const first = usable.find((item) => item.getAttribute('aria-checked') === 'true') ?? usable[0];
  close = openPopover(host, anchor, { content: list, role: 'menu', label, focus: () => first?.focus() });
}
