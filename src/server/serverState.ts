import type { CoverageState } from '../app/session/pipelineSession';
import type { CoverageGrid } from '../core/coverage/coverage';
import { countCauses, gapsByRoot } from '../core/coverage/gaps';
import type { ServerState } from '../protocol/messages';

/** What the engine's state is composed from. */
export interface ServerStateSource {
  readonly reading: boolean;
  readonly mistakes: number;
  readonly firstMistake?: string;
  readonly state: CoverageState | undefined;
  readonly failures: ServerState['failures'];
  readonly elsewhere: NonNullable<ServerState['elsewhere']>;
}

/** What badge, status bar and status item show. */
export function serverState({ reading, mistakes, firstMistake, state, failures, elsewhere }: ServerStateSource): ServerState {
  const problem = state?.problem;
  const instead = state?.asOf === undefined ? (firstMistake?.replace(/^l/, 'L') ?? problem?.message) : undefined;
  return {
    reading,
    mistakes,
    // It stands above a tree, where nothing is shown as Markdown.
    ...(instead !== undefined && { instead: instead.replaceAll(/`([^`]*)`/g, '“$1”') }),
    ...(elsewhere.length > 0 && { elsewhere }),
    ...(problem !== undefined && { problem: { message: problem.message, since: problem.since } }),
    // Before anything was read nothing is known to be missing.
    ...(state?.asOf !== undefined && {
      coverage: {
        pipeline: state.input.pipeline.name,
        mode: state.input.mode,
        asOf: state.asOf,
        ...countGaps(state),
      },
    }),
    ...(failures !== undefined && { failures }),
  };
}

/** Of a grid that does not change; the engine tells its state far more often. */
const counted = new WeakMap<CoverageGrid, { readonly gaps: number; readonly causes: number }>();

/** Gaps of processors that are not waived, and what causes them: as many as the tree has, and `backfill gaps`. */
function countGaps({ input, grid }: CoverageState): { readonly gaps: number; readonly causes: number } {
  const known = counted.get(grid);
  if (known !== undefined) return known;
  const groups = gapsByRoot(input, grid, {});
  const gaps = groups.reduce((sum, group) => sum + group.gaps.length, 0);
  const counts = { gaps, causes: countCauses(groups) };
  counted.set(grid, counts);
  return counts;
}
