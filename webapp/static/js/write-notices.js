// What stands over the sheet until it is settled, and buttons that show that they work.

/** A sentence with buttons, each `[word, act(box)]`. Returns its box. */
export function notice(text, ...acts) {
  const box = document.createElement('div');
  box.className = 'notice';
  box.setAttribute('role', 'alert');
  const words = document.createElement('p');
  words.textContent = `${text} `;
  box.append(words);
  for (const [word, act] of acts) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'link';
    button.textContent = word;
    button.addEventListener('click', () => act(box));
    words.append(button, ' ');
  }
  document.querySelector('[data-notices]').append(box);
  return box;
}

let isWorking = false;

/** One at a time: while an act is under way its button shows it, and another click does nothing. An act that leaves the page returns true. */
export async function working(button, act) {
  if (isWorking) return;
  isWorking = true;
  button.classList.add('is-busy');
  button.setAttribute('aria-busy', 'true');
  let isLeaving = false;
  try {
    isLeaving = await act();
  } finally {
    if (!isLeaving) {
      isWorking = false;
      button.classList.remove('is-busy');
      button.removeAttribute('aria-busy');
    }
  }
}
