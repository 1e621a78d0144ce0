import type { LogPatterns } from '../pipeline';
import { type LogPatternKey, PATTERN_KEYS } from './patternKeys';
import { isWellKnownTrouble } from './surroundings';

/** Named groups that took part in a match. */
export type Groups = Readonly<Record<string, string | undefined>>;

/** A profile made ready to read lines with. */
export class CompiledProfile {
  readonly silentSuccess: boolean;
  /** Without it no line is expected to say anything. */
  readonly knowsDates: boolean;
  readonly #patterns: Readonly<Record<LogPatternKey, readonly RegExp[]>>;
  /** By key: most lines match none of its patterns, which these tell at once. */
  readonly #any: ReadonlyMap<LogPatternKey, AnyOf>;
  /** The same of all keys that tell something. */
  readonly #telling: AnyOf;

  /** Texts that are no regular expressions are left out: the manifest's reader reports them. */
  constructor(patterns: LogPatterns) {
    this.silentSuccess = patterns.silentSuccess === true;
    const compiled: Partial<Record<LogPatternKey, readonly RegExp[]>> = {};
    for (const key of PATTERN_KEYS) compiled[key] = (patterns[key] ?? []).flatMap(compile);
    this.#any = new Map(PATTERN_KEYS.map((key) => [key, new AnyOf(patterns[key] ?? [])]));
    this.#telling = new AnyOf(
      PATTERN_KEYS.filter((key) => key !== 'ignore' && key !== 'environment').flatMap((key) => patterns[key] ?? []),
    );
    this.#patterns = compiled as Record<LogPatternKey, readonly RegExp[]>;
    this.knowsDates = [patterns.dateStart, patterns.success, patterns.failure].some((kind) => (kind ?? []).length > 0);
  }

  /** Whether a pattern may match that tells something. */
  mayTell(message: string): boolean {
    return this.#telling.test(message) !== false;
  }

  ignores(message: string): boolean {
    return this.#any.get('ignore')?.test(message) ?? this.match('ignore', message) !== undefined;
  }

  /** Whether a cause is the surroundings' and not the date's. */
  isOfSurroundings(cause: string, category: string | undefined): boolean {
    const text = category === undefined || cause.startsWith(category) ? cause : `${category}: ${cause}`;
    return isWellKnownTrouble(text) || this.match('environment', text) !== undefined;
  }

  /** The groups of the first pattern of a kind that matches; undefined when none does. */
  match(key: LogPatternKey, message: string): Groups | undefined {
    if (this.#any.get(key)?.test(message) === false) return undefined;
    for (const pattern of this.#patterns[key]) {
      const match = pattern.exec(message);
      if (match !== null) return match.groups ?? {};
    }
    return undefined;
  }
}

/** Tells whether one of many patterns matches, by two expressions: of those that are tried once a line, and of those that are tried everywhere. */
class AnyOf {
  readonly #expressions: readonly RegExp[] | undefined;

  constructor(patterns: readonly string[]) {
    const sound = patterns.filter((pattern) => compile(pattern).length > 0);
    // Numbers of groups change within another expression, and a class may hold what looks like the beginning of a group.
    if (sound.some((pattern) => /\\(?:[1-9]|k<)|\[[^\]]*\(\?</.test(pattern))) return;
    const parts = sound.map((pattern) => ({
      anchored: isAnchored(pattern),
      text: `(?:${pattern.replace(/\(\?<(?![=!])[^>]*>/g, '(?:')})`,
    }));
    const textOf = (anchored: boolean) =>
      parts
        .filter((part) => part.anchored === anchored)
        .map(({ text }) => text)
        .join('|');
    const wanted = [textOf(true) && `^(?:${textOf(true)})`, textOf(false)].filter((text) => text !== '');
    const expressions = wanted.flatMap(compile);
    if (expressions.length === wanted.length) this.#expressions = expressions;
  }

  /** Undefined where it cannot be told. */
  test(message: string): boolean | undefined {
    return this.#expressions?.some((expression) => expression.test(message));
  }
}

/** Whether a pattern matches at the beginning of a line only: it begins with `^`, and what it has of `|` is within groups. */
function isAnchored(pattern: string): boolean {
  if (!pattern.startsWith('^')) return false;
  let depth = 0;
  for (const [token] of pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()|]/g)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === '|' && depth === 0) return false;
  }
  return true;
}

function compile(pattern: string): RegExp[] {
  try {
    return [new RegExp(pattern)];
  } catch {
    return [];
  }
}
