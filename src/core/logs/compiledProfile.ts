import type { LogPatterns } from '../pipeline';
import { type LogPatternKey, PATTERN_KEYS } from './patternKeys';

/** Named groups that took part in a match. */
export type Groups = Readonly<Record<string, string | undefined>>;

/** A profile made ready to read lines with. */
export class CompiledProfile {
  readonly silentSuccess: boolean;
  /** Without it no line is expected to say anything. */
  readonly knowsDates: boolean;
  readonly #patterns: Readonly<Record<LogPatternKey, readonly RegExp[]>>;

  /** Texts that are no regular expressions are left out: the manifest's reader reports them. */
  constructor(patterns: LogPatterns) {
    this.silentSuccess = patterns.silentSuccess === true;
    const compiled: Partial<Record<LogPatternKey, readonly RegExp[]>> = {};
    for (const key of PATTERN_KEYS) compiled[key] = (patterns[key] ?? []).flatMap(compile);
    this.#patterns = compiled as Record<LogPatternKey, readonly RegExp[]>;
    this.knowsDates = [patterns.dateStart, patterns.success, patterns.failure].some((kind) => (kind ?? []).length > 0);
  }

  /** The groups of the first pattern of a kind that matches; undefined when none does. */
  match(key: LogPatternKey, message: string): Groups | undefined {
    for (const pattern of this.#patterns[key]) {
      const match = pattern.exec(message);
      if (match !== null) return match.groups ?? {};
    }
    return undefined;
  }
}

function compile(pattern: string): RegExp[] {
  try {
    return [new RegExp(pattern)];
  } catch {
    return [];
  }
}
