import type { NodeTarget } from '../protocol/targets';

/** Selected nodes that no single request can name: several processors with different dates. */
export const MIXED = 'mixed';

/**
 * The target of a command's arguments.
 * @param first a tree node, or a target as the matrix and links pass it; anything else is no target.
 * @param selected the whole selection, when a menu of a tree was used.
 */
export function targetOf(first: unknown, selected?: unknown): NodeTarget | typeof MIXED {
  const chosen = Array.isArray(selected) && selected.length > 1 ? selected.map(read) : [read(first)];
  const [only] = chosen;
  if (chosen.length === 1 && only !== undefined) return only;
  return merge(chosen);
}

function read(value: unknown): NodeTarget {
  if (!isObject(value)) return {};
  const { data } = value;
  const target = isObject(data) ? data['target'] : value;
  if (!isObject(target)) return {};
  const { nodes, dates, from, to, backfill, attempt, select } = target;
  return {
    ...(isTexts(nodes) ? { nodes } : {}),
    ...(isTexts(dates) ? { dates } : {}),
    ...(typeof from === 'string' ? { from } : {}),
    ...(typeof to === 'string' ? { to } : {}),
    ...(typeof backfill === 'string' ? { backfill } : {}),
    ...(typeof select === 'string' ? { select } : {}),
    ...(typeof attempt === 'string' ? { attempt } : {}),
  };
}

/** One target for a selection: what several groups mean, the same dates of several nodes, or several single dates of one node. */
function merge(targets: readonly NodeTarget[]): NodeTarget | typeof MIXED {
  const selects = targets.flatMap(({ select }) => select ?? []);
  if (selects.length > 0 && selects.length < targets.length) return MIXED;
  const keys = (key: (target: NodeTarget) => unknown) => new Set(targets.map((target) => JSON.stringify(key(target))));
  const nodes = [...new Set(targets.flatMap((target) => target.nodes ?? []))];
  if (selects.length > 0) return { nodes, select: [...new Set(selects)].join(' | ') };
  const [first = {}] = targets;
  if (keys(({ from, to, dates }) => [from, to, dates]).size === 1) return { ...first, nodes };
  const single = targets.every(({ from, to }) => from !== undefined && from === to);
  if (!single || keys((target) => target.nodes).size > 1) return MIXED;
  return { nodes, dates: targets.flatMap(({ from }) => from ?? []).sort() };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
