import type { CoverageProblem } from '../../app/session/pipelineSession';
import { counted, formatInstant, formatSeconds } from '../../base/figures';
import type { TreeNode } from '../../protocol/messages';
import { messageNode } from '../trees/messageNode';

/** How well the coverage is known. */
export interface CoverageKnowledge {
  readonly problem?: { readonly message: string; readonly kind: CoverageProblem['kind'] };
  readonly reading: boolean;
  /** Errors in the manifest as it is now. */
  readonly mistakes: number;
  readonly manifestName: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const ROOT = 'coverage';

/**
 * What stands above the coverage, or in its place: mistakes, trouble with the warehouse, that it is being read.
 * @param shown what is shown below, read at `asOf`.
 */
export function coverageMessages(
  { problem, reading, mistakes, manifestName, now }: CoverageKnowledge,
  shown: { readonly asOf?: number } | undefined,
): TreeNode[] {
  const messages: TreeNode[] = [];
  if (mistakes > 0) {
    messages.push(
      messageNode(`${ROOT}/@mistakes`, `${counted(mistakes, 'mistake')} in ${manifestName}`, {
        description: shown === undefined ? 'click to see what to do' : 'click to see what to do · shown: as it was before',
        icon: 'error',
        color: 'problemsErrorIcon.foreground',
        action: 'openManifest',
      }),
    );
  }
  if (problem !== undefined) {
    const { kind } = problem;
    const age = shown?.asOf === undefined ? undefined : ageText(shown.asOf, now);
    messages.push(
      messageNode(`${ROOT}/@problem`, problemLabel(kind), {
        description: kind === 'calendar' || age === undefined ? problem.message : `${age} · ${nextReading(kind)}`,
        ...(kind === 'busy' ? { icon: 'lock' } : { icon: 'warning', color: 'problemsWarningIcon.foreground' }),
        action: 'refresh',
        hasTooltip: true,
      }),
    );
  } else if (shown === undefined && mistakes === 0) {
    messages.push(
      reading
        ? messageNode(`${ROOT}/@reading`, 'Reading the warehouse…', { icon: 'loading~spin' })
        : messageNode(`${ROOT}/@unread`, 'The warehouse was not read yet', {
            description: 'read it now',
            icon: 'refresh',
            action: 'refresh',
          }),
    );
  }
  return messages;
}

/** `3 min old, read 2021-12-02 12:00:00`; in whole minutes, so that a node does not change with every look. */
export function ageText(asOf: number, now: number): string {
  const minutes = Math.floor((now - asOf) / 60_000);
  return `${minutes < 1 ? 'under 1 min' : formatSeconds(minutes * 60)} old, read ${formatInstant(asOf)}`;
}

function problemLabel(kind: CoverageProblem['kind']): string {
  if (kind === 'busy') return 'Warehouse busy';
  if (kind === 'calendar') return 'A calendar lost dates';
  return kind === 'missingFile' ? 'Warehouse not there' : 'Warehouse not readable';
}

/** When a warehouse that could not be read is read again. */
function nextReading(kind: CoverageProblem['kind']): string {
  return kind === 'busy' ? 'read again when it is free' : 'click to read again';
}
