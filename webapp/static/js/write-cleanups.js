// What was changed when text came in, put back from beside the sheet: in what is written there and not only in what is stored.
import { tell } from './desk.js';
import { sendJson } from './write-requests.js';

const PANEL = '#panel-cleanups';

/**
 * options: base, the article's address; store() → Promise, what is written has been stored; read() → what is written
 * with its base revision; onMoved(answer) shows the new revision; onRefused(error); onTitle(title) takes a title that a
 * paste brought along; onLook() shows the list.
 * What comes back: bringIn(html) → Promise<document JSON>; stored(), to be called whenever something was.
 */
export function watchCleanups({ base, store, read, onMoved, onRefused, onTitle, onLook }) {
  const panel = document.querySelector(PANEL);
  let isBehind = false;

  function look() {
    isBehind = false;
    panel.querySelector('[data-on-reveal]').dispatchEvent(new Event('reveal'));
  }

  async function move(url, wanted) {
    try {
      const answer = await sendJson('POST', url, { ...read(), ...wanted });
      onMoved(answer);
      tell(answer.message, answer.undo && (() => move(url, answer.undo)));
      look();
    } catch (error) {
      onRefused(error);
    }
  }

  // Before the page's own listener, which would mark the form as sent.
  panel.addEventListener('submit', (event) => {
    const url = event.target.dataset.cleanups;
    if (!url || !event.submitter?.name) return;
    event.preventDefault();
    move(url, { [event.submitter.name]: event.submitter.value });
  });

  // The list tells where each change stands in what is stored.
  panel.addEventListener('htmx:confirm', (event) => {
    event.preventDefault();
    store().finally(() => event.detail.issueRequest());
  });

  async function bringIn(html) {
    const { title, body, cleanups, losses } = await sendJson('POST', `${base}/import-html`, { html });
    if (title) onTitle(title);
    if (cleanups.length || losses.length) {
      const lost = losses.length ? `，${losses.length} 处没能带进来` : '';
      tell(`粘贴时改了 ${cleanups.length} 处${lost}。`, onLook, '看改了什么');
      isBehind = true;
    }
    return body;
  }

  return { bringIn, stored: () => isBehind && !panel.hidden && look() };
}
