import type { Mode, Status } from '../base/status';
import type { LogClientNotifications, LogNotifications, LogRequests } from './logs';
import type { Snapshot, SnapshotChange } from './snapshot';
import type { NodeTarget, PartitionParams } from './targets';
import type { TimingSnapshot } from './timing';

/**
 * Every message between the extension and the server: method, parameters and result, typed once. A server serves one pipeline;
 * the manifest's path travels in the initialization options. A request rejects with a message for people.
 */
export interface Requests extends LogRequests {
  /** The whole snapshot; null while no manifest could be read. */
  'backfill/snapshot': { params: Record<string, never>; result: Snapshot | null };
  /** How long things took and will take, with the dates of one processor; of the one that costs most where none is named. */
  'backfill/timing': { params: { processor?: string }; result: TimingSnapshot };
  /** Reads the warehouse in any case; answers when it was read, or could not be. */
  'backfill/refresh': { params: Record<string, never>; result: null };
  /** The children of a node, or of the root. What was answered is remembered, and changes of it are announced. */
  'backfill/tree': { params: { view: TreeViewId; parent?: string }; result: readonly TreeNode[] };
  /** Ids from below the root down to the node of a partition; none where the tree does not have it. */
  'backfill/treePath': { params: PartitionParams & { view: TreeViewId }; result: readonly string[] };
  /** Markdown. */
  'backfill/tooltip': { params: { view: TreeViewId; id: string }; result: string };
  /** Everything there is to say about a partition, as a Markdown document. */
  'backfill/explain': { params: PartitionParams; result: string };
  'backfill/choices': { params: Record<string, never>; result: LaunchChoices };
  /** The gaps of a processor or source, newest first, at most 100. */
  'backfill/gapDates': { params: { node: string }; result: readonly GapDate[] };
  /** Reads the text of a selection, as somebody types it. */
  'backfill/selection': { params: { select: string }; result: SelectionAnswer };
  /** Makes a plan and shows it; nothing is written. */
  'backfill/plan': { params: PlanParams; result: PlanPreview };
  /** Writes the plan that was shown; the terminal that runs `attach` starts it. */
  'backfill/launch': { params: { planId: string }; result: BackfillSummary };
  /** Newest first. */
  'backfill/backfills': { params: Record<string, never>; result: readonly BackfillSummary[] };
  'backfill/cancel': { params: { id: string }; result: null };
  /** Nothing new starts until it is resumed. */
  'backfill/pause': { params: { id: string }; result: null };
  /** A paused backfill goes on; one that waits for its surroundings looks again at once. */
  'backfill/continue': { params: { id: string }; result: null };
  /** Ends the job of an attempt, such as one that hangs; the backfill goes on. */
  'backfill/endJob': { params: { id: string; attempt: string }; result: null };
  /** Somebody says that a job which may hang is to be waited for: it is not called so again until it has been heard. */
  'backfill/keepWaiting': { params: { id: string; attempt: string }; result: null };
  /** Makes a plan that deletes partitions and shows it; nothing is written. `backfill/launch` takes it like any other. */
  'backfill/clean': { params: CleanParams; result: PlanPreview };
  /** What has to be done again after these dates were repaired, as a document with the way to its plan. */
  'backfill/impact': { params: DatesParams; result: RepairDocument };
  /** The gaps among dates, and what a waiver of them is to be asked for. */
  'backfill/waivable': { params: DatesParams; result: WaivableGaps };
  /** Writes waivers; `undo` takes it back as long as nobody else changed the file. */
  'backfill/waive': { params: WaiveParams; result: UndoableChange };
  'backfill/removeWaiver': { params: DatesParams; result: UndoableChange };
  'backfill/undoWaivers': { params: { undo: string }; result: null };
  /** What a handoff can be about: everything, seasons, months; the newest first. */
  'backfill/reportWindows': { params: Record<string, never>; result: readonly ReportWindow[] };
  /** Writes a handoff, and remembers what it found for the next one. */
  'backfill/report': { params: ReportParams; result: HandoffDocument };
  /** For bug reports: versions, counts, last errors. */
  'backfill/diagnostics': { params: Record<string, never>; result: string };
}

/** Server to extension. */
export interface ServerNotifications extends LogNotifications {
  /** Sent only while a matrix is watched. Without `change` the view asks for the whole. */
  'backfill/coverageChanged': { version: number; change?: SnapshotChange };
  /** Nodes that were answered before and differ now, and parents (`''` is the root) whose list of children differs. */
  'backfill/treeChanged': { view: TreeViewId; updated: readonly TreeNode[]; reordered: readonly string[] };
  /** Newest first: all that are active, and the last ones that ended. */
  'backfill/backfillsChanged': { backfills: readonly BackfillSummary[] };
  'backfill/state': ServerState;
}

