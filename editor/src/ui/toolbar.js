// Toolbars after the WAI-ARIA pattern: one stop for Tab, arrows within.
import { attributeField, toolButton } from './controls.js';
import { element, roveFocus } from './dom.js';

/** A row of groups of tools; `refresh` brings it in step with the selection. */
export class Toolbar {
  constructor(host, { groups, label, className, withIcon = true }) {
    this.host = host;
    this.controls = [];
    const parts = groups.map((tools) => element('div', { class: 'tx-group', role: 'group' }, tools.map((tool) => {
      const control = tool.field ? attributeField(host, tool) : toolButton(host, tool, { withIcon });
      this.controls.push(control);
      return control.dom;
    })));
    this.dom = element('div', { class: className, role: 'toolbar', 'aria-label': label }, parts);
    this.dom.addEventListener('keydown', (event) => this.onKey(event));
    this.dom.addEventListener('focusin', ({ target }) => this.keepStop(target));
    this.keepStop(this.controls.find(({ focusable }) => !focusable.disabled)?.focusable);
  }

  /** Those that can be used and are shown: a short row keeps some of them behind 更多. */
  items() {
    return this.controls.map(({ focusable }) => focusable).filter((node) => !node.disabled && node.getClientRects().length);
  }

  focus() {
    (this.items().find((node) => node.tabIndex === 0) ?? this.items()[0])?.focus();
  }

  onKey(event) {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.host.editor.view.focus();
    } else if (event.target.tagName !== 'INPUT') roveFocus(event, this.items());
  }

  /** Exactly one control can be reached with Tab. */
  keepStop(target) {
    for (const { focusable } of this.controls) focusable.tabIndex = focusable === target ? 0 : -1;
  }

  refresh(editor) {
    for (const control of this.controls) control.refresh(editor);
    const stop = this.items().find((node) => node.tabIndex === 0);
    if (!stop && this.items().length) this.keepStop(this.items()[0]);
  }
}
