// Choosing pictures that are in the library already: for the text, in the order they were clicked, or one for the cover.
const PAUSE_MS = 200;

const dialog = document.getElementById('library');
const part = (name) => dialog.querySelector(`[data-library-${name}]`);
const shots = part('shots');
const words = part('words');
const take = part('take');

let chosen = [];
let many = true;
let asked = 0;
let typing = 0;
let shown = '';

function buttons() {
  return [...shots.querySelectorAll('[data-choice]')];
}

function draw() {
  for (const button of buttons()) {
    const turn = chosen.findIndex(({ id }) => id === button.dataset.choice);
    button.setAttribute('aria-pressed', String(turn >= 0));
    button.querySelector('.library-pick-turn').textContent = many && turn >= 0 ? turn + 1 : '';
  }
  take.disabled = !chosen.length;
  if (many) take.textContent = chosen.length > 1 ? `放进正文（${chosen.length} 张）` : '放进正文';
  part('gallery').hidden = chosen.length < 2;
}

async function load(url, { after = null } = {}) {
  asked += 1;
  const mine = asked;
  let answer;
  try {
    const response = await fetch(url, { credentials: 'same-origin' });
    if (!response.ok || response.redirected) throw new Error();
    answer = await response.text();
    if (!after) shown = url;
  } catch {
    shown = '';
    answer = '<p class="library-pick-none field-error" role="alert">素材没有取来：连不上服务器，或者登录已过期。稿子还在，请再试一次。</p>';
  }
  if (mine !== asked) return;
  const first = buttons().length;
  if (after) after.outerHTML = answer;
  else shots.innerHTML = answer;
  draw();
  part('told').textContent = `有 ${buttons().length} 张可以选`;
  if (after) buttons()[first]?.focus();
}

function search() {
  clearTimeout(typing);
  const query = new URLSearchParams();
  if (words.value.trim()) query.set('q', words.value.trim());
  const artworks = dialog.querySelector('[data-library-artworks][aria-pressed="true"]').dataset.libraryArtworks;
  if (artworks) query.set('artworks', artworks);
  const url = `${dialog.dataset.library}?${query}`;
  // What is on its way for other words is not wanted any more.
  if (url === shown) asked += 1;
  else load(url);
}

function toggle({ choice: id, alt }) {
  const isOn = chosen.some((one) => one.id === id);
  if (isOn) chosen = chosen.filter((one) => one.id !== id);
  else chosen = [...(many ? chosen : []), { id, alt, url: `/media/${id}/preview` }];
  draw();
}

shots.addEventListener('click', ({ target }) => {
  const choice = target.closest('[data-choice]');
  const more = target.closest('[data-choices-more]');
  if (choice) toggle(choice.dataset);
  else if (more) load(more.dataset.choicesMore, { after: more });
});
shots.addEventListener('dblclick', ({ target }) => {
  const choice = target.closest('[data-choice]');
  if (!choice || many) return;
  chosen = [];
  toggle(choice.dataset);
  dialog.close('take');
});
words.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(search, PAUSE_MS);
});
words.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.isComposing) return;
  event.preventDefault();
  search();
});
for (const filter of dialog.querySelectorAll('[data-library-artworks]')) {
  filter.addEventListener('click', () => {
    for (const one of dialog.querySelectorAll('[data-library-artworks]')) one.setAttribute('aria-pressed', String(one === filter));
    search();
  });
}

/** Opens the dialog; what was chosen comes back as `{pictures: [{id, url, alt}], asGallery}`, null when nothing was. */
export function chooseFromLibrary({ onlyOne = false } = {}) {
  many = !onlyOne;
  chosen = [];
  take.textContent = onlyOne ? '用作封面' : '放进正文';
  dialog.returnValue = '';
  shown = '';
  dialog.showModal();
  words.focus();
  search();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const { returnValue: way } = dialog;
      resolve(way && chosen.length ? { pictures: chosen, asGallery: way === 'gallery' } : null);
    }, { once: true });
  });
}
