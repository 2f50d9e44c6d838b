// What every list of comments does, wherever it stands: people are called with @, words are chosen for a new comment.
import { watchMentions } from './mentions.js';

/** Who can be called, asked for when somebody begins to write; [] until they are known. */
function peopleOf(root) {
  let people = null;
  root.addEventListener('focusin', async ({ target }) => {
    if (people || !target.matches('[data-mentions]')) return;
    people = [];
    try {
      const { people: url } = root.querySelector('[data-people]').dataset;
      people = await (await fetch(url, { headers: { Accept: 'application/json' } })).json();
      // Somebody may have been called meanwhile.
      root.querySelector('[data-mentions]:focus')?.dispatchEvent(new Event('input', { bubbles: true }));
    } catch {
      people = null; // the next time, perhaps
    }
  });
  return () => people ?? [];
}

const number = (text) => (text === '' ? null : Number(text));

/** The open threads with their places, as the editor and the phone mark them. */
export function threadsIn(root) {
  return [...root.querySelectorAll('[data-thread][data-state="open"]')].map((item) => ({
    id: Number(item.dataset.thread),
    block: number(item.dataset.block),
    start: number(item.dataset.start),
    end: number(item.dataset.end),
    words: item.dataset.words,
    nth: Number(item.dataset.nth),
  }));
}

/** Fills the form for a new comment; `words` as the editor's chosenWords(), or null for a passage from the list. */
export function choose(root, words) {
  const form = root.querySelector('[data-new-comment]');
  if (!form) return null;
  form.querySelector('[data-not-new]').hidden = false;
  root.querySelector('[data-new]').open = true;
  for (const name of ['quote', 'before', 'after']) form.elements[name].value = words?.quote ? words[name] : '';
  form.querySelector('[data-chosen]').hidden = !words?.quote;
  form.querySelector('[data-chosen-words]').textContent = words?.quote ?? '';
  form.querySelector('[data-by-passage]').hidden = Boolean(words?.quote);
  const passages = form.elements.block;
  // Words in a page that was drawn from the text are looked for in all of it.
  const isKnown = words && words.block !== undefined;
  passages.disabled = Boolean(words?.quote) && !isKnown;
  if (isKnown && [...passages.options].some(({ value }) => value === String(words.block))) passages.value = String(words.block);
  return form;
}

/** Shows a thread and puts the focus on it. */
export function point(root, id) {
  const item = root.querySelector(`[data-thread="${id}"]`);
  if (!item) return;
  for (const other of root.querySelectorAll('.is-pointed')) other.classList.remove('is-pointed');
  item.closest('details:not([open])')?.setAttribute('open', '');
  item.classList.add('is-pointed');
  item.scrollIntoView({ block: 'center' });
  item.focus({ preventScroll: true });
}

/** `onGo(id, item)`: somebody wants to see the words. */
export function watch(root, { onGo } = {}) {
  watchMentions(root, peopleOf(root));
  root.addEventListener('click', ({ target }) => {
    const item = target.closest('[data-go]')?.closest('[data-thread]');
    if (item) onGo?.(Number(item.dataset.thread), item);
    if (target.closest('[data-unchoose]')) choose(root, null);
    if (target.closest('[data-not-new]')) {
      root.querySelector('[data-new]').open = false;
      root.querySelector('[data-new] > summary').focus();
    }
  });
}
