import type { Day } from '../../base/day';
import { statusCode } from '../../base/status';
import type { PipelineNode, SingleNeed } from '../pipeline';
import { tablesOf } from './classify';
import type { CoverageGrid, CoverageInput, PartitionRef } from './coverage';

/** Which partition's entities to compare with which: those of `reference` that `partition` lacks are missing. */
export interface EntityComparison {
  readonly partition: PartitionRef;
  readonly reference: PartitionRef;
}

/**
 * What has to be read to name a partition's missing entities. A fixed roster (`expect.entities`) is compared with the nearest complete date,
 * the earlier one of two; other nodes with the same date's upstream that has the same entity columns: the one of `ratio_of`, else the one
 * with the most entities. Undefined where the node declares no entity or there is nothing to compare with.
 */
export function entityComparison(
  input: CoverageInput,
  grid: CoverageGrid,
  nodeIndex: number,
  day: Day,
): EntityComparison | undefined {
  const node = input.pipeline.nodes[nodeIndex];
  const offset = day - grid.firstDay;
  if (node === undefined || node.entity.length === 0 || offset < 0 || offset >= grid.dayCount) return undefined;
  const reference =
    node.expect.entities === undefined ? upstreamOf(input, grid, node, offset) : nearestComplete(input, grid, node, offset);
  return reference === undefined ? undefined : { partition: { node: node.id, day }, reference };
}

/** The entities of the reference that the partition lacks, sorted. */
export function missingEntities(found: readonly string[], reference: readonly string[]): readonly string[] {
  const present = new Set(found);
  return [...new Set(reference)].filter((name) => !present.has(name)).sort();
}

/** A stale date is as whole as a complete one: only its inputs have changed since. */
const WHOLE = [statusCode('complete'), statusCode('stale')];

function nearestComplete(input: CoverageInput, grid: CoverageGrid, node: PipelineNode, offset: number): PartitionRef | undefined {
  const { held } = tablesOf(input, grid);
  const base = node.index * grid.dayCount;
  for (let distance = 1; distance < grid.dayCount; distance++) {
    for (const at of [offset - distance, offset + distance]) {
      if (at >= 0 && at < grid.dayCount && WHOLE.includes(held[base + at] ?? 0))
        return { node: node.id, day: grid.firstDay + at };
    }
  }
  return undefined;
}

function upstreamOf(
  { pipeline }: CoverageInput,
  grid: CoverageGrid,
  node: PipelineNode,
  offset: number,
): PartitionRef | undefined {
  const needs = node.kind === 'processor' ? node.needs : [];
  const same = needs
    .flatMap((need): readonly SingleNeed[] => (need.kind === 'anyOf' ? need.alternatives : [need]))
    .flatMap((need) => (need.window.kind === 'same' ? [need.node] : []));
  const columns = node.entity.join('\n');
  const entities = (index: number) => grid.entities[index * grid.dayCount + offset] ?? -1;
  const candidates = (upstream: readonly number[]) =>
    upstream
      .flatMap((index) => pipeline.nodes[index] ?? [])
      .filter(({ index, entity }) => index !== node.index && entity.join('\n') === columns && entities(index) > 0)
      .sort((a, b) => entities(b.index) - entities(a.index) || (a.id < b.id ? -1 : 1));
  const { ratioOf } = node.expect;
  const [best] = [...(ratioOf === undefined ? [] : candidates([ratioOf.node])), ...candidates(same)];
  return best === undefined ? undefined : { node: best.id, day: grid.firstDay + offset };
}
