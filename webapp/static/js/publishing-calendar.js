// The calendar: a planned edition is dragged to another day or hour, onto it and off it, and keys turn the pages. Links and buttons do the same
// without.

let dragged = null;

const placeOf = (event) => (dragged ? event.target.closest?.('[data-place]') : null);

function show(place) {
  for (const over of document.querySelectorAll('.is-over')) if (over !== place) over.classList.remove('is-over');
  place?.classList.add('is-over');
}

document.addEventListener('dragstart', (event) => {
  dragged = event.target.closest?.('[data-moves]') ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', dragged.id);
  dragged.classList.add('is-dragged');
});

document.addEventListener('dragover', (event) => {
  const place = placeOf(event);
  show(place);
  if (place) event.preventDefault();
});

document.addEventListener('drop', (event) => {
  const place = placeOf(event);
  if (!place) return;
  event.preventDefault();
  if (place.contains(dragged)) return;
  const form = document.getElementById('dragged');
  form.action = dragged.dataset.moves;
  form.elements.seen.value = dragged.dataset.seen;
  form.elements.to.value = place.dataset.place;
  form.requestSubmit();
});

document.addEventListener('dragend', () => {
  dragged?.classList.remove('is-dragged');
  dragged = null;
  show(null);
});

document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest('input, textarea, select') || document.querySelector('dialog[open]')) return;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
