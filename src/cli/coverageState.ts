import { failureOf, notReadText, unreadOf } from '../app/session/coverageOrigin';
import { billedText, type CoverageState } from '../app/session/pipelineSession';
import { formatRange } from '../base/day';
import { counted, formatInstant, formatSeconds } from '../base/figures';
import { statusCode } from '../base/status';
import { type Scope, scopeNodes, scopeOffsets } from '../core/coverage/scope';
import type { Context } from './command';
import { CommandFailure, EXIT, type ExitCode, usageError } from './exitCodes';
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
  const { problem, alarm, asOf } = state;
  const failure = failureOf(state);
  if (problem !== undefined && asOf === undefined) throw new CommandFailure(EXIT.warehouse, problem.message);
  if (failure !== undefined && asOf !== undefined) {
    terminal.warn(`Warning: ${plain(failure.message)}`);
    const age = formatSeconds(Math.max(0, Math.round((services.clock.now() - asOf) / 1000)));
    terminal.warn(`What follows was read ${age} ago, on ${formatInstant(asOf)}.`);
  }
  if (alarm !== undefined) terminal.warn(`Warning: ${plain(alarm.message)}`);
  // Where nothing could be read that has been said.
  if (failure === undefined) warnOfUnread(terminal, state);
  return state;
}

/** What of the state folder cannot be read: without a word, waivers and attempts would be missing unnoticed. */
export async function warnOfState({ terminal, services, cwd }: Context, { manifest, session }: OpenPipeline): Promise<void> {
  const path = waiversFile(manifest);
  const expired = session.waiverProblems.filter(({ code }) => code === 'expired');
  if (expired.length > 1)
    terminal.warn(
      `${counted(expired.length, 'waiver')} expired: 'backfill waive --list' tells which, and how many gaps count again.`,
    );
  for (const problem of session.waiverProblems) {
    if (expired.length > 1 && problem.code === 'expired') continue;
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
  for (const [name, { error }] of refused) terminal.warn(`Warning: ${plain(notReadText(name, error))}`);
}

/** The exit code of a question about coverage: something in the scope could not be read now, gaps remain, or all is fine. */
export function coverageExit(state: CoverageState, scope: Scope): ExitCode {
  const { input, grid } = state;
  const nodes = scopeNodes(input.pipeline, scope);
  if (failureOf(state) !== undefined || unreadOf(state, nodes).size > 0) return EXIT.warehouse;
  const { from, end } = scopeOffsets(grid, scope);
  let unknown = false;
  for (const { index } of nodes) {
    for (let cell = index * grid.dayCount + from; cell < index * grid.dayCount + end; cell++) {
      if (scope.holds?.(cell) === false) continue;
      if ((grid.rootSet[cell] ?? 0) !== 0) return EXIT.gaps;
      if (grid.status[cell] === UNKNOWN) unknown = true;
    }
  }
  return unknown ? EXIT.warehouse : EXIT.fine;
}

/** Ends the command where a scope holds no date at all: an empty answer would look like a good one. */
export function requireDates({ grid }: CoverageState, scope: Scope): void {
  const { from, end } = scopeOffsets(grid, scope);
  if (from < end || (scope.from === undefined && scope.to === undefined)) return;
  const range = { from: grid.firstDay, to: grid.firstDay + grid.dayCount - 1 };
  const dates = grid.dayCount === 0 ? 'it has none yet' : `they are ${formatRange(range)}`;
  throw usageError(`None of the dates that were asked for is a date of the pipeline: ${dates}.`);
}

/** `Read 2026-11-23 14:02:11 from the warehouse (2 queries, 20 MiB billed); thresholds of mode backfill.` */
export function provenance({ asOf, cost, grid, source }: CoverageState): string {
  const read = asOf === undefined ? 'Never read' : `Read ${formatInstant(asOf)} from the ${source}`;
  return `${read}${cost === undefined ? '' : ` (${billedText(cost)})`}; thresholds of mode ${grid.mode}.`;
}
