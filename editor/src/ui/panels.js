// The two small forms of the toolbar: a link's address, a new table's size.
import { fill } from '../labels.js';
import { safeHref } from '../schema.js';
import { button, element } from './dom.js';
import { openPopover } from './popover.js';

/** "mp.weixin.qq.com/s/…" is what people type and mean as an https address. */
function complete(text) {
  return /^[\w-]+(\.[\w-]+)+(\/|$)/.test(text) ? `https://${text}` : text;
}

function setLink(editor, href) {
  const chain = editor.chain();
  if (editor.isActive('link')) chain.extendMarkRange('link').setMark('link', { href });
  else if (editor.state.selection.empty) {
    chain.insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] });
  } else chain.setMark('link', { href });
  chain.run();
  editor.view.focus();
}

function removeLink(editor) {
  editor.chain().extendMarkRange('link').unsetMark('link').run();
  editor.view.focus();
}

function addressField({ editor, labels }) {
  const input = element('input', {
    type: 'text', inputmode: 'url', class: 'tx-input', 'aria-label': labels.linkHref,
    placeholder: 'https://', autocomplete: 'off', spellcheck: 'false', maxlength: '1024',
  });
  input.value = editor.getAttributes('link').href ?? '';
  return input;
}

/** What else can be done with a link that is there: open it, take it off. */
function linkActs({ editor, labels }, href, close) {
  const open = element('a', {
    href, target: '_blank', rel: 'noopener noreferrer', class: 'tx-push',
  }, [labels.linkOpen]);
  const remove = button({
    label: labels.linkRemove,
    onClick: () => {
      close();
      removeLink(editor);
    },
  });
  return element('div', { class: 'tx-row is-quiet' }, [open, remove]);
}

export function openLinkPanel(host, anchor) {
  const { editor, labels } = host;
  let close = () => {};
  const input = addressField(host);
  const problem = element('p', { class: 'tx-problem', role: 'alert' });
  const apply = element('button', { type: 'submit', class: 'tx-push is-first' }, [labels.linkApply]);
  const form = element('form', { class: 'tx-link', novalidate: '' }, [
    element('div', { class: 'tx-row' }, [input, apply]), problem,
  ]);
  if (editor.isActive('link')) form.append(linkActs(host, input.value, () => close()));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const href = safeHref(complete(input.value.trim()));
    if (!href) problem.textContent = labels.linkBad;
    else {
      close();
      setLink(editor, href);
    }
  });
  close = openPopover(host, anchor, {
    content: form, role: 'dialog', label: labels.link, focus: () => input.select(),
  });
}

const ROWS = 6;
const COLS = 6;

function paint(cells, rows, cols) {
  cells.forEach((cell, index) => {
    const inside = Math.floor(index / COLS) < rows && index % COLS < cols;
    cell.classList.toggle('is-inside', inside);
  });
}

function step(event, index) {
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLS, ArrowUp: -COLS };
  const to = index + (moves[event.key] ?? 0);
  const leavesRow = Math.abs(moves[event.key]) === 1 && Math.floor(to / COLS) !== Math.floor(index / COLS);
  return to === index || to < 0 || to >= ROWS * COLS || leavesRow ? null : to;
}

export function openTablePanel(host, anchor) {
  const { editor, labels } = host;
  const size = element('p', { class: 'tx-size', role: 'status' }, [labels.tablePick]);
  let close = () => {};
  const cells = Array.from({ length: ROWS * COLS }, (_, index) => {
    const rows = Math.floor(index / COLS) + 1;
    const cols = (index % COLS) + 1;
    const name = fill(labels.tableSize, { rows, cols });
    const cell = element('button', { type: 'button', class: 'tx-cell', 'aria-label': name, tabindex: index ? '-1' : '0' });
    const show = () => {
      paint(cells, rows, cols);
      size.textContent = name;
    };
    cell.addEventListener('pointerenter', show);
    cell.addEventListener('focus', show);
    cell.addEventListener('click', () => {
      close();
      editor.chain().insertTable({ rows, cols, withHeaderRow: true }).run();
      editor.view.focus();
    });
    return cell;
  });
  const grid = element('div', { class: 'tx-grid', role: 'group', 'aria-label': labels.tablePick }, cells);
  grid.addEventListener('keydown', (event) => {
    const to = step(event, cells.indexOf(document.activeElement));
    if (to === null) return;
    event.preventDefault();
    cells[to].focus();
  });
  close = openPopover(host, anchor, {
    content: element('div', {}, [grid, size]),
    role: 'dialog',
    label: labels.table,
    focus: () => cells[2 * COLS + 2].focus(),
  });
}
