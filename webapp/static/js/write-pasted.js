// What a paste changed on its way in, told one by one: each is put back, or made again, in what is written.
import { tell } from './desk.js';
import { sendJson } from './write-requests.js';

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

function lossLine({ place, before }) {
  return element('li', 'cleanup-loss', before ? `${place}“${before}”` : place);
}

function changeLine({ before, after, place, label }) {
  const arrow = element('span', '', '→');
  arrow.setAttribute('role', 'img');
  arrow.setAttribute('aria-label', '改为');
  return element('li', '',
    element('p', 'cleanup-change', element('del', '', before), arrow, element('ins', '', after || '（删去）')),
    element('p', 'cleanup-place', `${label} ${place}`),
    element('p', 'cluster cleanup-acts'));
}

function act(word, about, onClick) {
  const button = element('button', 'link small', word, element('span', 'visually-hidden', `：${about}`));
  button.type = 'button';
  button.addEventListener('click', onClick);
  return button;
}

/**
 * options: base, the article's address; read() → what is written with its base revision; onMoved(answer) shows the new
 * revision; onRefused(error); onTitle(title) takes a title that came along; onLook() shows the list.
 * What comes back: bringIn(html) → Promise<document JSON>.
 */
export function createPasted({ base, read, onMoved, onRefused, onTitle, onLook }) {
  const place = document.querySelector('[data-pasted]');

  function add({ title, body, cleanups, losses }) {
    if (!cleanups.length && !losses.length) return;
    const lines = cleanups.map(changeLine);

    async function move(wanted) {
      try {
        const answer = await sendJson('POST', `${base}/cleanups/pasted`, { ...read(), pasted: { title, body, cleanups }, ...wanted });
        onMoved(answer);
        answer.standings.forEach(stand);
        tell(answer.message, answer.undo && (() => move(answer.undo)));
      } catch (error) {
        onRefused(error);
      }
    }

    function stand(standing, number) {
      const { before, after } = cleanups[number];
      lines[number].className = `is-${standing}`;
      lines[number].querySelector('.cleanup-acts').replaceChildren(...{
        applied: () => [act('恢复原样', before, () => move({ put_back: String(number) }))],
        put_back: () => [
          element('span', 'tiny cleanup-done', '已恢复原样'),
          act('重新应用', after || '（删去）', () => move({ apply: String(number) })),
        ],
        edited: () => [element('span', 'tiny muted', '这里后来改过')],
      }[standing]());
    }

    lines.forEach((_, number) => stand('applied', number));
    const lost = losses.length ? `，${losses.length} 处没能带进来` : '';
    const head = element('summary', '', `刚才粘贴时改了 ${cleanups.length} 处${lost}`);
    const group = element('details', 'cleanup-group', head, element('ol', 'cleanup-list', ...losses.map(lossLine), ...lines));
    group.open = true;
    place.prepend(group);
    tell(`粘贴时改了 ${cleanups.length} 处${lost}。`, onLook, '看改了什么');
  }

  async function bringIn(html) {
    const answer = await sendJson('POST', `${base}/import-html`, { html });
    add(answer);
    if (answer.title) onTitle(answer.title);
    return answer.body;
  }

  return { bringIn };
}
