// What stands beside the sheet: tabs, folding, the outline; and on a phone which part is shown.

const FOLDED = 'tongxin:folded';
const main = document.querySelector('.write');

function readFolded() {
  try {
    return new Set(JSON.parse(localStorage.getItem(FOLDED)) ?? []);
  } catch {
    return new Set();
  }
}

export function createPanes() {
  const folded = readFolded();
  const tabs = [...document.querySelectorAll('[data-tab]')];

  function fold() {
    for (const button of document.querySelectorAll('[data-fold]')) {
      const isFolded = folded.has(button.dataset.fold);
      button.setAttribute('aria-pressed', String(!isFolded));
      main.classList.toggle(`is-without-${button.dataset.fold}`, isFolded);
    }
  }

  function choose(name) {
    for (const tab of tabs) {
      const isChosen = tab.dataset.tab === name;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      const panel = document.getElementById(`panel-${tab.dataset.tab}`);
      panel.hidden = !isChosen;
      if (isChosen) panel.querySelector('[data-on-reveal]')?.dispatchEvent(new Event('reveal'));
    }
  }

  /** A part of the page: sheet, fields, or a tab's name. */
  function show(name) {
    const isTab = tabs.some((tab) => tab.dataset.tab === name);
    const part = isTab ? 'pane' : name;
    if (isTab) choose(name);
    if (folded.delete(part)) fold();
    main.dataset.view = part;
    for (const button of document.querySelectorAll('[data-show]')) {
      button.setAttribute('aria-pressed', String(button.dataset.show === name));
    }
  }

  for (const tab of tabs) tab.addEventListener('click', () => choose(tab.dataset.tab));
  document.querySelector('[role="tablist"]').addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    choose(next.dataset.tab);
    next.focus();
  });
  for (const button of document.querySelectorAll('[data-show]')) {
    button.addEventListener('click', () => show(button.dataset.show));
  }
  for (const button of document.querySelectorAll('[data-fold]')) {
    button.addEventListener('click', () => {
      const part = button.dataset.fold;
      if (!folded.delete(part)) folded.add(part);
      localStorage.setItem(FOLDED, JSON.stringify([...folded]));
      fold();
    });
  }
  fold();
  choose('preview');

  return {
    show,
    count(must, all) {
      for (const place of document.querySelectorAll('[data-findings-count]')) {
        place.textContent = all ? String(all) : '';
        place.classList.toggle('is-must', must > 0);
      }
    },
    outline(list, go) {
      const place = document.querySelector('[data-outline]');
      place.replaceChildren(...list.map(({ index, level, text }) => {
        const item = document.createElement('li');
        item.className = `outline-${level}`;
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = text || '（空标题）';
        button.addEventListener('click', () => {
          show('sheet');
          go(index);
        });
        item.append(button);
        return item;
      }));
      document.querySelector('[data-outline-empty]').hidden = list.length > 0;
    },
  };
}
