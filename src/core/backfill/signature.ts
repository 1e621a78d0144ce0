/** What of a message differs from date to date and run to run: what holds others comes first. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>'],
  [/(?:[A-Za-z]:)?(?:[\\/][\w.@~+-]+){2,}[\\/]?/g, '<path>'],
  [/\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/g, '<date>'],
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, '<id>'],
  [/\b\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\b/g, '<time>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
];
const LONGEST = 200;

/** What failures of one cause share: the category and the message without dates, numbers, ids and paths. */
export function signatureOf(category: string, message: string): string {
  const text = VARIABLE.reduce((known, [pattern, name]) => known.replace(pattern, name), message);
  return `${category}: ${text.replace(/\s+/g, ' ').trim().slice(0, LONGEST)}`;
}

/** What errors look like in the output of Python, Node, Java and shells: `KeyError: 'minutes'`, `ERROR:root:…`, `fatal: …`. */
const ERROR_LINE = /\b\w*(?:Error|Exception)\b\s*[:(]|\bERROR\b|^\s*(?:error|fatal|panic)\b/i;

/** The line of a failed job's output that tells most: the last one that looks like an error, else the last one; trimmed, maybe empty. */
export function tellingLine(lines: readonly string[]): string {
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  return said.findLast((line) => ERROR_LINE.test(line)) ?? said.at(-1) ?? '';
}
