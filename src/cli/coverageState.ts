import type { CoverageState } from '../app/pipelineSession';
import { formatInstant, formatSeconds } from '../base/figures';
import { type Mode, statusCode } from '../base/status';
import { type Scope, scopeNodes, scopeOffsets } from '../core/scope';
import type { Context } from './command';
import { CommandFailure, EXIT, type ExitCode } from './exitCodes';
import type { OpenPipeline } from './manifestFile';

const UNKNOWN = statusCode('unknown');

/**
 * What is known of the warehouse: read anew unless it looks unchanged. Where it cannot be read the last good answer is given, with a
 * warning that tells its age; without one the command ends.
 */
export async function readCoverage(
  { terminal, services }: Context,
  { session }: OpenPipeline,
  refresh: boolean,
): Promise<CoverageState> {
  const state = await session.coverage(refresh ? 'read' : 'probe');
  if (state === undefined) throw new CommandFailure(EXIT.usage, 'The manifest could not be read.');
  const { problem, grid } = state;
  if (problem === undefined) return state;
  if (!Number.isFinite(grid.asOf)) throw new CommandFailure(EXIT.warehouse, problem.message);
  const age = formatSeconds(Math.max(0, Math.round((services.clock.now() - grid.asOf) / 1000)));
  terminal.warn(`Warning: ${problem.message}`);
  terminal.warn(`What follows was read ${age} ago, on ${formatInstant(grid.asOf)}.`);
  return state;
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
export function provenance({ grid, source }: CoverageState): string {
  const from = source === 'cache' ? 'the cache, which the warehouse has not left behind' : 'the warehouse';
  return `Read ${formatInstant(grid.asOf)} from ${from}; thresholds of mode ${grid.mode}.`;
}

/** What every JSON answer about coverage carries. */
export function origin({ grid, source }: CoverageState): {
  readonly asOf: string | null;
  readonly source: string;
  readonly mode: Mode;
} {
  return { asOf: Number.isFinite(grid.asOf) ? new Date(grid.asOf).toISOString() : null, source, mode: grid.mode };
}
