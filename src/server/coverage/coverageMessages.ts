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
  /** `line 3: there is no phase of that name`. */
  readonly firstMistake?: string;
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
  { problem, reading, mistakes, firstMistake, manifestName, now }: CoverageKnowledge,
  shown: { readonly asOf?: number } | undefined,
): TreeNode[] {
  const messages: TreeNode[] = [];
  if (mistakes > 0) {
    const label = `${counted(mistakes, 'mistake')} in ${manifestName}`;
    const told = firstMistake === undefined ? '' : ` · ${firstMistake}`;
    const description = shown === undefined ? 'click to open it' : `shown: as it was before${told}`;
    messages.push(
      messageNode(`${ROOT}/@mistakes`, label, {
        description,
        tooltip: `${label}${told}\nClick to open it.`,
        icon: 'error',
        color: 'problemsErrorIcon.foreground',
        action: 'openManifest',
      }),
    );
  }
  if (problem !== undefined) {
    const { kind } = problem;
    const age = shown?.asOf === undefined ? undefined : ageText(shown.asOf, now);
    const next = nextReading(kind);
    const label = problemLabel(kind);
    const description = kind === 'calendar' ? problem.message : age === undefined ? next : `${age} · ${next}`;
    messages.push(
      messageNode(`${ROOT}/@problem`, label, {
        // Where nothing is shown the message stands above the tree, at length.
        description,
        accessibilityLabel: `${label}, ${age === undefined && kind !== 'calendar' ? `${problem.message}, ` : ''}${description}`,
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
