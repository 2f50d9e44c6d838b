/**
 * The article as a phone will show it, beside the text, while one writes.
 *
 * Request, 180 ms after the last change; a newer one cancels the one under way:
 *   POST {url}
 *   Content-Type: application/json, Accept: application/json, X-CSRFToken: {csrfToken()}
 *   {"title": "", "author": "", "digest": "", "source": "", "source_url": "", "cover_id": null,
 *    "credits": [{"label": "", "names": ""}], "body": {"type": "doc", …}}
 *   the fields come from `read()` as they are
 * Answer:
 *   200 {"html": "…", "characters": 812, "units": {"title": 12, "author": 3, "digest": 40},
 *        "findings": [{"code", "severity", "message", "excerpt", "fix", "block", "start", "end"}]}
 *   `html` is the body's very HTML; it is shown in a frame where no script runs and no form is sent.
 *   Any other answer leaves the last preview standing and is told to `onState`.
 *
 * Two frames take turns: the new page is laid out unseen, scrolled to where the old one stood, and
 * only then shown, so that nothing flickers or jumps.
 */

const QUIET_MS = 180;
const TIMEOUT_MS = 15_000;

// allow-same-origin without allow-scripts: the page may be scrolled from here, and runs nothing.
const SANDBOX = 'allow-same-origin';

const WORDS = {
  current: '预览是最新的',
  updating: '正在更新预览…',
  failed: '预览暂时没有更新，正文不受影响',
  expired: '登录已过期，预览没有更新',
};

function createFrame(title) {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', SANDBOX);
  frame.title = title;
  frame.className = 'preview-frame';
  return frame;
}

function pageOf(html, stylesheets) {
  const links = stylesheets.map((href) => `<link rel="stylesheet" href="${href}">`).join('');
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">`
    + `<meta name="viewport" content="width=device-width"><base target="_blank">${links}</head>`
    + `<body>${html}</body></html>`;
}

function scrollerOf(frame) {
  return frame.contentDocument?.scrollingElement ?? null;
}

class Preview {
  constructor(container, options) {
    this.container = container;
    this.options = options;
    const title = options.title ?? '手机预览';
    this.shown = createFrame(title);
    this.next = createFrame(title);
    for (const frame of [this.shown, this.next]) {
      Object.assign(frame.style, { position: 'absolute', inset: '0', width: '100%', height: '100%', border: '0' });
      container.append(frame);
    }
    if (getComputedStyle(container).position === 'static') container.style.position = 'relative';
    this.hide(this.next);
    this.count = 0;
  }

  hide(frame) {
    frame.style.visibility = 'hidden';
    frame.setAttribute('aria-hidden', 'true');
    frame.tabIndex = -1;
  }

  reveal(frame) {
    frame.style.visibility = '';
    frame.removeAttribute('aria-hidden');
    frame.tabIndex = 0;
  }

  /** To be called on every change; cheap. */
  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.update(), this.options.quietMs ?? QUIET_MS);
  }

  /** Asks for the preview now; resolves when it is shown or could not be had. */
  async update() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.tell('updating');
    try {
      const answer = await this.ask(asking);
      if (asking.signal.aborted) return;
      await this.show(answer.html);
      this.options.onResult?.(answer);
      this.tell('current');
    } catch (error) {
      if (this.asking === asking) this.tell(error.message === 'expired' ? 'expired' : 'failed');
    }
  }

  async ask(asking) {
    const timer = setTimeout(() => asking.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(this.options.url, {
        method: 'POST',
        credentials: 'same-origin',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json',
          'X-CSRFToken': this.options.csrfToken(),
        },
        body: JSON.stringify(this.options.read()),
        signal: asking.signal,
      });
      if (response.status === 401 || response.redirected) throw new Error('expired');
      if (!response.ok) throw new Error(String(response.status));
      return await response.json();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lays `html` out in the unseen frame and lets it take the other's place. */
  show(html) {
    this.count += 1;
    const turn = this.count;
    const { next } = this;
    this.finish?.();
    return new Promise((resolve) => {
      this.finish = resolve;
      next.onload = () => {
        if (turn === this.count) this.swap();
        resolve();
      };
      next.srcdoc = pageOf(html, this.options.stylesheets ?? []);
    });
  }

  swap() {
    const top = scrollerOf(this.shown)?.scrollTop ?? 0;
    const scroller = scrollerOf(this.next);
    if (scroller) scroller.scrollTop = top;
    this.reveal(this.next);
    this.hide(this.shown);
    [this.shown, this.next] = [this.next, this.shown];
  }

  tell(code) {
    this.options.onState?.({ code, text: WORDS[code] });
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.shown.remove();
    this.next.remove();
  }
}

/**
 * Shows the preview in `container`, which must have a height.
 *
 * options: url, csrfToken() → string, read() → the fields above, onResult(answer), onState({code,
 * text}), stylesheets (addresses of our own, for the phone's page), title, quietMs.
 *
 * Returns {changed(), update(), stop()}.
 */
export function createPreview(container, options) {
  return new Preview(container, options);
}
