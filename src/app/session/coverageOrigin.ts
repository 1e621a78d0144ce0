import type { Mode } from '../../base/status';
import type { Overlay } from '../../core/coverage/coverage';
import type { ProblemReport } from '../../core/coverage/report';
import { type Scope, scopeNodes } from '../../core/coverage/scope';
import type { Unavailable } from '../../core/observation/observation';
import type { PipelineNode } from '../../core/pipeline';
import type { CoverageProblem, CoverageState } from './pipelineSession';

/** Why the warehouse as a whole could not be read. */
export function failureOf({ problem }: CoverageState): CoverageProblem | undefined {
  return problem?.kind === 'calendar' ? undefined : problem;
}

/** `RAW was not read: there is no table a.b.` @param error may begin with what it is about. */
export function notReadText(name: string, error: string): string {
  const about = [`${name}: `, `Failures of ${name}: `].find((prefix) => error.startsWith(prefix)) ?? '';
  return `${name} was not read: ${error.slice(about.length)}`;
}

/** What of some nodes the newest read failed to read: themselves and the calendars that they follow, by name. */
export function unreadOf(
  { input: { pipeline, observations } }: CoverageState,
  nodes: readonly PipelineNode[],
): ReadonlyMap<string, Unavailable> {
  const { unavailableNodes, unavailableCalendars } = observations;
  const found = nodes.flatMap(({ id, calendar }): [string, Unavailable | undefined][] => {
    const name = pipeline.calendars[calendar]?.name ?? '';
    return [
      [id, unavailableNodes.get(id)],
      [name, unavailableCalendars.get(name)],
    ];
  });
  return new Map(found.flatMap(([name, trouble]) => (trouble === undefined ? [] : [[name, trouble] as const])));
}

/** What JSON tells of trouble with reading, within a scope. */
export function troubleOf(state: CoverageState, scope: Scope): { readonly problem?: ProblemReport; readonly stalled?: Overlay } {
  const failure = failureOf(state);
  const unread = failure === undefined ? [...unreadOf(state, scopeNodes(state.input.pipeline, scope))] : [];
  const told = [
    ...(failure === undefined ? [] : [failure]),
    ...unread.map(([name, { error, since }]) => ({ message: notReadText(name, error), since })),
    ...(state.alarm === undefined ? [] : [state.alarm]),
  ];
  if (told.length === 0) return {};
  const message = told.map((one) => one.message).join(' ');
  const problem = { message, since: new Date(Math.min(...told.map(({ since }) => since))).toISOString() };
  if (failure === undefined) return { problem };
  return { problem, stalled: { kind: 'unknown', error: failure.message, since: failure.since } };
}

/** What every JSON answer about coverage carries. */
export function origin(
  state: CoverageState,
  scope: Scope,
): {
  readonly asOf: string | null;
  readonly source: string;
  readonly mode: Mode;
  readonly problem?: ProblemReport;
} {
  const { asOf, grid, source } = state;
  const { problem } = troubleOf(state, scope);
  const instant = asOf === undefined ? null : new Date(asOf).toISOString();
  return { asOf: instant, source, mode: grid.mode, ...(problem !== undefined && { problem }) };
}
