/** The flags by which a script takes dates, such as `--start-date`; one that wants its value behind an equals sign ends with that. */
export interface JobFlags {
  /** First and last date of a range. */
  readonly range?: { readonly start: string; readonly end: string };
  /** A single date. */
  readonly date?: string;
  /** Several dates, separated by commas. */
  readonly dates?: string;
}

export type Language = 'python' | 'node' | 'shell';

const START = /^--(?:start|from|since|begin)(?:[-_](?:date|day|ds))?=?$/i;
const END = /^--(?:end|to|until|through)(?:[-_](?:date|day|ds))?=?$/i;
const DATE =
  /^--(?:(?:run|process|processing|execution|partition|target|analysis|business|logical|data|game|as[-_]of)[-_])?(?:date|day|ds)=?$|^--as[-_]of=?$/i;
const DATES = /^--(?:dates|date[-_]list)=?$/i;

/**
 * The date flags that a script declares to take, read from its text; nothing is executed. Flags that it only passes on to another, or
 * speaks about, do not count.
 * @returns undefined for a script that takes no dates.
 */
export function jobFlagsIn(text: string, language: Language): JobFlags | undefined {
  const flags = DECLARED[language](text);
  const find = (pattern: RegExp): string | undefined => flags.find((flag) => pattern.test(flag));
  const [start, end, date, dates] = [START, END, DATE, DATES].map(find);
  // `--from` and `--to` alone can be anything, such as folders.
  const isRange = start !== undefined && end !== undefined && (/date|day|ds/i.test(start + end) || /\bdate|YYYY/i.test(text));
  if (!isRange && date === undefined && dates === undefined) return undefined;
  return {
    ...(isRange && { range: { start, end } }),
    ...(date !== undefined && { date }),
    ...(dates !== undefined && { dates }),
  };
}

const DECLARED: Readonly<Record<Language, (text: string) => string[]>> = {
  // argparse, click, typer; then absl and its like.
  python: (text) => [
    ...calls(text, /\b(?:add_argument|option|Option)\(([^)]{0,400})/g).flatMap((call) =>
      quotedIn(call.split(/\bhelp\s*=/, 1)[0] ?? '').filter((word) => word.startsWith('--')),
    ),
    ...calls(text, /\bDEFINE_\w+\(\s*['"]([\w-]+)['"]/g).map((name) => `--${name}`),
  ],
  // commander and yargs; then the options of parseArgs and of yargs.
  node: (text) => [
    ...calls(text, /\.(?:option|requiredOption)\(\s*['"`]([^'"`]+)['"`]/g).flatMap((spec) =>
      /^[\w-]+$/.test(spec) && !spec.startsWith('-') ? [`--${spec}`] : (spec.match(/--[\w-]+/g) ?? []),
    ),
    ...(/\bparseArgs\b|\byargs\b/.test(text)
      ? calls(text, /['"]?\b([A-Za-z][\w-]*)['"]?\s*:\s*\{[^{}]{0,200}?\btype\s*:/g).map((name) => `--${name}`)
      : []),
  ],
  // The patterns of a `case`, such as `--start-date|-s)` and `--end-date=*)`.
  shell: (text) =>
    calls(text, /^[ \t]*\(?(--?\w[\w-]*(?:=\*?)?(?:[ \t]*\|[ \t]*--?\w[\w-]*(?:=\*?)?)*)[ \t]*\)/gm)
      .flatMap((pattern) => pattern.split('|'))
      .map((word) => word.trim().replace(/=\*$/, '='))
      .filter((word) => word.startsWith('--'))
      // With a space, where it can be had both ways.
      .sort((a, b) => Number(a.endsWith('=')) - Number(b.endsWith('='))),
};

function calls(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), ([, inside = '']) => inside);
}

function quotedIn(text: string): string[] {
  return Array.from(text.matchAll(/(['"])([^'"\n]*)\1/g), ([, , word = '']) => word);
}
