// Where the selection is.

/** The nearest node of `type` that the selection is or lies in: `{node, pos}`, or null. */
export function around({ selection }, type) {
  const { $from, node } = selection;
  if (node?.type.name === type) return { node, pos: selection.from };
  for (let { depth } = $from; depth > 0; depth -= 1) {
    if ($from.node(depth).type.name === type) return { node: $from.node(depth), pos: $from.before(depth) };
  }
  return null;
}
