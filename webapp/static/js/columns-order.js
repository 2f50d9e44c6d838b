// The order of the columns by dragging a card at its upper edge; the buttons on the cards send the same form.

const list = document.querySelector('[data-order-list]');
const form = document.querySelector('[data-order]');
const cards = () => [...list.querySelectorAll('[data-slug]')];
const order = () => cards().map((card) => card.dataset.slug).join(',');

let dragged = null;
let before = '';
let isDropped = false;

// Only the edge takes a card up, so that words on it can still be marked.
for (const handle of list.querySelectorAll('[data-handle]')) {
  const card = handle.closest('[data-slug]');
  handle.addEventListener('pointerdown', () => { card.draggable = true; });
  handle.addEventListener('pointerup', () => { card.draggable = false; });
}

list.addEventListener('dragstart', (event) => {
  dragged = event.target.closest?.('[data-slug]');
  if (!dragged?.draggable) return;
  before = order();
  isDropped = false;
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', dragged.dataset.slug);
  dragged.classList.add('is-dragged');
});

list.addEventListener('dragover', (event) => {
  if (!dragged) return;
  event.preventDefault();
  const over = event.target.closest?.('[data-slug]');
  if (!over || over === dragged) return;
  // Past the card that one comes to: whatever the grid, the two change sides.
  const isLater = cards().indexOf(over) > cards().indexOf(dragged);
  const box = over.getBoundingClientRect();
  const isBeside = Math.abs(box.top - dragged.getBoundingClientRect().top) < box.height / 2;
  const [at, middle] = isBeside
    ? [event.clientX, box.left + box.width / 2]
    : [event.clientY, box.top + box.height / 2];
  if (isLater && at > middle) over.after(dragged);
  else if (!isLater && at < middle) over.before(dragged);
});

list.addEventListener('drop', (event) => {
  if (!dragged) return;
  event.preventDefault();
  isDropped = true;
});

list.addEventListener('dragend', () => {
  if (!dragged) return;
  dragged.classList.remove('is-dragged');
  dragged.draggable = false;
  dragged = null;
  if (order() === before) return;
  if (!isDropped) {
    // Let go outside, or Escape: as it was.
    for (const slug of before.split(',')) list.append(cards().find((card) => card.dataset.slug === slug));
    return;
  }
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'order';
  field.value = order();
  form.append(field);
  form.submit();
});
document.documentElement.dataset.ready = '';
