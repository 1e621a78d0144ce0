import { type Day, formatDay, parseDay } from '../../base/day';

/** What the path of a checkpoint says. */
export interface CheckpointName {
  readonly job: string;
  readonly start: Day;
  readonly end: Day;
}

/** The path of `checkpoints` in a manifest, taken apart. */
export interface PathTemplate {
  /** Up to the first name with a placeholder: what is below it is looked at. Ends with `/`, or is empty. */
  readonly folder: string;
  /** How many names a path below the folder has. */
  readonly depth: number;
  /** What the path of a file says; undefined for a file that is none of them. */
  readonly match: (relative: string) => Partial<CheckpointName> | undefined;
  /** The path below the folder. */
  readonly fill: (name: CheckpointName) => string;
}

const PLACEHOLDER = /\{(job|start|end)\}/g;
const PATTERNS = { job: '[^/]+?', start: '\\d{4}-\\d{2}-\\d{2}', end: '\\d{4}-\\d{2}-\\d{2}' } as const;
/** What jobs leave beside their checkpoints: locks, and files that are not whole yet. */
const BESIDE = /\.(?:lock|tmp|temp|bak|swp)$|~$|(?:^|\/)\.[^/]*$/;

/** Takes a path with the placeholders `{job}`, `{start}` and `{end}` apart. Both kinds of slashes separate names. */
export function pathTemplate(path: string): PathTemplate {
  const slashed = path.replaceAll('\\', '/');
  const first = slashed.search(PLACEHOLDER);
  const cut = slashed.lastIndexOf('/', first < 0 ? slashed.length : first) + 1;
  const rest = slashed.slice(cut);
  const pattern = patternOf(rest);
  // A template may end so itself.
  const isBeside = (name: string) => BESIDE.test(name) && !BESIDE.test(rest);
  return {
    folder: slashed.slice(0, cut),
    depth: rest.split('/').length,
    match: (relative) => {
      const name = relative.replaceAll('\\', '/');
      const found = isBeside(name) ? null : pattern.exec(name);
      if (found === null) return undefined;
      const groups = found.groups ?? {};
      const start = groups['start'] === undefined ? undefined : parseDay(groups['start']);
      const end = groups['end'] === undefined ? undefined : parseDay(groups['end']);
      if ((groups['start'] !== undefined && start === undefined) || (groups['end'] !== undefined && end === undefined))
        return undefined;
      return {
        ...(groups['job'] !== undefined && { job: groups['job'] }),
        ...(start !== undefined && { start }),
        ...(end !== undefined && { end }),
      };
    },
    fill: ({ job, start, end }) =>
      rest.replace(PLACEHOLDER, (_, name: keyof CheckpointName) => ({ job, start: formatDay(start), end: formatDay(end) })[name]),
  };
}

function patternOf(template: string): RegExp {
  const known = new Set<string>();
  let source = '';
  let at = 0;
  for (const { 0: whole, 1: name, index } of template.matchAll(PLACEHOLDER)) {
    source += literal(template.slice(at, index));
    at = index + whole.length;
    const placeholder = name as keyof typeof PATTERNS;
    source += known.has(placeholder) ? `\\k<${placeholder}>` : `(?<${placeholder}>${PATTERNS[placeholder]})`;
    known.add(placeholder);
  }
  return new RegExp(`^${source}${literal(template.slice(at))}$`);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
