// Comments while writing: the list in the pane follows each act, and the text shows where they hang.
import { choose, point, threadsIn, watch } from './comments.js';
import { csrfToken, tell } from './desk.js';

/**
 * options: url; beforeAdd() stores the text, so that the server knows the words; onThreads(threads) after each change of
 * the list; onGo(thread); chosenWords().
 */
export function createComments({ url, beforeAdd, onThreads, onGo, chosenWords }) {
  const root = document.querySelector('[data-comments]');
  let words = null;

  function draw(html) {
    root.innerHTML = html;
    words = null;
    const open = threadsIn(root);
    for (const place of document.querySelectorAll('[data-comments-count]')) place.textContent = open.length || '';
    onThreads(open);
  }

  /** The text is beside it: a comment begins with the words chosen there, so no empty form stands open. */
  function fold() {
    root.querySelector('[data-new]')?.removeAttribute('open');
  }

  async function ask(method, address, body) {
    let response;
    try {
      response = await fetch(address, {
        method,
        credentials: 'same-origin',
        headers: { 'HX-Request': 'true', Accept: 'text/html', 'X-CSRFToken': csrfToken() },
        body,
      });
    } catch {
      tell('连不上服务器，批注没有交上去；写的还在，连上再试。');
      return false;
    }
    if (response.redirected) tell('登录已过期；请另开一页登录，再回来做一次。');
    else if (response.ok || [409, 422].includes(response.status)) {
      const kept = words;
      draw(await response.text());
      if (response.ok) fold();
      if (!response.ok && kept) begin(kept);
      return response.ok;
    } else tell('批注没有交上去，写的还在；请刷新后再试。');
    return false;
  }

  function begin(chosen) {
    words = chosen;
    choose(root, chosen)?.querySelector('textarea').focus();
  }

  async function send(form) {
    if (form.dataset.sent) return;
    form.dataset.sent = '1';
    const button = form.querySelector('button:not([type])');
    button?.classList.add('is-busy');
    const isNew = form.matches('[data-new-comment]');
    if (isNew) await beforeAdd();
    const isDone = await ask('POST', form.action, new FormData(form));
    delete form.dataset.sent;
    button?.classList.remove('is-busy');
    if (!isDone) return;
    if (form.dataset.turns === 'resolve') {
      const back = form.action.replace(/resolve$/, 'reopen');
      tell('这条批注办结了。', () => ask('POST', back, new FormData()));
    } else tell(isNew ? '批注记下了。' : '记下了。');
  }

  root.addEventListener('submit', (event) => {
    event.preventDefault();
    send(event.target);
  });
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    event.target.closest('form')?.requestSubmit();
  });
  watch(root, { onGo: (id) => onGo(threadsIn(root).find((one) => one.id === id)) });
  root.addEventListener('click', (event) => {
    if (!event.target.closest('[data-new] > summary')) return;
    event.preventDefault(); // opened by the choice itself
    begin(chosenWords());
  });
  ask('GET', url);

  return { begin, point: (id) => point(root, id) };
}