/** Extension to server. */
export interface ClientNotifications extends LogClientNotifications {
  /**
   * What is on screen: the warehouse is probed only while something is, snapshots are sent only to a matrix, and failure tables are read
   * only for their view.
   */
  'backfill/watch': { views: boolean; matrix: boolean; failures: boolean };
  'backfill/mode': { mode: Mode };
  /** How the Coverage tree is grouped and what of it is shown. */
  'backfill/arrange': CoverageArrangement;
}

export const GROUPINGS = ['phase', 'season', 'cause'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** How the Coverage tree is grouped, and what of it is shown; filters restrict each other. */
export interface CoverageArrangement {
  readonly group: Grouping;
  /** Only gaps that are not waived. */
  readonly gapsOnly?: boolean;
  /** Only partitions of one of these; none restricts nothing. */
  readonly statuses?: readonly (Status | 'waived')[];
  /** Words, each of which is in the id, name or phase of a node, or in the date. */
  readonly text?: string;
}

/** What the server is doing, for badge, status bar and status item. */
export interface ServerState {
  readonly reading: boolean;
  /** The newest attempt to read the warehouse failed; the views show the last good answer. */
  readonly problem?: { readonly message: string; readonly since: number };
  /** Errors in the manifest. */
  readonly mistakes: number;
  /** Why nothing can be shown yet, and what to do about it. */
  readonly instead?: string;
  /** Jobs that run and that no backfill started; absent where there are none. */
  readonly elsewhere?: readonly ElsewhereSummary[];
  /** Absent while nothing was ever read. */
  readonly coverage?: {
    readonly pipeline: string;
    readonly mode: Mode;
    readonly asOf: number;
    readonly gaps: number;
    readonly causes: number;
  };
  /** Absent while nobody has asked for failures. */
  readonly failures?: {
    /** `none`: the manifest names no table of failures. `empty`: none is recorded. */
    readonly content: 'none' | 'empty' | 'some';
    /** Partitions with failures that stop and are not stale. */
    readonly stop: number;
  };
}

/** A job that somebody started without us, and that runs. */
export interface ElsewhereSummary {
  readonly processor: string;
  /** `12/58 · ~40 min left`, or since when it runs. */
  readonly text: string;
}

export interface InitializationOptions {
  /** Absolute path of the manifest. */
  readonly manifest: string;
  /** In an untrusted workspace the server publishes diagnostics and does nothing else. */
  readonly trusted: boolean;
  readonly mode: Mode;
}

export type TreeViewId = 'coverage' | 'backfills' | 'failures';

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
  /** A kind and its flags, such as `partition+gap`. */
  readonly context: string;
  /** What a screen reader says; says in words what icon and colour show. */
  readonly accessibilityLabel: string;
  readonly hasTooltip?: boolean;
  /** Plain text, where a node needs no request for it. */
  readonly tooltip?: string;
  /** What a click does, where it does not only open or select. */
  readonly action?: 'explain' | 'attach' | 'openManifest' | 'refresh' | 'restartEngine' | 'clearFilter' | 'openTiming';
  readonly target?: NodeTarget;
}

