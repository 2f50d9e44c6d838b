// TipTap's table without its column widths: the phone's page has none to give.
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';

import { boundedInteger } from './schema.js';

function spans(type) {
  const span = (name) => ({
    default: 1,
    parseHTML: (el) => boundedInteger(type, name, el.getAttribute(name)),
  });
  return { colspan: span('colspan'), rowspan: span('rowspan') };
}

const OurTable = Table.extend({
  addNodeView: () => null,
  // The wrapper scrolls a wide table sideways instead of squeezing it.
  renderHTML: () => ['div', { class: 'tx-table' }, ['table', ['tbody', 0]]],
});

const OurRow = TableRow.extend({ content: '(tableCell | tableHeader)+' });
const OurCell = TableCell.extend({ addAttributes: () => spans('tableCell') });
const OurHeader = TableHeader.extend({ addAttributes: () => spans('tableHeader') });

export const tables = [OurTable, OurRow, OurCell, OurHeader];
