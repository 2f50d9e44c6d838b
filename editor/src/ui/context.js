// The strip of tools for what the cursor is in: above the table or picture, on a narrow screen at
// the bottom where the thumb is. It floats, so that nothing jumps when it comes and goes.
import { CONTEXTS } from '../actions.js';
import { around } from '../places.js';
import { element } from './dom.js';
import { Toolbar } from './toolbar.js';

const GAP = 8;
const RELEASES = ['pointerup', 'pointercancel', 'dragend', 'drop'];

export class ContextStrip {
  constructor(host) {
    this.host = host;
    this.dom = element('div', { class: 'tx-context', hidden: '' });
    this.bars = CONTEXTS.map(({ id, type, tools }) => {
      const bar = new Toolbar(host, {
        groups: [tools], label: host.labels[id], className: `tx-context-bar is-${type}`, withIcon: false,
      });
      return { type, bar };
    });
    this.dom.append(...this.bars.map(({ bar }) => bar.dom));
    this.place = this.place.bind(this);
    window.addEventListener('scroll', this.place, { passive: true, capture: true });
    window.addEventListener('resize', this.place);
    this.rise = this.rise.bind(this);
    window.visualViewport?.addEventListener('resize', this.rise);
    this.isPressed = false;
    this.release = this.release.bind(this);
    host.sheet.addEventListener('pointerdown', () => {
      this.isPressed = true;
    }, true);
    for (const name of RELEASES) window.addEventListener(name, this.release, true);
  }

  /** The strip must not come up under a finger or a mouse that is pressing or dragging. */
  release(event) {
    if (event.type === 'pointercancel' && event.pointerType === 'mouse') return;
    this.isPressed = false;
    this.host.refreshSoon();
  }

  /** On a phone the keyboard covers the page's foot; the strip stands on top of it. */
  rise() {
    const { height, offsetTop } = window.visualViewport;
    const covered = Math.max(0, window.innerHeight - height - offsetTop);
    this.dom.style.setProperty('--tx-keyboard', `${covered}px`);
  }

  refresh(editor) {
    const { state } = editor;
    this.anchor = null;
    for (const { type, bar } of this.bars) {
      const found = editor.isEditable ? around(state, type) : null;
      bar.dom.hidden = !found;
      if (!found) continue;
      bar.refresh(editor);
      if (this.anchor === null || found.pos < this.anchor) this.anchor = found.pos;
    }
    if (this.anchor === null || !this.isPressed) this.dom.hidden = this.anchor === null;
    this.place();
  }

  focus() {
    const bar = this.bars.find((one) => !one.bar.dom.hidden);
    bar?.bar.focus();
    return Boolean(bar);
  }

  /** Just above its node, but never under the toolbar nor outside the editor. */
  place() {
    const { view } = this.host.editor;
    if (this.anchor === null || this.anchor === undefined || view.isDestroyed) return;
    const node = view.nodeDOM(this.anchor);
    if (!(node instanceof Element)) return;
    const root = this.host.root.getBoundingClientRect();
    const sheet = this.host.sheet.getBoundingClientRect();
    const at = node.getBoundingClientRect();
    const ceiling = this.host.toolbar.dom.getBoundingClientRect().bottom;
    // On a picture the strip may lie over it; above a table it must not hide the first row.
    const isPicture = node.matches('figure, [data-gallery]');
    const wanted = isPicture ? at.top + GAP : at.top - this.dom.offsetHeight - GAP;
    const room = Math.min(sheet.right, root.right) - this.dom.offsetWidth - GAP;
    const left = Math.max(root.left + GAP, Math.min(at.left + (isPicture ? GAP : 0), room));
    this.dom.style.setProperty('--tx-top', `${Math.max(wanted, ceiling + GAP) - root.top}px`);
    this.dom.style.setProperty('--tx-left', `${left - root.left}px`);
  }

  destroy() {
    window.removeEventListener('scroll', this.place, { capture: true });
    window.removeEventListener('resize', this.place);
    window.visualViewport?.removeEventListener('resize', this.rise);
    for (const name of RELEASES) window.removeEventListener(name, this.release, true);
  }
}
