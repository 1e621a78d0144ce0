import { type Alias, type Document, isAlias, isCollection, isNode, type Node, parseDocument, type Scalar, visit } from 'yaml';
import { messageOf } from '../../base/logger';
import type { ManifestProblem, Position, TextRange } from '../pipeline';

/** What a problem is about; quick fixes and tests match on it. */
export type ProblemCode =
  | 'syntax'
  | 'empty'
  | 'unknownKey'
  | 'duplicateKey'
  | 'missingKey'
  | 'missingGroup'
  | 'unknownGroup'
  | 'conflictingKeys'
  | 'wrongType'
  | 'badValue'
  | 'badDate'
  | 'badId'
  | 'badName'
  | 'duplicateId'
  | 'unknownReference'
  | 'overlap'
  | 'cycle'
  | 'placeholder'
  | 'noEffect'
  | 'laterPhase'
  | 'sharedTable'
  | 'notYet'
  | 'expired'
  | 'tooMany';

export type Fix = NonNullable<ManifestProblem['fix']>;

/** More help nobody; finding suggestions for each of very many takes long. */
const MAX_PROBLEMS = 500;

/** A YAML text with its parsed nodes, positions, and the problems found so far. */
export class ManifestText {
  /** Undefined when the text is empty or its syntax is broken. */
  readonly root: Node | undefined;
  /** How often an error (warnings apart) was met so far: a reader that met none gives a sound value. */
  errors = 0;
  readonly #lineStarts: readonly number[];
  readonly #text: string;
  readonly #problems = new Map<string, ManifestProblem>();
  readonly #document: Document | undefined;
  readonly #inherited = new WeakSet<Node>();
  #targets: Map<Alias, Node> | undefined;
  #reads = 0;

  constructor(text: string) {
    this.#text = text;
    // The parser's own counter errs within quoted text of several lines.
    this.#lineStarts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)];
    this.#document = this.#parse();
    this.root = this.#document !== undefined && this.errors === 0 ? (this.#document.contents ?? undefined) : undefined;
  }

  /** Ascending by position; where there are very many, some of them, and one that says so. */
  get problems(): readonly ManifestProblem[] {
    const found = [...this.#problems.values()];
    if (this.full)
      found.push({
        // What is not listed may be the only error.
        severity: this.errors > 0 ? 'error' : 'information',
        code: 'tooMany' satisfies ProblemCode,
        message: `Only ${MAX_PROBLEMS} problems are listed: more may follow when these are mended.`,
        range: this.start,
      });
    return found.sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column);
  }

  /** No further problem is kept, though errors are still counted. */
  get full(): boolean {
    return this.#problems.size >= MAX_PROBLEMS;
  }

