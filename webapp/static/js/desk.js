// What every page has: keys, dialogs, toasts, and forms that show that they work.

const isTyping = (target) => target.closest('input, textarea, select, [contenteditable="true"]');

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

const KEYS = {
  '/': () => (document.querySelector('[data-search-here]') ?? document.querySelector('[data-search]'))?.focus(),
  n: () => {
    const address = document.querySelector('[data-new-article]')?.href ?? document.getElementById('keys')?.dataset.new;
    if (address) window.location.assign(address);
  },
  '?': () => openDialog('keys'),
};

document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/** ⌘↵ sends the form it is pressed in, or the page's own form that asks for it. */
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.defaultPrevented) return;
  const form = event.target.closest('form[data-submit-key]') ?? document.querySelector('form[data-submit-key]');
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector('[data-submit-key-button]') ?? undefined);
});

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  if (opener) openDialog(opener.dataset.opens);
  const closer = event.target.closest('[data-closes]');
  if (closer) closer.closest(closer.dataset.closes)?.remove();
  event.target.closest('[data-cancels]')?.closest('dialog').close('');
  if (event.target.closest('[data-back]')) {
    if (history.length > 1) history.back();
    else window.location.assign('/');
  }
  const copier = event.target.closest('[data-copies]');
  if (copier) copy(copier);
  if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
});

async function copy(button) {
  const text = document.querySelector(button.dataset.copies)?.textContent.trim() ?? '';
  try {
    await navigator.clipboard.writeText(text);
    tell('已复制。');
  } catch {
    tell('浏览器不让复制，请选中后自己复制。');
  }
}

/** A sentence at the foot of the page; `undo` (a function) puts 撤销, or `word`, beside it. */
export function tell(text, undo = null, word = '撤销') {
  const toast = document.createElement('div');
  toast.className = 'toast';
  const words = document.createElement('span');
  words.textContent = text;
  toast.append(words);
  if (undo) {
    const button = document.createElement('button');
    button.className = 'link';
    button.type = 'button';
    button.textContent = word;
    button.addEventListener('click', () => {
      toast.remove();
      undo();
    });
    toast.append(button);
  }
  const close = document.createElement('button');
  close.className = 'toast-close';
  close.type = 'button';
  close.setAttribute('aria-label', '关闭');
  close.dataset.closes = '.toast';
  close.textContent = '×';
  toast.append(close);
  document.querySelector('[data-toasts]')?.append(toast);
  setTimeout(() => toast.remove(), undo ? 20_000 : 6000);
}

export const csrfToken = () => document.querySelector('meta[name="csrf-token"]').content;

document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  if (form.method === 'dialog' || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === 'post') form.dataset.sent = '1';
  submitter?.classList.add('is-busy');
});

// A page that comes back from the browser's memory is ready to be used again.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  for (const button of document.querySelectorAll('.is-busy')) button.classList.remove('is-busy');
});

document.addEventListener('htmx:configRequest', (event) => {
  event.detail.headers['X-CSRFToken'] = csrfToken();
});
