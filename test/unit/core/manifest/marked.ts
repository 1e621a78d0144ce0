import assert from 'node:assert/strict';
import type { ManifestProblem, TextRange } from '../../../../src/core/pipeline';

/** A text with the places that problems are expected at between `«` and `»`. */
export interface Marked {
  readonly text: string;
  /** In the order of the opening marks, as `line:column` counted from 1, as editors show them. */
  readonly ranges: readonly string[];
}

export function unmark(marked: string): Marked {
  const ranges: { start: string; end: string }[] = [];
  const open: number[] = [];
  let text = '';
  let line = 1;
  let column = 1;
  for (const character of marked) {
    if (character === '«') open.push(ranges.push({ start: `${line}:${column}`, end: '' }) - 1);
    else if (character === '»') {
      const range = ranges[open.pop() ?? -1];
      assert.ok(range, 'a closing mark without its opening one');
      range.end = `${line}:${column}`;
    } else {
      text += character;
      line += character === '\n' ? 1 : 0;
      column = character === '\n' ? 1 : column + character.length;
    }
  }
  assert.equal(open.length, 0, 'an opening mark without its closing one');
  return { text, ranges: ranges.map(({ start, end }) => `${start}-${end}`) };
}

function shown({ start, end }: TextRange): string {
  return `${start.line + 1}:${start.column + 1}-${end.line + 1}:${end.column + 1}`;
}

/** `code: message`, with `severity` in front unless it is an error, and behind it the text that a fix puts there and a SQL statement. */
function described({ severity, code, message, fix, statement }: ManifestProblem): string {
  const mends = `${fix === undefined ? '' : ` => ${fix.newText}`}${statement === undefined ? '' : ` | ${statement}`}`;
  return `${severity === 'error' ? '' : `${severity} `}${code}: ${message}${mends}`;
}

/** Compares every problem, its range and its words, with the marks and the expected lines. */
export function assertProblems(problems: readonly ManifestProblem[], { ranges }: Marked, expected: readonly string[]): void {
  const actual = problems.map((problem) => `${shown(problem.range)} ${described(problem)}`);
  assert.deepEqual(
    actual,
    expected.map((line, index) => `${ranges[index] ?? 'unmarked'} ${line}`),
  );
  assert.equal(ranges.length, expected.length, 'as many marks as problems');
}
