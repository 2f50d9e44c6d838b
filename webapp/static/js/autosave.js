/**
 * Rolling autosave of one article: to the server when it can be reached, to this browser always.
 *
 * Request, 1.5 s after the last change, one at a time, the newest text only:
 *   PUT {url}
 *   Content-Type: application/json, Accept: application/json, X-CSRFToken: {csrfToken()}
 *   {"base_revision": 3, "title": "", "author": "", "digest": "", "source": "", "source_url": "",
 *    "cover_id": null, "credits": [{"label": "", "names": ""}], "body": {"type": "doc", …}}
 *   `base_revision` is the number of the revision that was opened; the other fields come from
 *   `read()` as they are.
 * Answers:
 *   200 {"saved_at": "2026-11-24T03:04:05Z", "characters": 812}
 *   401 the session has expired (a redirect to the sign-in page counts as this, and 400: a form token of another session)
 *   409 {"code": "stale_revision", "message": "…", …}: somebody named a newer revision; nothing was
 *       stored. The whole answer goes to `onConflict`, and nothing is sent until `rebase(number)`.
 *   other 4xx {"message": "…"}: refused; the text stays here and is sent again when it changes
 *   5xx, 429, no answer within 20 s, no network: tried again after 2, 5, 15, 30, then every 60 s,
 *       and at once when the network returns
 *
 * Local copy: while a change is not on the server it lies in localStorage (in IndexedDB when that
 * is full) under `tongxin:autosave:{user}:{article}`, and goes when the server has it, so that a
 * shared computer keeps nothing longer than it must. `start()` asks through `askRestore` when it
 * finds one; only an answer drops it.
 *
 * States told to `onState({code, text, savedAt})`: clean, waiting, saving, saved, offline, expired,
 * conflict, refused.
 */
import { clockTime } from './times.js';


const QUIET_MS = 1500;
const LOCAL_QUIET_MS = 300;
const TIMEOUT_MS = 20_000;
const RETRY_MS = [2000, 5000, 15_000, 30_000, 60_000];
// Browsers let a request outlive its page up to this size.
const KEEPALIVE_BYTES = 60_000;

const WORDS = {
  clean: () => '没有改动',
  waiting: () => '有改动，稍后自动保存',
  saving: () => '正在保存…',
  saved: ({ savedAt }) => `已保存 ${clockTime(savedAt)}`,
  offline: ({ isLocal }) => (isLocal ? '离线，已存在本机' : '离线，还没有存下，请不要关闭页面'),
  expired: ({ isLocal }) => (isLocal
    ? '登录已过期，改动已存在本机，请重新登录'
    : '登录已过期，改动还没有存下；请另开一页登录，再回到这里'),
  conflict: () => '别人已存了新版本，您的改动已存在本机',
  refused: ({ message }) => message || '服务器没有收下这次改动，原文还在这里',
};

/** One copy under a key; what localStorage has no room for goes to IndexedDB. */
class LocalCopy {
  constructor(key) {
    this.key = key;
    this.isLarge = false;
  }

  /** True when the copy is on disk. */
  async write(copy) {
    try {
      localStorage.setItem(this.key, JSON.stringify(copy));
      return true;
    } catch {
      // Full or forbidden: the larger store may still take it.
    }
    try {
      await this.#run('readwrite', (store) => store.put(copy, this.key));
      this.isLarge = true;
      localStorage.removeItem(this.key);
      return true;
    } catch {
      return false;
    }
  }

  /** The newer of the two stores' copies, or null. */
  async read() {
    const found = [this.#readSmall(), await this.#readLarge()].filter(Boolean);
    this.isLarge = true;
    return found.sort((a, b) => b.at.localeCompare(a.at))[0] ?? null;
  }

  async clear() {
    try {
      localStorage.removeItem(this.key);
      if (this.isLarge) await this.#run('readwrite', (store) => store.delete(this.key));
      this.isLarge = false;
    } catch {
      // Nothing could be stored there either.
    }
  }

  #readSmall() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  async #readLarge() {
    try {
      return await this.#run('readonly', (store) => store.get(this.key));
    } catch {
      return null;
    }
  }

  #run(mode, act) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open('tongxin', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('autosave');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const database = opening.result;
        const transaction = database.transaction('autosave', mode);
        const request = act(transaction.objectStore('autosave'));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
        transaction.addEventListener('complete', () => database.close());
        transaction.addEventListener('abort', () => database.close());
      };
    });
  }
}

/** How an answer is to be taken: 'saved', 'expired', 'conflict', 'refused' or 'offline'. */
function outcomeOf(response) {
  if ([400, 401].includes(response.status) || response.redirected) return 'expired';
  if (response.ok) return 'saved';
  if (response.status === 409) return 'conflict';
  return response.status >= 500 || response.status === 429 ? 'offline' : 'refused';
}

class Autosave {
  constructor(options) {
    this.options = options;
    this.baseRevision = options.baseRevision;
    this.copy = new LocalCopy(`tongxin:autosave:${options.user}:${options.article}`);
    this.state = { code: 'clean' };
    // Counts changes; what the server has is the count it was sent with.
    this.version = 0;
    this.stored = 0;
    this.failures = 0;
    this.isSending = false;
    this.isLocal = false;
    this.onHide = () => document.visibilityState === 'hidden' && this.leave();
    this.onOnline = () => this.state.code === 'offline' && this.send();
    this.onUnload = (event) => {
      if (this.isPending && !this.isLocal) event.preventDefault();
    };
  }

