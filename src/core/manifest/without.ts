import { isMap, type YAMLMap, type YAMLSeq } from 'yaml';
import { didYouMean, nearest } from '../../base/nearest';
import { list } from './collections';
import { entryOf, itemsUnder, wordOf } from './mergeNodes';
import { type Located, located, type Reader, refine } from './reader';
import { id } from './scalars';

/** The value of `without`: ids of sources, phases and processors. */
export const without: Reader<readonly Located<string>[]> = refine(list(located(id), { of: 'an id' }), [], (ids) =>
  ids.filter((one) => one !== undefined),
);

/** Takes sources, phases with their processors, and processors out of a preset, and every need of the others on them. */
export function takeAway(preset: YAMLMap, ids: readonly Located<string>[]): void {
  const phases = itemsUnder(preset, 'phases');
  const processors = (phases?.items ?? []).flatMap((phase) => itemsUnder(phase, 'processors') ?? []);
  const lists = [itemsUnder(preset, 'sources'), phases, ...processors].filter((items) => items !== undefined);
  reportUnknown(
    ids,
    lists.flatMap(({ items }) => items.map(idOf)),
  );
  const gone = new Set(ids.map(({ value }) => value));
  for (const phase of phases?.items ?? [])
    if (gone.has(idOf(phase))) for (const processor of itemsUnder(phase, 'processors')?.items ?? []) gone.add(idOf(processor));
  for (const items of lists) keep(items, (item) => !gone.has(idOf(item)));
  if (phases !== undefined) keep(phases, (phase) => itemsUnder(phase, 'processors')?.items.length !== 0);
  for (const { items } of processors) for (const processor of items) dropNeeds(processor, gone);
}

function dropNeeds(processor: unknown, gone: ReadonlySet<string>): void {
  const isOnGone = (node: unknown): boolean => {
    if (!isMap(node)) return gone.has(wordOf(node) ?? '');
    const alternatives = itemsUnder(node, 'any_of');
    if (alternatives === undefined)
      return ['processor', 'source'].some((key) => gone.has(wordOf(entryOf(node, key)?.value) ?? ''));
    keep(alternatives, (one) => !isOnGone(one));
    return alternatives.items.length === 0;
  };
  const needs = itemsUnder(processor, 'needs');
  if (needs !== undefined) keep(needs, (need) => !isOnGone(need));
  const expect = isMap(processor) ? entryOf(processor, 'expect')?.value : undefined;
  if (isMap(expect) && isOnGone(entryOf(expect, 'ratio_of')?.value)) expect.delete('ratio_of');
}

function reportUnknown(ids: readonly Located<string>[], known: readonly string[]): void {
  for (const { value, place } of ids) {
    if (value === '' || known.includes(value)) continue;
    const meant = nearest(value, known);
    place.error(
      'unknownReference',
      `The preset has no source, phase or processor \`${value}\`.${didYouMean(meant)}`,
      meant === undefined ? undefined : place.replaceBy(meant),
    );
  }
}

function idOf(node: unknown): string {
  return (isMap(node) && wordOf(entryOf(node, 'id')?.value)) || '';
}

function keep(list: YAMLSeq, isKept: (item: unknown) => boolean): void {
  list.items = list.items.filter(isKept);
}
