// What the built editor's schema is, read back from ProseMirror's own compiled objects.
import { Editor } from '@tiptap/core';

import { extensions } from './extensions.js';
import { schemaSpec } from './schema.js';

function attributes(type) {
  const names = Object.keys(type.spec.attrs ?? {});
  const entries = names.map((name) => {
    const { isRequired, default: fallback } = type.attrs[name];
    return [name, isRequired ? { required: true } : { default: fallback }];
  });
  return Object.fromEntries(entries);
}

function describeNode(type) {
  const { content = '', marks = null, group = '', inline = false } = type.spec;
  return { content, marks, group, inline, attrs: attributes(type) };
}

function describeMark(type, marks) {
  const excludes = marks.filter((other) => type.excludes(other)).map((other) => other.name);
  return { excludes, attrs: attributes(type) };
}

export function dump() {
  const content = { type: 'doc', content: [{ type: 'paragraph' }] };
  const { schema } = new Editor({ element: null, extensions: extensions(), schemaSpec, content });
  const marks = Object.values(schema.marks);
  return {
    top: schema.topNodeType.name,
    nodes: Object.fromEntries(
      Object.values(schema.nodes).map((type) => [type.name, describeNode(type)]),
    ),
    marks: Object.fromEntries(marks.map((type) => [type.name, describeMark(type, marks)])),
  };
}
