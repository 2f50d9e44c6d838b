// The order of an edition by dragging; arrows and links do the same without. Each order is an address.

let dragged = null;

function addressOf(list) {
  const address = new URL(list.dataset.address, window.location.href);
  address.searchParams.set('articles', [...list.children].map((line) => line.dataset.id).join(','));
  return `${address.pathname}${address.search}`;
}

function show(address) {
  history.replaceState(null, '', address);
  window.htmx.ajax('GET', address, { target: '#composer', select: '#composer', swap: 'outerHTML show:none' });
}

document.addEventListener('dragstart', (event) => {
  dragged = event.target.closest?.('.chosen-line') ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', dragged.dataset.id);
  dragged.classList.add('is-dragged');
});

document.addEventListener('dragover', (event) => {
  const over = event.target.closest?.('.chosen-line');
  if (!dragged || !event.target.closest?.('[data-chosen]')) return;
  event.preventDefault();
  if (!over || over === dragged) return;
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged);
  else over.after(dragged);
});

document.addEventListener('drop', (event) => {
  if (dragged && event.target.closest?.('[data-chosen]')) event.preventDefault();
});

document.addEventListener('dragend', () => {
  if (!dragged) return;
  const list = dragged.closest('[data-chosen]');
  dragged.classList.remove('is-dragged');
  dragged = null;
  show(addressOf(list));
});

// Searching while one types, after a pause; the address follows, so that Back works as one expects.
let timer;
document.addEventListener('input', (event) => {
  const form = event.target.closest('[data-search-form]');
  if (!form || event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), event.target.tagName === 'SELECT' ? 0 : 300);
});
