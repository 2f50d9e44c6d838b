// @ calls a person: a short list under the text box, worked with the arrow keys, Enter and Esc, or with a thumb.

const TYPED = /@([^\s@]{0,20})$/u;
const SHOWN = 8;
let number = 0;

/** `people`: [{name, username}]. Works for every text box with `data-mentions` inside `root`, those that come later too. */
export function watchMentions(root, people) {
  let open = null;

  function close() {
    if (!open) return;
    open.box.removeAttribute('aria-controls');
    open.box.removeAttribute('aria-activedescendant');
    open.box.setAttribute('aria-expanded', 'false');
    open.list.remove();
    open = null;
  }

  function matches(typed) {
    const wanted = typed.toLowerCase();
    const isLike = ({ name, username }) => name.toLowerCase().includes(wanted) || username.includes(wanted);
    return people().filter(isLike).slice(0, SHOWN);
  }

  /** A name that two people bear would call both. */
  function word({ name, username }) {
    return people().filter((one) => one.name === name).length > 1 || /[\s@]/.test(name) ? username : name;
  }

  function point(index) {
    open.index = (index + open.found.length) % open.found.length;
    [...open.list.children].forEach((item, at) => item.setAttribute('aria-selected', String(at === open.index)));
    const item = open.list.children[open.index];
    open.box.setAttribute('aria-activedescendant', item.id);
    item.scrollIntoView({ block: 'nearest' });
  }

  function take(index) {
    const { box, found } = open;
    const before = box.value.slice(0, box.selectionStart).replace(TYPED, `@${word(found[index])} `);
    const after = box.value.slice(box.selectionStart);
    close();
    box.value = before + after;
    box.focus();
    box.setSelectionRange(before.length, before.length);
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function line(person, id, index) {
    const item = document.createElement('li');
    item.id = `${id}-${index}`;
    item.setAttribute('role', 'option');
    const username = document.createElement('span');
    username.className = 'tiny muted';
    username.textContent = person.username;
    item.append(person.name, username);
    // Before the text box loses the focus.
    item.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      take(index);
    });
    return item;
  }

  function show(box, found) {
    close();
    number += 1;
    const id = `people-${number}`;
    const list = document.createElement('ul');
    list.className = 'people';
    list.id = id;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', '可以叫的人');
    list.append(...found.map((person, index) => line(person, id, index)));
    box.after(list);
    box.setAttribute('role', 'combobox');
    box.setAttribute('aria-autocomplete', 'list');
    box.setAttribute('aria-expanded', 'true');
    box.setAttribute('aria-controls', id);
    open = { box, list, found, index: 0 };
    point(0);
  }

  root.addEventListener('input', ({ target }) => {
    if (!target.matches('[data-mentions]')) return;
    const typed = TYPED.exec(target.value.slice(0, target.selectionStart));
    const found = typed ? matches(typed[1]) : [];
    if (found.length) show(target, found);
    else close();
  });
  root.addEventListener('keydown', (event) => {
    if (!open || event.target !== open.box || event.isComposing) return;
    const act = {
      ArrowDown: () => point(open.index + 1),
      ArrowUp: () => point(open.index - 1),
      Enter: () => take(open.index),
      Tab: () => take(open.index),
      Escape: close,
    }[event.key];
    if (!act || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  root.addEventListener('focusout', ({ target }) => {
    if (open && target === open.box) close();
  });
}
