import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../app/ports';
import type { CoverageState } from '../app/session/pipelineSession';
import { PASSING_MS } from '../core/backfill/news';
import type { Pipeline } from '../core/pipeline';
import { failureKind } from '../core/records/failures';
import type {
  BackfillSummary,
  CoverageArrangement,
  ServerNotifications,
  ServerState,
  TreeNode,
  TreeViewId,
} from '../protocol/messages';
import type { Snapshot } from '../protocol/snapshot';
import type { BackfillList } from './backfills/backfillList';
import { backfillChildren } from './backfills/backfillsTree';
import { summaryOf } from './backfills/backfillViews';
import type { ElsewhereFeed } from './backfills/elsewhereFeed';
import { CoverageTree } from './coverage/coverageTree';
import { SnapshotFeed } from './coverage/snapshotFeed';
import { TreeMemory } from './coverage/treeMemory';
import type { FailuresFeed } from './failures/failuresFeed';
import { failuresChildren } from './failures/failuresTree';
import { serverState } from './serverState';
import { TreePublisher } from './trees/treePublisher';

/** What is known of a pipeline now. */
export interface Known {
  readonly state: CoverageState | undefined;
  /** Of the manifest that was read last without mistakes. */
  readonly pipeline: Pipeline | undefined;
  readonly arrangement: CoverageArrangement;
  /** The warehouse is being read. */
  readonly reading: boolean;
  /** Errors in the manifest as it is now. */
  readonly mistakes: number;
  /** `line 3: there is no phase of that name`. */
  readonly firstMistake?: string;
  /** A matrix is on screen. */
  readonly matrix: boolean;
}

export interface ViewsDeps {
  /** Absolute path. */
  readonly manifest: string;
  readonly clock: Clock;
  readonly send: <M extends keyof ServerNotifications>(method: M, params: ServerNotifications[M]) => void;
  readonly backfills: BackfillList;
  readonly failures: FailuresFeed;
  readonly elsewhere: ElsewhereFeed;
  readonly known: () => Known;
  /** How often it is told how long is left of what runs, in milliseconds. */
  readonly progressMs: number;
}

