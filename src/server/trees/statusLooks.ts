import type { Status } from '../../base/status';

/** A codicon and a theme colour. Never the only sign: the status word stands beside it. */
export interface Look {
  readonly icon: string;
  readonly color?: string;
}

/** `charts.orange` is a translucent highlight in VS Code's own themes, and cannot be read as an icon. */
export const ORANGE = 'symbolIcon.classForeground';

/** The same colours as the matrix. */
export const STATUS_LOOKS: Readonly<Record<Status, Look>> = {
  off: { icon: 'dash', color: 'descriptionForeground' },
  running: { icon: 'sync~spin', color: 'charts.blue' },
  queued: { icon: 'clock', color: 'charts.blue' },
  blocked: { icon: 'lock', color: ORANGE },
  failed: { icon: 'error', color: 'charts.red' },
  missing: { icon: 'circle-large', color: 'charts.red' },
  suspect: { icon: 'warning', color: 'charts.purple' },
  partial: { icon: 'color-mode', color: 'charts.yellow' },
  stale: { icon: 'history', color: 'charts.green' },
  complete: { icon: 'pass', color: 'charts.green' },
  unknown: { icon: 'question', color: 'descriptionForeground' },
};

export const WAIVED_LOOK: Look = { icon: 'bookmark', color: 'descriptionForeground' };
