import type { CoverageState } from '../app/session/pipelineSession';
import type { Day } from '../base/day';
import { parseSelection } from '../base/selection/parse';
import { printSelection } from '../base/selection/print';
import { MODES } from '../base/status';
import type { Scope } from '../core/coverage/scope';
import { viewScope } from '../core/coverage/viewScope';
import type { Pipeline, PipelineNode } from '../core/pipeline';
import { namesOf } from '../core/plan/planScope';
import type { OptionSpecs } from './command';
import { usageError } from './exitCodes';
import { didYouMean } from './parseCommandLine';

const FORMATS = ['table', 'json', 'csv', 'md'] as const;
export type Format = (typeof FORMATS)[number];

export const MANIFEST_OPTION = {
  manifest: { kind: 'text', value: 'F', help: 'the manifest; else the nearest backfill.yaml in this folder or above it' },
} as const satisfies OptionSpecs;

export const MODE_OPTION = {
  mode: {
    kind: 'choice',
    of: MODES,
    help: 'which thresholds decide: backfill takes backfill_min_… where a need has one (default: backfill)',
  },
} as const satisfies OptionSpecs;

export const SCOPE_OPTIONS = {
  from: { kind: 'date', value: 'D', help: 'first date' },
  to: { kind: 'date', value: 'D', help: 'last date, included' },
  processor: { kind: 'list', value: 'A,B', help: 'only these processors or sources' },
  phase: { kind: 'list', value: 'A,B', help: 'only the processors of these phases' },
} as const satisfies OptionSpecs;

export const FORMAT_OPTION = {
  format: { kind: 'choice', of: FORMATS, help: 'how to print it (default: table)' },
} as const satisfies OptionSpecs;

export const REFRESH_OPTION = {
  refresh: { kind: 'flag', help: 'read the warehouse even if it looks unchanged' },
} as const satisfies OptionSpecs;

export const SELECT_OPTION = {
  select: { kind: 'text', value: 'TEXT', help: "which of them, such as 'phase:4 & 2021-11-* & failed'" },
} as const satisfies OptionSpecs;

export interface SelectValue {
  readonly select: string | undefined;
}

export interface ScopeValues {
  readonly from: Day | undefined;
  readonly to: Day | undefined;
  readonly processor: readonly string[];
  readonly phase: readonly string[];
}

/** The processors and dates that were asked for; without any, all of them. */
export function scopeFrom(pipeline: Pipeline, { from, to, processor, phase }: ScopeValues): Scope {
  if (from !== undefined && to !== undefined && to < from) throw usageError('--to is before --from: swap them.');
  const nodes = new Set([
    ...processor.map((id) => nodeOf(pipeline, id).index),
    ...phase.flatMap((id) => processorsOfPhase(pipeline, id)),
  ]);
  return {
    ...(nodes.size > 0 && { processors: [...nodes].sort((a, b) => a - b) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** Of what `--select` means, that which the options beside it leave: checked now, looked up in the coverage when that was read. */
export function viewScopeFrom(pipeline: Pipeline, options: ScopeValues & SelectValue): (state: CoverageState) => Scope {
  const asked = scopeFrom(pipeline, options);
  const select = options.select === undefined ? undefined : selectionFrom(pipeline, options.select);
  return ({ input, grid }) => (select === undefined ? asked : { ...viewScope(input, grid, select), ...asked });
}

/** A selection in its canonical form; ends the command with the place of what is wrong with it. */
export function selectionFrom(pipeline: Pipeline, text: string): string {
  const parsed = parseSelection(text, namesOf(pipeline));
  if ('selection' in parsed) return printSelection(parsed.selection);
  const { message, from } = parsed.problem;
  throw usageError(`--select, at ${from + 1}: ${message}`);
}

/** The processor with an id; ends the command with a suggestion when there is none. */
export function processorOf(pipeline: Pipeline, id: string): Pipeline['processors'][number] {
  const found = pipeline.processors.find((processor) => processor.id === id);
  if (found !== undefined) return found;
  const isSource = pipeline.sources.some((source) => source.id === id);
  throw usageError(
    isSource ? `${id} is a source, not a processor: nothing runs it.` : unknownId('processor', id, pipeline.processors),
  );
}

/** The processor or source with an id. */
export function nodeOf(pipeline: Pipeline, id: string): PipelineNode {
  const found = pipeline.nodes.find((node) => node.id === id);
  if (found === undefined) throw usageError(unknownId('processor or source', id, pipeline.nodes));
  return found;
}

function processorsOfPhase(pipeline: Pipeline, id: string): readonly number[] {
  const phase = pipeline.phases.find((candidate) => candidate.id === id);
  if (phase === undefined) throw usageError(unknownId('phase', id, pipeline.phases));
  return pipeline.processors.filter((processor) => processor.phase === phase.index).map(({ index }) => index);
}

function unknownId(kind: string, id: string, known: readonly { readonly id: string }[]): string {
  const ids = known.map((one) => one.id);
  return `There is no ${kind} '${id}'.${didYouMean(id, ids)} Known: ${ids.join(', ')}.`;
}
