/**
 * An order in which every node comes after all that it depends on; as near to the order of the indexes as that allows.
 * `onCycle` hears of each cycle once, as the path from a node back to itself; the order then leaves one of its edges out.
 * @param upstream by node index: the nodes it depends on.
 */
export function topologicalOrder(
  upstream: readonly (readonly number[])[],
  onCycle: (path: readonly number[]) => void,
): readonly number[] {
  const order: number[] = [];
  const state = new Uint8Array(upstream.length);
  const [OPEN, DONE] = [1, 2];
  for (const start of upstream.keys()) {
    if (state[start] !== 0) continue;
    // A stack of its own: a chain may be longer than the call stack.
    const path = [{ node: start, next: 0 }];
    state[start] = OPEN;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const dependency = upstream[top.node]?.[top.next++];
      if (dependency === undefined) {
        state[top.node] = DONE;
        order.push(top.node);
        path.pop();
      } else if (state[dependency] === OPEN) {
        const from = path.findIndex(({ node }) => node === dependency);
        onCycle([...path.slice(from).map(({ node }) => node), dependency]);
      } else if (state[dependency] !== DONE) {
        state[dependency] = OPEN;
        path.push({ node: dependency, next: 0 });
      }
    }
  }
  return order;
}
