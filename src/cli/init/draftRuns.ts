import type { Job } from './findJobs';
import { inBrackets, quoted } from './yamlText';

const PROGRAMS = { python: 'python', node: 'node', shell: 'bash' } as const;

/** The key `run` of a job: each way that its flags allow. */
export function runsOf({ path, language, flags }: Job, indent: string): string[] {
  const command = (...words: readonly string[]): string => inBrackets([PROGRAMS[language], path, ...words]);
  const ways = [
    flags.dates && `{ each: list, max_dates: 40, command: ${command(...valued(flags.dates, '{dates}'))} }`,
    flags.range &&
      `{ each: range, max_dates: 31, command: ${command(...valued(flags.range.start, '{start}'), ...valued(flags.range.end, '{end}'))} }`,
    flags.date && `{ each: date, command: ${command(...valued(flags.date, '{date}'))} }`,
  ].filter((way) => way !== undefined);
  const [only = '', ...others] = ways;
  return others.length === 0 ? [`${indent}run: ${only}`] : [`${indent}run:`, ...ways.map((way) => `${indent}  - ${way}`)];
}

/** Python holds lines back when nobody reads a terminal, and a log would then come in lumps. */
export function envOf({ language }: Job, indent: string): string[] {
  return language === 'python' ? [`${indent}env: { PYTHONUNBUFFERED: ${quoted('1')} }`] : [];
}

/** A flag with its value: in a word of its own, or behind the equals sign. */
function valued(flag: string, value: string): string[] {
  return flag.endsWith('=') ? [`${flag}${value}`] : [flag, value];
}
