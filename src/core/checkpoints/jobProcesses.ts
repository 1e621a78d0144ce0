import { type Day, parseDay } from '../../base/day';
import type { CommandRun, Pipeline } from '../pipeline';
import { baseName, type Script, scriptOf } from './scriptOf';

/** A process as the system shows it. */
export interface SystemProcess {
  readonly pid: number;
  /** Parent first. */
  readonly ancestors: readonly number[];
  /** Its process group and session; 0 where the system does not tell. */
  readonly group: number;
  readonly session: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly argv: readonly string[];
  /** Absent where it cannot be read, such as of another user's process. */
  readonly cwd?: string;
}

/** A process that runs a processor's job, and the dates that its command line names. */
export interface JobProcess {
  /** Node index. */
  readonly processor: number;
  readonly process: SystemProcess;
  readonly start?: Day;
  readonly end?: Day;
  /** Single dates in place of a range. */
  readonly dates?: readonly Day[];
}

/** How a processor's job looks in the list of processes. */
export interface JobCommand {
  readonly processor: number;
  readonly script: Pick<Script, 'name' | 'kind'>;
  /** Words that tell processors apart that share one script. */
  readonly words: readonly string[];
  /** Those of them that come before any option, such as the name of a job: with others the script is that of somebody else. */
  readonly subject: readonly string[];
  readonly flags: Readonly<Record<Placeholder, readonly string[]>>;
}

type Placeholder = 'start' | 'end' | 'date' | 'dates';

/** What scripts call their dates, beside what the manifest says. */
const USUAL: JobCommand['flags'] = {
  start: ['--start-date', '--start', '--from'],
  end: ['--end-date', '--end', '--to'],
  date: ['--date'],
  dates: ['--dates'],
};
/** With these a job looks and does not work. */
const ONLY_LOOKS = new Set(['--help', '-h', '--version', '--status', '--dry-run']);

/** The commands of a pipeline's processors whose processes can be recognised. */
export function jobCommands({ processors }: Pick<Pipeline, 'processors'>): readonly JobCommand[] {
  return processors.flatMap((processor) => {
    const methods = processor.run.filter((method) => method.kind === 'command');
    const flags = flagsOf(methods);
    return methods.flatMap((method): JobCommand[] => {
      const script = scriptOf(method.argv);
      if (script === undefined || /\{(?:date|start|end|dates)\}/.test(script.name)) return [];
      return [{ processor: processor.index, script, words: fixedWords(script.args), subject: subjectOf(script.args), flags }];
    });
  });
}

/** Texts of which every command line of interest has one: a cheap first look. */
export function fragmentsOf(commands: readonly JobCommand[]): readonly string[] {
  return [...new Set(commands.map(({ script }) => lastPart(script)))];
}

/** Where relative paths start, and whether other checkouts of the pipeline write the same warehouse. */
export interface JobPlace {
  /** The manifest's, with links followed. */
  readonly folder: string;
  readonly shared: boolean;
}

/**
 * The processes that run a processor's job. What only runs the job is left out, and so are workers that a job has made of itself. Who has the
 * same script for several processors is told apart by the other words of the command, or stands for all.
 */
export function jobProcesses(
  commands: readonly JobCommand[],
  processes: readonly SystemProcess[],
  place: JobPlace,
): readonly JobProcess[] {
  const found = processes.flatMap((process) => {
    const script = scriptOf(process.argv);
    if (script === undefined || script.wrapped || script.args.some((word) => ONLY_LOOKS.has(word))) return [];
    const same = commands.filter(
      (command) =>
        isSameScript(command.script, script, process.cwd, place) && command.subject.every((word) => script.args.includes(word)),
    );
    return [...distinguished(same, script.args)].map(([processor, { flags }]): JobProcess => {
      return { processor, process, ...datesOf(script.args, flags) };
    });
  });
  const known = new Set(found.map(({ processor, process }) => `${processor} ${process.pid}`));
  return found.filter(({ processor, process }) => !process.ancestors.some((pid) => known.has(`${processor} ${pid}`)));
}

function flagsOf(methods: readonly CommandRun[]): JobCommand['flags'] {
  const flags = { start: [...USUAL.start], end: [...USUAL.end], date: [...USUAL.date], dates: [...USUAL.dates] };
  for (const { argv } of methods) {
    argv.forEach((word, index) => {
      const [, joined, name] = /^(?:(-[^=]*)=)?\{(start|end|date|dates)\}$/.exec(word) ?? [];
      const flag = joined ?? argv[index - 1];
      // A flag that gets a single date may be the one that a range starts with, too.
      if (name !== undefined && flag?.startsWith('-') === true && !Object.values(flags).some((known) => known.includes(flag)))
        flags[name as Placeholder].push(flag);
    });
  }
  return flags;
}

