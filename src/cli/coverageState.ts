import type { CoverageState } from '../app/pipelineSession';
import { formatInstant, formatSeconds } from '../base/figures';
import { type Mode, statusCode } from '../base/status';
import { type Scope, scopeNodes, scopeOffsets } from '../core/scope';
import type { Context } from './command';
import { CommandFailure, EXIT, type ExitCode } from './exitCodes';
import { type OpenPipeline, problemPlace, waiversFile } from './manifestFile';
import { plain } from './textWidth';

const UNKNOWN = statusCode('unknown');

/**
 * What is known of the warehouse: read anew unless it looks unchanged. Where it cannot be read the last good answer is given, with a
 * warning that tells its age; without one the command ends.
 */
export async function readCoverage(context: Context, open: OpenPipeline, refresh: boolean): Promise<CoverageState> {
  const { terminal, services } = context;
  const state = await open.session.coverage(refresh ? 'read' : 'probe');
  if (state === undefined) throw new CommandFailure(EXIT.usage, 'The manifest could not be read.');
  await warnOfState(context, open);
  const { problem, asOf } = state;
  if (problem === undefined) warnOfUnread(terminal, state);
  else if (asOf === undefined) throw new CommandFailure(EXIT.warehouse, problem.message);
  else {
    terminal.warn(`Warning: ${plain(problem.message)}`);
    if (problem.kind !== 'calendar') {
      const age = formatSeconds(Math.max(0, Math.round((services.clock.now() - asOf) / 1000)));
      terminal.warn(`What follows was read ${age} ago, on ${formatInstant(asOf)}.`);
    }
  }
  return state;
}

/** What of the state folder cannot be read: without a word, waivers and attempts would be missing unnoticed. */
async function warnOfState({ terminal, services, cwd }: Context, { manifest, session }: OpenPipeline): Promise<void> {
  const path = waiversFile(manifest);
  for (const problem of session.waiverProblems) {
    const place = problemPlace(path, cwd, problem);
    const effect = problem.code === 'syntax' ? ' No waiver holds until this is mended.' : '';
    terminal.warn(`Warning: ${place}: ${plain(problem.message)}${effect}`);
  }
  for (const { id, message } of await services.journal(manifest).damage()) {
    terminal.warn(`Warning: ${plain(message)}${id === undefined ? '' : " See 'backfill runs'."}`);
  }
}

/** What of the manifest the warehouse refused, such as a table that it does not have. */
function warnOfUnread(terminal: Context['terminal'], { input: { observations } }: CoverageState): void {
  const refused = [...observations.unavailableNodes, ...observations.unavailableCalendars];
  for (const [name, { error }] of refused) terminal.warn(`Warning: ${name} was not read: ${plain(error)}`);
}

/** The exit code of a question about coverage: gaps remain, or something in the scope was never read, or all is fine. */
export function coverageExit({ input, grid }: CoverageState, scope: Scope): ExitCode {
  const { from, end } = scopeOffsets(grid, scope);
  let unknown = false;
  for (const { index } of scopeNodes(input.pipeline, scope)) {
    for (let cell = index * grid.dayCount + from; cell < index * grid.dayCount + end; cell++) {
      if ((grid.rootSet[cell] ?? 0) !== 0) return EXIT.gaps;
      if (grid.status[cell] === UNKNOWN) unknown = true;
    }
  }
  return unknown ? EXIT.warehouse : EXIT.fine;
}

/** `Read 2026-11-23 14:02:11 from the warehouse; thresholds of mode backfill.` */
export function provenance({ asOf, grid, source }: CoverageState): string {
  const read = asOf === undefined ? 'Never read' : `Read ${formatInstant(asOf)} from the ${source}`;
  return `${read}; thresholds of mode ${grid.mode}.`;
}

/** What every JSON answer about coverage carries. */
export function origin({ asOf, grid, source }: CoverageState): {
  readonly asOf: string | null;
  readonly source: string;
  readonly mode: Mode;
} {
  return { asOf: asOf === undefined ? null : new Date(asOf).toISOString(), source, mode: grid.mode };
}
