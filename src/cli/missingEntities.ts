import type { Warehouse } from '../app/ports';
import type { Day } from '../base/day';
import { statusCode } from '../base/status';
import type { CoverageGrid } from '../core/coverage';
import type { NeedWindow, Pipeline, PipelineNode, Processor } from '../core/pipeline';

/** What a partition's entities are compared with. */
export interface Reference {
  readonly node: PipelineNode;
  readonly day: Day;
}

export interface MissingEntities {
  readonly reference: Reference;
  readonly have: number;
  readonly expected: number;
  /** In the reference and not in the partition, sorted. */
  readonly missing: readonly string[];
}

const COMPLETE = statusCode('complete');

/**
 * A fixed roster (`expect.entities`) is compared with the nearest complete date, of two equally near ones the earlier; anything else with
 * an upstream of the same date that has the same entities, or else likewise with the nearest complete date. Undefined without either.
 */
export function referenceFor(pipeline: Pipeline, grid: CoverageGrid, node: Processor, day: Day): Reference | undefined {
  if (node.expect.entities === undefined) {
    const upstream = upstreamWithEntities(pipeline, node);
    if (upstream !== undefined) return { node: upstream, day };
  }
  const nearest = nearestComplete(grid, node, day);
  return nearest === undefined ? undefined : { node, day: nearest };
}

/** The names that a partition lacks. */
export async function missingEntities(
  warehouse: Warehouse,
  node: Processor,
  day: Day,
  reference: Reference,
): Promise<MissingEntities> {
  const own = (await warehouse.entities(node, [day])).get(day) ?? [];
  const wanted = (await warehouse.entities(reference.node, [reference.day])).get(reference.day) ?? [];
  const present = new Set(own);
  return { reference, have: own.length, expected: wanted.length, missing: wanted.filter((name) => !present.has(name)) };
}

function upstreamWithEntities(pipeline: Pipeline, node: Processor): PipelineNode | undefined {
  const singles = node.needs.flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : [need]));
  const candidates = [
    ...(node.expect.ratioOf === undefined ? [] : [node.expect.ratioOf.node]),
    ...singles.filter(({ window, critical }) => isSame(window) && critical).map((need) => need.node),
    ...singles.filter(({ window, critical }) => isSame(window) && !critical).map((need) => need.node),
  ];
  return candidates.flatMap((index) => pipeline.nodes[index] ?? []).find(({ entity }) => entity.join() === node.entity.join());
}

function isSame({ kind }: NeedWindow): boolean {
  return kind === 'same';
}

function nearestComplete(grid: CoverageGrid, node: PipelineNode, day: Day): Day | undefined {
  const isComplete = (date: Day) => {
    const offset = date - grid.firstDay;
    return offset >= 0 && offset < grid.dayCount && grid.status[node.index * grid.dayCount + offset] === COMPLETE;
  };
  for (let distance = 1; distance <= grid.dayCount + Math.abs(day - grid.firstDay); distance++) {
    if (isComplete(day - distance)) return day - distance;
    if (isComplete(day + distance)) return day + distance;
  }
  return undefined;
}