  /** A node that several aliases share is read several times: its problems are kept once. */
  add(severity: ManifestProblem['severity'], code: ProblemCode, message: string, range: TextRange, fix?: Fix): void {
    if (severity === 'error') this.errors++;
    if (this.full) return;
    const key = `${code} ${range.start.line}:${range.start.column} ${message}`;
    if (!this.#problems.has(key))
      this.#problems.set(key, { severity, code, message, range, ...(fix === undefined ? {} : { fix }) });
  }

  /** The whole extent of a node, without the line ends and blanks after it. */
  rangeOf(node: Node): TextRange {
    const [start, end] = this.#offsets(node);
    return this.#range(start, start + this.#text.slice(start, end).trimEnd().length);
  }

  /** The extent to underline: of a list or mapping only its first line. */
  headlineOf(node: Node): TextRange {
    const [start, end] = this.#offsets(node);
    const text = this.#text.slice(start, end);
    const line = isCollection(node) ? (text.split('\n', 1)[0] ?? text).replace(/\s#.*/, '') : text;
    return this.#range(start, start + line.trimEnd().length);
  }

  /**
   * A part of a scalar's value, in UTF-16 units; undefined where the text spells the value in another way, such as with escapes, or a
   * preset brought it.
   */
  rangeWithin(node: Scalar, offset: number, length: number): TextRange | undefined {
    const [start, end] = this.#offsets(node);
    const written = this.#text.slice(start, end).trimEnd();
    const quotes = written === node.value ? 0 : 1;
    if (this.isInherited(node) || written.slice(quotes, written.length - quotes) !== node.value) return undefined;
    const from = start + quotes + offset;
    return this.#range(from, from + length);
  }

  /** An empty range at the start of the text. */
  get start(): TextRange {
    return this.#range(0, 0);
  }

  /** Marks a node, made for this text, that a preset brought. It must hold no alias. */
  inherit(node: Node): void {
    this.#inherited.add(node);
  }

  /** Whether a preset brought this node: then the text cannot be changed there. */
  isInherited(node: Node): boolean {
    return this.#inherited.has(node);
  }

  /** The node that an alias stands for; other nodes as they are; undefined, with a problem, when there is none. */
  follow(node: Node): Node | undefined {
    if (this.isInherited(node)) return node;
    // Without aliases no text has so many nodes, read twice or thrice each: a bound on texts whose aliases multiply.
    if (++this.#reads > 4 * this.#text.length + 10_000) {
      this.add('error', 'syntax', 'Its aliases repeat too much: write some of the values out.', this.start);
      return undefined;
    }
    if (!isAlias(node)) return node;
    this.#targets ??= this.#findTargets();
    const target = this.#targets.get(node);
    if (target === undefined)
      this.add(
        'error',
        'syntax',
        `Nothing above is marked \`&${node.source}\`: add that anchor or write the value out.`,
        this.rangeOf(node),
      );
    return target;
  }

  #parse(): Document | undefined {
    const conflict = /^<{7}(?: .*)?$/m.exec(this.#text);
    if (conflict !== null && /^={7}\r?$/m.test(this.#text) && /^>{7}(?: .*)?$/m.test(this.#text)) {
      // Whatever else YAML finds wrong with it follows from that.
      const range = this.#range(conflict.index, conflict.index + conflict[0].length);
      this.add(
        'error',
        'syntax',
        'A merge left its conflict here: choose what counts, and take the lines with <<<, === and >>> away.',
        range,
      );
      return undefined;
    }
    try {
      const document = parseDocument(this.#text, {
        schema: 'core',
        uniqueKeys: false,
        prettyErrors: false,
        resolveKnownTags: false,
      });
      for (const { code, message, pos } of document.errors)
        this.add('error', 'syntax', syntaxMessage(code, message), this.#range(...pos));
      for (const { message, pos } of document.warnings) this.add('warning', 'syntax', `${message}.`, this.#range(...pos));
      return document;
    } catch (thrown) {
      this.add('error', 'syntax', `This cannot be read as YAML: ${messageOf(thrown)}`, this.start);
      return undefined;
    }
  }

  /** An alias means the last node above it with its anchor. */
  #findTargets(): Map<Alias, Node> {
    const anchors = new Map<string, Node>();
    const targets = new Map<Alias, Node>();
    try {
      visit(this.#document ?? null, {
        Node: (_key, node) => {
          if (isAlias(node)) {
            const target = anchors.get(node.source);
            if (target !== undefined) targets.set(node, target);
          } else if (isNode(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
        },
      });
    } catch (thrown) {
      this.add('error', 'syntax', `Its aliases cannot be followed: ${messageOf(thrown)}`, this.start);
    }
    return targets;
  }

  #offsets(node: Node): [start: number, end: number] {
    const [start, end] = node.range ?? [0, 0];
    return [start, end];
  }

  #range(start: number, end: number): TextRange {
    return { start: this.#position(start), end: this.#position(Math.max(start, end)) };
  }

  #position(offset: number): Position {
    const at = Math.min(offset, this.#text.length);
    let line = 0;
    let after = this.#lineStarts.length;
    while (after - line > 1) {
      const middle = (line + after) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= at) line = middle;
      else after = middle;
    }
    return { line, column: at - (this.#lineStarts[line] ?? 0) };
  }
}

/** What to do, where the parser only says what it saw. */
const SYNTAX_ADVICE: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces: YAML allows no tabs here.',
  BLOCK_AS_IMPLICIT_KEY:
    'A second `: ` on one line: put the value in quotes, or the inner mapping on its own lines or in braces.',
  BAD_SCALAR_START: 'Put the value in quotes: plain YAML text cannot start with this character.',
  MULTIPLE_DOCS: 'A second YAML document starts here: keep one and remove the `---` line.',
  MULTILINE_IMPLICIT_KEY: 'A key with its colon must stand on one line: check the colon and the indentation.',
  BAD_DQ_ESCAPE: 'This escape is unknown: double the backslash, or use single quotes.',
  RESOURCE_EXHAUSTION: 'This is nested too deeply to be read.',
};

function syntaxMessage(code: string, message: string): string {
  if (code === 'MISSING_CHAR' && message.startsWith('Implicit map keys'))
    return 'Write a colon and a value after this key, or correct the indentation.';
  return SYNTAX_ADVICE[code] ?? `YAML: ${message}.`;
}
