import { elsewhereReport } from '../checkpoints/elsewhereReport';
import { gapsReport } from '../coverage/fixes';
import type { Processor } from '../pipeline';
import { failuresReport } from '../records/noted';
import { timingReport } from '../timing/timingWords';
import { changeReport } from './changeText';
import type { Handoff } from './handoff';

/** What `backfill report --format json` prints: stable, documented in docs/commandLine.md. */
export function handoffReport(handoff: Handoff, processors: readonly Processor[]): Readonly<Record<string, unknown>> {
  const { pipeline, audience, writtenAt, asOf, source, mode, problem, window, coverage, seasons, months, groups } = handoff;
  const { open, ended, elsewhere, failures, timing, waivers, changes } = handoff;
  const { since = null, sinceAsOf = null, problem: changesProblem, ranges } = changes;
  return {
    asOf,
    source,
    mode,
    ...(problem !== undefined && { problem }),
    pipeline,
    audience,
    writtenAt,
    window,
    coverage,
    seasons,
    months,
    ...gapsReport(groups, mode),
    backfills: { open, ended, damaged: handoff.damage },
    elsewhere: elsewhereReport(elsewhere, processors),
    failures:
      failures === undefined
        ? null
        : { readAt: failures.readAt ?? null, problems: failures.problems, ...failuresReport(failures.categories) },
    timing: { problems: timing.problems, processors: timingReport(timing.processors) },
    waivers,
    changes: {
      since,
      sinceAsOf,
      ...(changesProblem !== undefined && { problem: changesProblem }),
      ranges: ranges.map(changeReport),
    },
  };
}
