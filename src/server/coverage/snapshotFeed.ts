import { isDeepStrictEqual } from 'node:util';
import type { CoverageState } from '../../app/session/pipelineSession';
import { dateStatuses } from '../../core/coverage/dates';
import { explain } from '../../core/coverage/explain';
import { gapsByRoot } from '../../core/coverage/gaps';
import { rootText } from '../../core/words';
import type { ServerNotifications } from '../../protocol/messages';
import type { Snapshot } from '../../protocol/snapshot';
import { buildSnapshot, changeBetween } from './snapshots';

/** The snapshot that a matrix holds, kept current by changes of it. */
export class SnapshotFeed {
  readonly #manifest: string;
  readonly #send: (changed: ServerNotifications['backfill/coverageChanged']) => void;
  #snapshot: Snapshot | undefined;
  #version = 0;
  /** Somebody asked before there was anything. */
  #isAwaited = false;

  /** @param manifest absolute path. */
  constructor(manifest: string, send: (changed: ServerNotifications['backfill/coverageChanged']) => void) {
    this.#manifest = manifest;
    this.#send = send;
  }

  /** The whole, for a view that holds no version that a change applies to. */
  whole(state: CoverageState | undefined): Snapshot | undefined {
    if (this.#snapshot === undefined && state !== undefined) this.#snapshot = this.#build(state);
    this.#isAwaited = this.#snapshot === undefined;
    return this.#snapshot;
  }

  /** What a matrix holds may be older, because changes were not sent meanwhile: it is to ask for the whole. */
  forget(): void {
    if (this.#version > 0) this.#send({ version: ++this.#version });
  }

  /** Tells what changed, as long as a matrix is watched, and that there is something, to whom was told that there is nothing. */
  publish(state: CoverageState | undefined, isWatched: boolean): void {
    if (state === undefined) return;
    const before = this.#snapshot;
    // Nobody holds one: the next that asks gets the whole.
    if (before === undefined || !isWatched) {
      this.#snapshot = undefined;
      if (this.#isAwaited) this.#send({ version: ++this.#version });
      this.#isAwaited = false;
      return;
    }
    const next = this.#build(state, before);
    const change = changeBetween(before, next);
    const same = change !== undefined && change.cells.length === 0 && isSame(before, next);
    if (same) return;
    this.#snapshot = next;
    this.#send({ version: next.version, ...(change !== undefined && { change }) });
  }

  #build(state: CoverageState, previous?: Snapshot): Snapshot {
    const { input, grid, source, asOf, problem } = state;
    return buildSnapshot(
      {
        input,
        grid,
        manifest: this.#manifest,
        source,
        ...(asOf !== undefined && { asOf }),
        ...(problem !== undefined && { problem: { message: problem.message, since: problem.since } }),
        dates: dateStatuses(input, grid),
        rootText: (gap) =>
          explain(input, grid, Math.floor(gap / grid.dayCount), grid.firstDay + (gap % grid.dayCount))
            .roots.map(rootText)
            .join('; '),
        groups: gapsByRoot(input, grid, {}),
      },
      ++this.#version,
      previous,
    );
  }
}

/** Beyond their cells, which are compared elsewhere. */
function isSame(a: Snapshot, b: Snapshot): boolean {
  return (
    a.asOf === b.asOf &&
    a.source === b.source &&
    isDeepStrictEqual(a.problem, b.problem) &&
    isDeepStrictEqual(a.rootTexts, b.rootTexts) &&
    isDeepStrictEqual(a.causes, b.causes) &&
    isDeepStrictEqual(a.causeOfSet, b.causeOfSet) &&
    isDeepStrictEqual(a.dates, b.dates)
  );
}
