// The controls that a tool of actions.js becomes: a button, a menu button or a field.
import { around } from '../places.js';
import { allowedLength } from '../schema.js';
import { element } from './dom.js';
import { icon } from './icons.js';
import { openLinkPanel, openTablePanel } from './panels.js';
import { openMenu } from './popover.js';

const PANELS = { link: openLinkPanel, table: openTablePanel };

const isApple = /Mac|iP(hone|ad|od)/.test(navigator.platform ?? '');

/** "Mod+Shift+B" as this machine's keyboard names it. */
export function shortcutText(shortcut) {
  if (!shortcut) return '';
  const keys = isApple ? { Mod: '⌘', Shift: '⇧', Alt: '⌥' } : { Mod: 'Ctrl', Shift: 'Shift', Alt: 'Alt' };
  return shortcut.split('+').map((key) => keys[key] ?? key).join(isApple ? '' : '+');
}

function title(name, shortcut) {
  const keys = shortcutText(shortcut);
  return keys ? `${name}（${keys}）` : name;
}

/** Hands the tool's work to whoever does it. */
function act(host, tool, dom) {
  if (tool.menu) openMenu(host, dom, tool.menu, host.labels[tool.id]);
  else if (tool.panel) PANELS[tool.panel](host, dom);
  else if (tool.files) host.askForFiles(tool.files);
  else tool.run(host.editor, host);
}

function press(host, tool, dom, event) {
  if (host.closePopover && dom.getAttribute('aria-expanded') === 'true') host.closePopover();
  else act(host, tool, dom);
  // A pointer goes on writing; a keyboard stays among the tools.
  if (event.detail > 0 && tool.run && !tool.leaves) host.editor.view.focus();
}

function buttonFor(host, tool) {
  const name = host.labels[tool.id];
  const dom = element('button', {
    type: 'button',
    class: `tx-tool${tool.danger ? ' is-danger' : ''} ${tool.className ?? ''}`.trim(),
    'data-tool': tool.id,
    'aria-label': name,
    title: title(name, tool.shortcut),
    tabindex: '-1',
  });
  if (tool.toggle) dom.setAttribute('aria-pressed', 'false');
  if (tool.menu || tool.panel) {
    dom.setAttribute('aria-haspopup', tool.menu ? 'menu' : 'dialog');
    dom.setAttribute('aria-expanded', 'false');
  }
  // Keeps the selection in the text where it is.
  dom.addEventListener('mousedown', (event) => event.preventDefault());
  dom.addEventListener('click', (event) => press(host, tool, dom, event));
  return dom;
}

function chosen(tool, editor) {
  const special = tool.menu.find((choice) => choice.id !== tool.unless && choice.isOn?.(editor));
  return special ?? tool.menu.find((choice) => choice.isOn?.(editor));
}

/** A button with a picture, and a word where the toolbar has room for it. */
export function toolButton(host, tool, { withIcon = true } = {}) {
  const { labels } = host;
  const dom = buttonFor(host, tool);
  const word = element('span', { class: 'tx-tool-label' }, [labels[tool.id]]);
  if (withIcon && !tool.showsChoice) dom.append(icon(tool.showsIcon ? 'alignDefault' : tool.id));
  dom.append(word);
  if (!withIcon || tool.showsChoice) dom.classList.add('is-worded');
  if (tool.menu) dom.append(icon('chevron'));
  const refresh = (editor) => {
    if (tool.toggle) dom.setAttribute('aria-pressed', String(Boolean(tool.isOn(editor, host))));
    if (tool.can) dom.disabled = !tool.can(editor);
    if (tool.suffix) word.textContent = labels[tool.id] + tool.suffix(editor);
    if (!tool.menu) return;
    const choice = chosen(tool, editor);
    if (tool.showsChoice) word.textContent = choice ? labels[choice.id] : labels[tool.id];
    if (tool.showsIcon && choice) dom.replaceChild(icon(choice.icon), dom.firstChild);
    if (tool.showsChoice && choice) dom.setAttribute('aria-label', `${labels[tool.id]}：${labels[choice.id]}`);
    if (tool.id === 'tone') dom.dataset.tone = choice?.swatch ?? '';
  };
  return { dom, focusable: dom, refresh };
}

/** A field that writes an attribute of the node round the selection. */
export function attributeField(host, { id, field }) {
  const { editor, labels } = host;
  const input = element('input', {
    type: 'text', class: 'tx-input', placeholder: field.hint ? labels[field.hint] : null,
    maxlength: allowedLength(field.type, field.attribute), autocomplete: 'off', tabindex: '-1',
  });
  const dom = element('label', { class: 'tx-field', 'data-tool': id }, [
    element('span', {}, [labels[id]]), input,
  ]);
  input.addEventListener('change', () => {
    const value = field.clean(input.value);
    editor.commands.updateAttributes(field.type, { [field.attribute]: value });
    input.value = value ?? '';
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      input.blur();
      editor.view.focus();
    }
  });
  const refresh = () => {
    const value = around(editor.state, field.type)?.node.attrs[field.attribute] ?? '';
    if (document.activeElement !== input) input.value = value;
  };
  return { dom, focusable: input, refresh };
}