/** Dates of nodes: named ones, or an inclusive range; without either all that are known. ISO. */
export interface DatesParams {
  readonly nodes: readonly string[];
  readonly dates?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

/** What a handoff is about; all of the pipeline where nothing is named. */
export interface ReportParams {
  readonly nodes?: readonly string[];
  /** Inclusive. */
  readonly from?: string;
  readonly to?: string;
  /** The folder in which it is to be, absolute: links are relative to it. Without one it has no links. */
  readonly folder?: string;
}

export interface ReportWindow {
  readonly name: string;
  readonly text: string;
  readonly from?: string;
  readonly to?: string;
}

export interface HandoffDocument {
  readonly markdown: string;
  /** `24 gaps`. */
  readonly summary: string;
}

export interface CleanParams {
  /** Which partitions, as the text of a selection (`base/selection`). */
  readonly select: string;
  /** Also what was built from them. */
  readonly withDownstream: boolean;
}

/** A read-only document about a repair. */
export interface RepairDocument {
  readonly title: string;
  readonly markdown: string;
}

/** Dates of a node. ISO, inclusive. */
export interface NodeRange {
  readonly node: string;
  readonly from: string;
  readonly to: string;
}

export interface WaivableGaps {
  /** `PDC 2021-11-05 to 2021-11-09`. */
  readonly text: string;
  readonly ranges: readonly NodeRange[];
  /** Who git says works here. */
  readonly author: string;
  /** ISO. */
  readonly today: string;
  /** The last day of their season, where it is not over. */
  readonly seasonEnd?: string;
}

export interface WaiveParams {
  readonly ranges: readonly NodeRange[];
  readonly reason: string;
  readonly author: string;
  /** The last day on which it holds, ISO, or `never`. */
  readonly until: string;
}

export interface UndoableChange {
  /** What was done, in a sentence. */
  readonly text: string;
  readonly undo: string;
}

export interface LaunchChoices {
  readonly processors: readonly ProcessorChoice[];
  readonly sources: readonly { readonly id: string; readonly name: string }[];
  /** Newest first. */
  readonly seasons: readonly { readonly name: string; readonly from: string; readonly to: string }[];
}

export interface GapDate {
  readonly date: string;
  /** `blocked · PDC 36 of 100`. */
  readonly text: string;
}

export interface ProcessorChoice {
  readonly id: string;
  readonly name: string;
  readonly gaps: number;
  /** `19/25 · 6 blocked by PDC`. */
  readonly summary: string;
  /** It declares how it is run. */
  readonly runnable: boolean;
  /** Named overrides of its commands. */
  readonly overrides: readonly string[];
}

/** What a text selects: in canonical form, and how much of it would run now; or what is wrong, with its place (`to` is exclusive). */
export type SelectionAnswer =
  | { readonly text: string; readonly partitions: number; readonly dates: number }
  | { readonly problem: { readonly message: string; readonly from: number; readonly to: number } };

/** The same words as the command line. */
export interface PlanParams {
  /** Which partitions, as the text of a selection (`base/selection`); empty: every gap of every processor. */
  readonly select: string;
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
  /** Ids of what runs, in order. */
  readonly processors: readonly string[];
  /** What was asked for, as text. */
  readonly select: string;
  /** `6 dates of MLFS, about 2 min`. */
  readonly headline: string;
  /** The plan in full, as the read-only document that is confirmed. */
  readonly markdown: string;
  readonly runs: number;
  /** Text that must be typed before it starts; absent for ordinary scopes. */
  readonly confirm?: { readonly text: string; readonly why: string };
  /** It deletes partitions rather than to build them. */
  readonly deletes?: true;
  /** The same from a shell. */
  readonly commandLine: string;
}

export interface BackfillSummary {
  readonly id: string;
  readonly title: string;
  /** Ids, in the order of the plan. */
  readonly processors: readonly string[];
  readonly phase: 'planned' | 'running' | 'paused' | 'cancelling' | 'done' | 'failed' | 'cancelled' | 'interrupted';
  readonly done: number;
  readonly failed: number;
  /** Cut off by a cancel or by the end of the executor. */
  readonly interrupted: number;
  readonly skipped: number;
  readonly running: number;
  readonly total: number;
  readonly startedAt?: number;
  /** For an interrupted one: the last sign of life. */
  readonly endedAt?: number;
  /** Seconds of work left: as likely more as less, and what is not exceeded nine times of ten. Absent while nothing is known of it. */
  readonly etaSeconds?: number;
  readonly etaHighSeconds?: number;
  /** What runs now, such as `PDC 2021-11-05`. */
  readonly current?: string;
  /** Why nothing new starts, while that is so; `asked` for by somebody, or else. */
  readonly pause?: { readonly cause: 'asked' | 'environment' | 'signature'; readonly message: string };
  /** What takes longer from date to date of one that runs, a sentence a processor; absent where nothing does. */
  readonly growth?: readonly string[];
  /** The jobs that run now. */
  readonly jobs: readonly RunningJob[];
  /** What an interrupted one has left, such as `10 left: 3 cut off, 7 not begun`. */
  readonly left?: string;
  /** It deleted partitions: these as a selection, to be built again. */
  readonly deleted?: string;
  /** What somebody who does something else is told of it, what matters most first. */
  readonly news: readonly BackfillNews[];
}

export interface RunningJob {
  /** That of its first date. */
  readonly attempt: string;
  /** `PDC 2021-11-05`, `MLFS 2021-11-05 and 4 more`. */
  readonly name: string;
  /** It may hang, and why that is thought. Absent also where somebody has said to wait for it. */
  readonly silent?: string;
}

export interface BackfillNews {
  readonly kind: 'ended' | 'alarm' | 'stop' | 'pause' | 'silent';
  /** Of one backfill: equal keys are the same news. */
  readonly key: string;
  readonly at: number;
  /** Sentences; empty for an end. */
  readonly text: string;
  /** What its actions work on. */
  readonly target: NodeTarget;
}
