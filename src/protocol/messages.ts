import type { Snapshot, SnapshotChange } from './snapshot';

/**
 * Every request between the extension and the server: method, parameters and result, typed once. The manifest's path travels as
 * `initializationOptions.manifest`; a server serves one pipeline.
 */
export interface Requests {
  /** The whole snapshot; null while no manifest could be read. */
  'backfill/snapshot': { params: Record<string, never>; result: Snapshot | null };
  /** Reads the warehouse in any case. */
  'backfill/refresh': { params: Record<string, never>; result: null };
  'backfill/tree': { params: { view: TreeViewId; parent?: string }; result: readonly TreeNode[] };
  /** Markdown. */
  'backfill/tooltip': { params: { view: TreeViewId; id: string }; result: string };
  'backfill/explain': { params: PartitionParams; result: ExplainResult };
  'backfill/processors': { params: Record<string, never>; result: readonly ProcessorChoice[] };
  /** Makes a plan and shows it; nothing is written. */
  'backfill/plan': { params: PlanParams; result: PlanPreview };
  /** Writes the plan that was shown; the terminal that runs `attach` starts it. */
  'backfill/launch': { params: { planId: string }; result: { id: string } };
  'backfill/backfills': { params: Record<string, never>; result: readonly BackfillSummary[] };
  'backfill/cancel': { params: { id: string }; result: null };
  /** For bug reports: versions, counts, last errors. */
  'backfill/diagnostics': { params: Record<string, never>; result: string };
}

/** Server to extension. */
export interface Notifications {
  /** Coverage changed. `change` is absent when a view has to ask for the whole. */
  'backfill/coverageChanged': { version: number; change?: SnapshotChange; nodes: readonly string[] };
  'backfill/backfillsChanged': { active: readonly BackfillSummary[]; nodes: readonly string[] };
  'backfill/state': ServerState;
}

/** What the server is doing, for the status bar and the tree's loading and error nodes. */
export interface ServerState {
  readonly reading: boolean;
  readonly problem?: { readonly message: string; readonly since: number };
  readonly gaps: number;
}

export interface InitializationOptions {
  /** Absolute path of the manifest. */
  readonly manifest: string;
  /** In an untrusted workspace the server publishes diagnostics and does nothing else. */
  readonly trusted: boolean;
  readonly mode: 'backfill' | 'production';
}

export type TreeViewId = 'coverage' | 'backfills';

/** A tree item as the server composes it; the extension only maps it to VS Code's. */
export interface TreeNode {
  /** Stable over snapshots, such as `coverage/phase4/PDC/2021-11/2021-11-05`. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** A codicon's name, with a theme colour's id. */
  readonly icon: string;
  readonly color?: string;
  readonly children: boolean;
  readonly expanded?: boolean;
  /** For menus, such as `partition+gap`. */
  readonly context: string;
  readonly accessibilityLabel: string;
  readonly partition?: PartitionParams;
  readonly processor?: string;
  readonly backfill?: string;
}

export interface PartitionParams {
  readonly node: string;
  /** ISO. */
  readonly date: string;
}

export interface ExplainResult {
  readonly markdown: string;
  readonly canRun: boolean;
}

export interface ProcessorChoice {
  readonly id: string;
  readonly name: string;
  readonly phase: string;
  readonly gaps: number;
  /** `19/25 · 6 blocked by PDC`. */
  readonly summary: string;
  readonly runnable: boolean;
}

export interface PlanParams {
  readonly processors: readonly string[];
  readonly dates?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly choices: readonly string[];
  readonly withUpstream: boolean;
  readonly withDownstream: boolean;
  readonly order: 'oldest' | 'newest';
  readonly slots: number;
  readonly policy: 'continue' | 'stop' | 'failFast';
  readonly overrides: readonly string[];
  readonly reason?: string;
}

export interface PlanPreview {
  readonly planId: string;
  /** `6 partitions of MLFS, about 2 min`. */
  readonly headline: string;
  /** The plan in full, as the read-only document that is confirmed. */
  readonly markdown: string;
  readonly runs: number;
  readonly skips: number;
  /** Text that must be typed before it starts; absent for ordinary scopes. */
  readonly confirm?: string;
  /** The same from a shell. */
  readonly commandLine: string;
}

export interface BackfillSummary {
  readonly id: string;
  readonly title: string;
  readonly phase: 'planned' | 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled' | 'interrupted';
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly running: number;
  readonly total: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Seconds left; absent before the first date is done. */
  readonly etaSeconds?: number;
  /** What runs now, such as `PDC 2021-11-05`. */
  readonly current?: string;
}
