import type { CoverageState } from '../app/session/pipelineSession';
import type { ServerState } from '../protocol/messages';

/** What the engine's state is composed from. */
export interface ServerStateSource {
  readonly reading: boolean;
  readonly mistakes: number;
  readonly state: CoverageState | undefined;
  readonly failures: ServerState['failures'];
  readonly elsewhere: NonNullable<ServerState['elsewhere']>;
}

/** What badge, status bar and status item show. */
export function serverState({ reading, mistakes, state, failures, elsewhere }: ServerStateSource): ServerState {
  const problem = state?.problem;
  return {
    reading,
    mistakes,
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

/** Gaps of processors that are not waived, and the distinct partitions that cause them. */
function countGaps({ input, grid }: CoverageState): { gaps: number; causes: number } {
  let gaps = 0;
  const sets = new Set<number>();
  for (const { index } of input.pipeline.processors) {
    for (let cell = index * grid.dayCount; cell < (index + 1) * grid.dayCount; cell++) {
      const set = grid.rootSet[cell] ?? 0;
      if (set === 0) continue;
      gaps++;
      sets.add(set);
    }
  }
  const causes = new Set([...sets].flatMap((set) => [...(grid.rootSets[set] ?? [])]));
  return { gaps, causes: causes.size };
}
