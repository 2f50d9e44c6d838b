// A session that ran out while one wrote: nothing is lost, one signs in beside it and goes on here.
import { tell } from './desk.js';

const OUT = 'out';
const OTHER = 'other';
const BACK = 'back';

/** Asks who is signed in now, and takes over the form token of that session. */
async function renew(user) {
  const response = await fetch('/me', { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (response.redirected || !response.ok) return OUT;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (page.documentElement.dataset.user !== String(user)) return OTHER;
  const token = (root) => root.querySelector('meta[name="csrf-token"]');
  token(document).content = token(page).content;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token(page).content;
  return BACK;
}

/**
 * options: user (id), notice(text, ...acts) shows a sentence with buttons and returns its box, onBack() goes on.
 * Returns {lost(), kept()}: `lost` when the server no longer knows us, `kept` when it does.
 */
export function createSession({ user, notice, onBack }) {
  let box = null;
  let isTrying = false;
  let isFresh = false;

  async function again({ isAsked }) {
    if (isTrying) return;
    isTrying = true;
    const found = await renew(user).catch(() => OUT);
    isTrying = false;
    if (found === BACK) {
      box?.remove();
      box = null;
      isFresh = true;
      onBack();
    } else if (isAsked) {
      tell(found === OTHER ? '现在登录的是另一个人；请换回您自己的账号，写的都还在这里。' : '还没有登录；写的都还在这里。');
    }
  }

  function ask() {
    box ??= notice(
      '登录已过期，写的都还在这里。另开一页登录，再回来接着写：',
      ['另开一页登录', () => window.open('/login', '_blank', 'noopener')],
      ['登录好了，接着存', () => again({ isAsked: true })],
    );
  }

  // Whoever comes back from signing in on another page goes on without a further click.
  document.addEventListener('visibilitychange', () => {
    if (box && document.visibilityState === 'visible') again({ isAsked: false });
  });

  return {
    async lost() {
      // Signed in again already, on another page? Then only the form token is old; but that is tried once only.
      if (!isFresh) await again({ isAsked: false });
      if (!isFresh) ask();
      isFresh = false;
    },
    kept() {
      isFresh = false;
    },
  };
}

/** A name for this window that outlives a reload: what another one wrote meanwhile is not written over. */
export function windowName() {
  const key = 'tongxin:window';
  const made = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    const name = sessionStorage.getItem(key) ?? made();
    sessionStorage.setItem(key, name);
    return name;
  } catch {
    return made();
  }
}