  get isPending() {
    return this.version > this.stored;
  }

  async start() {
    document.addEventListener('visibilitychange', this.onHide);
    window.addEventListener('pagehide', this.onHide);
    window.addEventListener('online', this.onOnline);
    window.addEventListener('beforeunload', this.onUnload);
    this.tell('clean');
    await this.offerCopy();
  }

  /** Asks about a copy that the server never got; a refusal drops it. */
  async offerCopy() {
    const copy = await this.copy.read();
    if (!copy) return;
    const { askRestore, restore, serverSavedAt } = this.options;
    const isNewer = !serverSavedAt || new Date(copy.at) > new Date(serverSavedAt);
    if (await askRestore({ ...copy, isNewer })) {
      restore(copy.fields);
      this.changed();
    } else await this.copy.clear();
  }

  /** To be called on every change; cheap. */
  changed() {
    this.version += 1;
    if (this.state.code === 'clean' || this.state.code === 'saved') this.tell('waiting');
    clearTimeout(this.localTimer);
    this.localTimer = setTimeout(() => this.keep(), LOCAL_QUIET_MS);
    if (this.isHeld) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.options.quietMs ?? QUIET_MS);
  }

  /** Nothing is sent while somebody has to decide first. */
  get isHeld() {
    return this.state.code === 'conflict' || this.state.code === 'expired';
  }

  async keep() {
    if (!this.isPending) return;
    const { version } = this;
    const copy = { at: new Date().toISOString(), base: this.baseRevision, fields: this.options.read() };
    const isLocal = await this.copy.write(copy);
    if (version !== this.version) return;
    this.isLocal = isLocal;
    if (['offline', 'expired'].includes(this.state.code)) this.tell(this.state.code);
  }

  body() {
    return JSON.stringify({ base_revision: this.baseRevision, ...this.options.read() });
  }

  request(body, more) {
    return fetch(this.options.url, {
      method: 'PUT',
      credentials: 'same-origin',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'X-CSRFToken': this.options.csrfToken(),
      },
      body,
      ...more,
    });
  }

  /** Sends the newest text; resolves when the server has answered or could not. */
  async send(more = {}) {
    clearTimeout(this.timer);
    if (!this.isPending || this.isSending || this.isStopped) return;
    this.isSending = true;
    const { version } = this;
    // Another try while offline is no news to the writer.
    if (this.state.code !== 'offline') this.tell('saving');
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await this.request(this.body(), { signal, ...more });
      const answer = await response.json().catch(() => ({}));
      await this.take(outcomeOf(response), answer, version);
    } catch {
      await this.take('offline', {}, version);
    }
    this.isSending = false;
    if (this.isPending && this.state.code === 'saved') this.waitAgain();
  }

  waitAgain() {
    this.tell('waiting');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.options.quietMs ?? QUIET_MS);
  }

  async take(outcome, answer, version) {
    if (outcome === 'saved') {
      this.stored = version;
      this.failures = 0;
      if (!this.isPending) {
        clearTimeout(this.localTimer);
        await this.copy.clear();
        this.isLocal = false;
      }
      this.tell('saved', { savedAt: answer.saved_at, characters: answer.characters });
      return;
    }
    clearTimeout(this.localTimer);
    await this.keep();
    this.tell(outcome, { message: answer.message });
    if (outcome === 'conflict') this.options.onConflict?.(answer);
    if (outcome === 'offline') this.retryLater();
  }

  retryLater() {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  /** The page may be going: the copy is written now, and the server is sent what it will take. */
  leave() {
    if (!this.isPending || this.isHeld) return;
    clearTimeout(this.localTimer);
    this.keep();
    const size = new TextEncoder().encode(this.body()).length;
    this.send({ keepalive: size <= KEEPALIVE_BYTES });
  }

  /** Goes on after a conflict, or after a named revision was stored: what follows builds on `number`. */
  rebase(number) {
    this.baseRevision = number;
    if (this.state.code === 'conflict') this.resume();
  }

  /** Goes on after signing in again. */
  resume() {
    this.tell('waiting');
    return this.send();
  }

  tell(code, more = {}) {
    this.state = { code, isLocal: this.isLocal, ...more };
    this.options.onState?.({ ...this.state, text: WORDS[code](this.state) });
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.localTimer);
    document.removeEventListener('visibilitychange', this.onHide);
    window.removeEventListener('pagehide', this.onHide);
    window.removeEventListener('online', this.onOnline);
    window.removeEventListener('beforeunload', this.onUnload);
  }
}

/**
 * options: user, article (ids, for the local copy's key), url, csrfToken() → string, baseRevision,
 * serverSavedAt (ISO time of the server's autosave, or null), read() → the fields above without
 * base_revision, restore(fields), askRestore({at, base, fields, isNewer}) → Promise<boolean>
 * (isNewer: than the server's autosave), onState, onConflict(answer), quietMs.
 *
 * Returns {changed(), send(), rebase(number), resume(), stop(), state}. Call `start()` once the
 * page is ready.
 */
export function createAutosave(options) {
  return new Autosave(options);
}
