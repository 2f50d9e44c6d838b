// The clean-up's changes put back from beside the sheet, in what is written there and not only in what is stored.
import { tell } from './desk.js';
import { sendJson } from './write-requests.js';

const PANEL = '#panel-cleanups';

/**
 * options: read() → what is written with its base revision; onMoved(answer) shows the new revision;
 * onRefused(error).
 */
export function watchCleanups({ read, onMoved, onRefused }) {
  const panel = document.querySelector(PANEL);

  async function move(url, wanted) {
    try {
      const answer = await sendJson('POST', url, { ...read(), ...wanted });
      onMoved(answer);
      tell(answer.message, answer.undo && (() => move(url, answer.undo)));
      panel.querySelector('[data-on-reveal]').dispatchEvent(new Event('reveal'));
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
}