function fixedWords(args: readonly string[]): readonly string[] {
  const isPlaceholder = (word: string | undefined) => word !== undefined && /\{(?:date|start|end|dates)\}/.test(word);
  return args.filter((word, index) => !isPlaceholder(word) && !(word.startsWith('-') && isPlaceholder(args[index + 1])));
}

function subjectOf(args: readonly string[]): readonly string[] {
  const end = args.findIndex((word) => word.startsWith('-') || /\{(?:date|start|end|dates)\}/.test(word));
  return end < 0 ? args : args.slice(0, end);
}

/** By processor: the command that fits best. */
function distinguished(same: readonly JobCommand[], args: readonly string[]): Map<number, JobCommand> {
  const [first] = same;
  if (first === undefined || same.every(({ processor }) => processor === first.processor))
    return new Map(first === undefined ? [] : [[first.processor, first]]);
  const fitting = same.filter(({ words }) => words.every((word) => args.includes(word)));
  const most = Math.max(...fitting.map(({ words }) => words.length));
  return new Map(fitting.filter(({ words }) => words.length === most).map((command) => [command.processor, command]));
}

function isSameScript(
  wanted: JobCommand['script'],
  found: Pick<Script, 'name' | 'kind'>,
  cwd: string | undefined,
  { folder, shared }: JobPlace,
): boolean {
  const asModule = wanted.kind === 'module' || found.kind === 'module';
  const path = (script: Pick<Script, 'name' | 'kind'>) => pathParts(script, asModule);
  const a = path(wanted);
  const b = path(found);
  if (a.at(-1) !== b.at(-1)) return false;
  // A program of the PATH can be anywhere: where it works tells whose it is.
  if (wanted.kind === 'program') return cwd === undefined || shared || cwd === folder;
  const wantedPath = absolute(a, folder);
  const foundPath = absolute(b, cwd);
  if (wantedPath !== undefined && foundPath !== undefined && wantedPath === foundPath) return true;
  // Where it runs is not known, or the place does not matter.
  return (foundPath === undefined || shared) && endsLike(a, b);
}

function pathParts({ name, kind }: Pick<Script, 'name' | 'kind'>, withoutEnding: boolean): readonly string[] {
  const path = kind === 'module' ? name.replaceAll('.', '/') : name.replaceAll('\\', '/');
  const parts = (withoutEnding && kind === 'file' ? path.replace(/\.\w+$/, '') : path).split('/');
  return parts.filter((part, index) => part !== '.' && (part !== '' || index === 0));
}

function absolute(parts: readonly string[], folder: string | undefined): string | undefined {
  const isAbsolute = parts[0] === '' || /^[A-Za-z]:$/.test(parts[0] ?? '');
  if (!isAbsolute && folder === undefined) return undefined;
  const whole = isAbsolute ? parts : [...(folder ?? '').replaceAll('\\', '/').split('/'), ...parts];
  const resolved: string[] = [];
  for (const part of whole) {
    if (part === '..') resolved.pop();
    else resolved.push(part);
  }
  return resolved.join('/');
}

/** One is the end of the other. */
function endsLike(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.every((part, index) => part === '' || part === long[long.length - short.length + index]);
}

function lastPart({ name, kind }: Pick<Script, 'name' | 'kind'>): string {
  // A file may be run as a module.
  return kind === 'module' ? (name.split('.').at(-1) ?? name) : baseName(name).replace(/\.\w+$/, '');
}

function datesOf(args: readonly string[], flags: JobCommand['flags']): Pick<JobProcess, 'start' | 'end' | 'dates'> {
  const list = optionOf(args, flags.dates, flags) ?? optionOf(args, flags.date, flags);
  const dates = list?.split(/[,\s]+/).flatMap((text) => parseDay(text) ?? []) ?? [];
  if (dates.length > 0) return { dates };
  const start = parseDay(optionOf(args, flags.start, flags) ?? '');
  const end = parseDay(optionOf(args, flags.end, flags) ?? '');
  if (start !== undefined || end !== undefined)
    return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
  const [first, last] = args.flatMap((word) => parseDay(word) ?? []);
  if (first === undefined) return {};
  return last === undefined ? { dates: [first] } : { start: first, end: last };
}

/** The value of an option, also where its name is cut short as many parsers allow. */
function optionOf(args: readonly string[], names: readonly string[], flags: JobCommand['flags']): string | undefined {
  const all = Object.values(flags).flat();
  for (const [index, word] of args.entries()) {
    const [name = '', joined] = word.split(/=(.*)/s);
    const meant =
      all.includes(name) || name.length < 5 ? name : all.find((flag) => name.startsWith('--') && flag.startsWith(name));
    if (meant !== undefined && names.includes(meant)) return joined ?? args[index + 1];
  }
  return undefined;
}