/** What the views show of one pipeline: the trees, the matrix, the bar. Each is told only what of it changed. */
export class Views {
  readonly #deps: ViewsDeps;
  readonly #trees: Readonly<Record<TreeViewId, TreePublisher>> = {
    coverage: new TreePublisher(),
    backfills: new TreePublisher(),
    failures: new TreePublisher(),
  };
  readonly #snapshots: SnapshotFeed;
  #tree: CoverageTree;
  #remembered: { readonly arrangement: CoverageArrangement; readonly memory: TreeMemory } | undefined;
  #toldState: ServerState | undefined;
  #toldBackfills: readonly BackfillSummary[] | undefined;
  /** Until a pause that has not passed by itself is news. */
  #lasting: NodeJS.Timeout | undefined;
  /** Until it is told again how long is left of what runs. */
  #again: NodeJS.Timeout | undefined;

  constructor(deps: ViewsDeps) {
    this.#deps = deps;
    this.#snapshots = new SnapshotFeed(deps.manifest, (change) => deps.send('backfill/coverageChanged', change));
    this.#tree = this.#composeTree(deps.known());
  }

  /** The children of a node; what is told is remembered, and changes of it are announced. */
  children(view: TreeViewId, parent: string): readonly TreeNode[] {
    return this.#trees[view].tell(parent, this.peek(view, parent));
  }

  /** The children of a node, for somebody who only looks for one among them. */
  peek(view: TreeViewId, parent: string): readonly TreeNode[] {
    const { backfills, failures, elsewhere, clock, known } = this.#deps;
    switch (view) {
      case 'coverage':
        return this.#tree.children(parent);
      case 'backfills':
        return backfillChildren(backfills.views, parent, clock.now(), elsewhere.view);
      case 'failures': {
        const { state, pipeline } = known();
        return failuresChildren(failures.source(state, pipeline), parent);
      }
    }
  }

  /** The whole, for a matrix that holds no version that a change applies to. */
  snapshot(): Snapshot | undefined {
    return this.#snapshots.whole(this.#deps.known().state);
  }

  /** What a matrix holds may be older: it is to ask for the whole. */
  forgetSnapshot(): void {
    this.#snapshots.forget();
  }

  summaries(): readonly BackfillSummary[] {
    const now = this.#deps.clock.now();
    const tables = this.#deps.known().pipeline?.failures ?? [];
    const isStop = (category: string) => tables.some((table) => failureKind(table, category) === 'stop');
    return this.#deps.backfills.views.map((view) => summaryOf(view, now, isStop));
  }

  /** Tells every view what of it changed. */
  publish(): void {
    const { send, failures, elsewhere } = this.#deps;
    const known = this.#deps.known();
    this.#tree = this.#composeTree(known);
    this.#publishTree('coverage');
    this.#publishTree('failures');
    this.#publishBackfills();
    const { reading, mistakes, firstMistake, state, pipeline, matrix } = known;
    const shown = serverState({
      reading,
      mistakes,
      ...(firstMistake !== undefined && { firstMistake }),
      state,
      failures: failures.summary(state, pipeline),
      elsewhere: elsewhere.running,
    });
    if (!isDeepStrictEqual(shown, this.#toldState)) {
      this.#toldState = shown;
      send('backfill/state', shown);
    }
    this.#snapshots.publish(state, matrix);
  }

  dispose(): void {
    clearTimeout(this.#lasting);
    clearTimeout(this.#again);
  }

  #publishTree(view: TreeViewId): void {
    const { updated, reordered } = this.#trees[view].changes((parent) => this.peek(view, parent));
    if (updated.length > 0 || reordered.length > 0) this.#deps.send('backfill/treeChanged', { view, updated, reordered });
  }

  #publishBackfills(): void {
    this.#publishTree('backfills');
    const backfills = this.summaries();
    if (!isDeepStrictEqual(backfills, this.#toldBackfills)) {
      this.#toldBackfills = backfills;
      this.#deps.send('backfill/backfillsChanged', { backfills });
      this.#awaitLastingPause();
    }
    // The status bar stands there also while no view is polled for, and time passes without events.
    clearTimeout(this.#again);
    if (this.#deps.backfills.active.length > 0) this.#again = setTimeout(() => this.#publishBackfills(), this.#deps.progressMs);
  }

  /** No event tells that a pause goes on. */
  #awaitLastingPause(): void {
    clearTimeout(this.#lasting);
    const now = this.#deps.clock.now();
    const left = this.#deps.backfills.active.flatMap(({ progress: { pause } }) =>
      pause?.cause === 'environment' && pause.since + PASSING_MS > now ? [pause.since + PASSING_MS - now] : [],
    );
    if (left.length > 0) this.#lasting = setTimeout(() => this.publish(), Math.min(...left) + 1);
  }

  #composeTree({ state, arrangement, reading, mistakes, firstMistake }: Known): CoverageTree {
    const problem = state?.problem;
    return new CoverageTree({
      ...(state?.asOf !== undefined && { coverage: state }),
      ...(problem !== undefined && { problem: { message: problem.message, kind: problem.kind } }),
      arrangement,
      reading,
      mistakes,
      ...(firstMistake !== undefined && { firstMistake }),
      manifestName: basename(this.#deps.manifest),
      now: this.#deps.clock.now(),
      memory: this.#memoryOf(arrangement),
    });
  }

  #memoryOf(arrangement: CoverageArrangement): TreeMemory {
    const known = this.#remembered;
    if (known !== undefined && isDeepStrictEqual(arrangement, known.arrangement)) return known.memory;
    const memory = new TreeMemory();
    this.#remembered = { arrangement, memory };
    return memory;
  }
}
