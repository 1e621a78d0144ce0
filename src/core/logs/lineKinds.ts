import type { CompiledProfile } from './compiledProfile';
import { readPrefix } from './logPrefix';
import type { LogPatternKey } from './patternKeys';

/** What a line of a log is about, for colours. In the order in which they outweigh each other. */
export const LINE_KINDS = ['date', 'failure', 'skipped', 'success', 'error', 'stage', 'rows', 'summary'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

const KEYS: Readonly<Record<LineKind, readonly LogPatternKey[]>> = {
  date: ['dateStart'],
  failure: ['failure'],
  skipped: ['skipped'],
  success: ['success'],
  error: ['error'],
  stage: ['stage', 'clock'],
  rows: ['rows'],
  summary: ['summary', 'figures'],
};

/** The message of a line that its profile knows, as a part of the line; undefined for a line that tells nothing. */
export function lineKindOf(
  line: string,
  profile: CompiledProfile,
): { readonly kind: LineKind; readonly start: number; readonly length: number } | undefined {
  const message = readPrefix(line)?.message ?? line;
  if (message.trim() === '' || !profile.mayTell(message)) return undefined;
  const kind = LINE_KINDS.find((one) => KEYS[one].some((key) => profile.match(key, message) !== undefined));
  if (kind === undefined) return undefined;
  const indent = message.length - message.trimStart().length;
  return { kind, start: line.length - message.length + indent, length: message.trim().length };
}
