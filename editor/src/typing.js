// Shorthand at the start of a line: "## ", "- ", "1. ", "> ", "```". Only these, only ASCII, and
// never while an input method composes, so that Chinese text is typed as it is.
import { Extension, InputRule, textblockTypeInputRule, wrappingInputRule } from '@tiptap/core';

const HEADING = /^(#{2,4}) $/;
const BULLET = /^([-*]) $/;
// Two digits at most: a line that starts with a year stays a line.
const ORDERED = /^(\d{1,2})\. $/;
const QUOTE = /^> $/;
const CODE = /^```([a-z0-9+#-]{0,32}) $/;

function continuesNumbering(match, node) {
  return node.childCount + node.attrs.start === Number(match[1]);
}

/** The same rule, silent in a caption: a picture must not become a heading. */
function outsideCaptions(rule) {
  return new InputRule({
    find: rule.find,
    handler: (props) => {
      const { parent } = props.state.doc.resolve(props.range.from);
      return parent.type.name === 'figure' ? null : rule.handler(props);
    },
  });
}

export const Typing = Extension.create({
  name: 'typing',
  addInputRules() {
    const { nodes } = this.editor.schema;
    return [
      textblockTypeInputRule({
        find: HEADING,
        type: nodes.heading,
        getAttributes: (match) => ({ level: match[1].length }),
      }),
      wrappingInputRule({ find: BULLET, type: nodes.bulletList }),
      wrappingInputRule({
        find: ORDERED,
        type: nodes.orderedList,
        getAttributes: (match) => ({ start: Number(match[1]) }),
        joinPredicate: continuesNumbering,
      }),
      wrappingInputRule({ find: QUOTE, type: nodes.blockquote }),
      textblockTypeInputRule({
        find: CODE,
        type: nodes.codeBlock,
        getAttributes: (match) => ({ language: match[1] || null }),
      }),
    ].map(outsideCaptions);
  },
});
