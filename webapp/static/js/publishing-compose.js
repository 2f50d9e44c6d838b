// An edition is put together and put in order by dragging; links and arrows do the same without. Each order is an address.

const gap = document.createElement('li');
gap.className = 'chosen-gap';
gap.ariaHidden = 'true';

let dragged = null;
let isDropped = false;

const middleOf = (line) => { const box = line.getBoundingClientRect(); return box.top + box.height / 2; };

/** Where the pointer is, between the lines of the edition; beyond them, at the nearer end. */
function open(list, y) {
  const next = [...list.children].find((line) => line !== gap && y < middleOf(line));
  list.insertBefore(gap, next ?? null);
}

function addressOf(list) {
  const lines = [...list.children].filter((line) => line !== dragged);
  const ids = lines.map((line) => (line === gap ? dragged : line).dataset.id);
  const address = new URL(list.dataset.address, window.location.href);
  address.searchParams.set('articles', ids.join(','));
  return `${address.pathname}${address.search}`;
}

function show(address) {
  history.replaceState(null, '', address);
  window.htmx.ajax('GET', address, { target: '#composer', select: '#composer', swap: 'outerHTML show:none' });
}

const listAt = (event) => (dragged ? event.target.closest?.('[data-takes]')?.querySelector('[data-chosen]') : null);

document.addEventListener('dragstart', (event) => {
  dragged = event.target.closest?.('[data-composer] [data-id]') ?? null;
  if (!dragged) return;
  isDropped = false;
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', dragged.dataset.id);
  dragged.classList.add('is-dragged');
});

document.addEventListener('dragover', (event) => {
  if (!dragged) return;
  const list = listAt(event);
  if (!list) return gap.remove();
  event.preventDefault();
  open(list, event.clientY);
});

document.addEventListener('drop', (event) => {
  const list = listAt(event);
  if (!list || gap.parentElement !== list) return;
  event.preventDefault();
  isDropped = true;
  show(addressOf(list));
});

document.addEventListener('dragend', () => {
  dragged?.classList.remove('is-dragged');
  dragged = null;
  // Let go elsewhere, or Escape: as it was. Dropped, the place stays marked until the new list is there.
  if (!isDropped) gap.remove();
});

// Searching while one types, after a pause; the address follows, so that Back works as one expects.
let timer;
document.addEventListener('submit', () => clearTimeout(timer));
document.addEventListener('input', (event) => {
  const form = event.target.closest('[data-search-form]');
  if (!form || event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), event.target.tagName === 'SELECT' ? 0 : 300);
});
