import { isSeq } from 'yaml';
import { didYouMean, nearest } from '../../base/nearest';
import type { CommandRun, RunMethod } from '../pipeline';
import { list, object, oneOrMany, optional, record, required, variant } from './collections';
import { present } from './present';
import { type Located, located, type Place, type Reader, refine } from './reader';
import { anyText, duration, id, integer, oneOf, text } from './scalars';

export const sqlRun = object('a run with `sql`', { sql: required(text) }, ({ sql }, place): RunMethod => {
  if (/^([/\\]|[A-Za-z]:)/.test(sql))
    place.at('sql').error('badValue', `Write the path of the SQL file relative to the manifest, not "${sql}".`);
  return { kind: 'sql', file: sql };
});

/** An argv list; says so where somebody wrote a shell's line. */
const argv: Reader<readonly Located<string>[]> = {
  standIn: [],
  read(place) {
    if (!isSeq(place.node)) {
      const advice =
        'a command is a list of program and arguments, such as [python, job.py, --date, "{date}"]; no shell reads it';
      place.error('wrongType', `${place.label} is ${place.found()}: ${advice}.`);
      return [];
    }
    return list(located(anyText), { of: 'an argument' })
      .read(place)
      .filter((item) => item !== undefined);
  },
};

const extraArguments = refine(argv, [], (items) => items.map(({ value }) => value));

/** What a command gets for each way to be called. */
const PLACEHOLDERS = { date: ['date'], range: ['start', 'end'], list: ['dates'] } as const;
const ALL_PLACEHOLDERS: readonly string[] = Object.values(PLACEHOLDERS).flat();

export const commandRun = object(
  'a run with `command`',
  {
    command: optional(argv, []),
    each: optional(oneOf(['date', 'range', 'list']), 'date'),
    max_dates: optional(integer({ min: 1 })),
    timeout_per_date: optional(duration),
    silence: optional(duration),
    slots: optional(integer({ min: 1 })),
    overrides: optional(record(id, extraArguments), []),
  },
  (fields, place): CommandRun => {
    const { command, each } = fields;
    if (place.has('command')) checkPlaceholders(command, each, place.at('command'));
    else
      place.whole.error(
        'missingKey',
        'A run must say what runs: add `sql: FILE`, or `command:` with a list of program and arguments.',
      );
    if (each === 'date' && place.has('max_dates'))
      place
        .at('max_dates')
        .warning('noEffect', '`max_dates` has no effect with `each: date`, which is one date a call: remove it.');
    return {
      kind: 'command',
      each,
      argv: command.map(({ value }) => value),
      ...present({
        maxDates: fields.max_dates,
        timeoutPerDateMs: fields.timeout_per_date,
        silenceMs: fields.silence,
        slots: fields.slots,
      }),
      overrides: Object.fromEntries(fields.overrides.map(([name, extra]) => [name.value, extra])),
    };
  },
);

const method: Reader<RunMethod> = variant<RunMethod>({ kind: 'sql', file: '' }, (keys, place) => {
  if (keys.has('sql') && keys.has('command')) {
    place.error('conflictingKeys', 'A run has `sql` or `command`, not both: remove one, or make it a list of two runs.');
    return undefined;
  }
  return keys.has('sql') ? sqlRun : commandRun;
});

/** One way to run a processor, or several in the order of preference. */
export const run = oneOrMany(method, { of: 'a way' });

function checkPlaceholders(command: readonly Located<string>[], each: CommandRun['each'], place: Place): void {
  if (!isSeq(place.node)) return;
  if (!command[0]?.value.trim()) place.error('badValue', 'The command is empty: name the program and its arguments.');
  const wanted: readonly string[] = PLACEHOLDERS[each];
  const seen = new Set<string>();
  for (const item of command) {
    for (const [, name = ''] of item.value.matchAll(/\{([A-Za-z_]+)\}/g)) {
      seen.add(name);
      if (wanted.includes(name)) continue;
      const instead = braced(wanted);
      if (ALL_PLACEHOLDERS.includes(name))
        item.place.error(
          'placeholder',
          `\`{${name}}\` is not filled with \`each: ${each}\`: use ${instead}, or change \`each\`.`,
        );
      else
        item.place.warning(
          'placeholder',
          `\`{${name}}\` is no placeholder and is passed on as it is.${didYouMean(nearest(name, wanted))}`,
        );
    }
  }
  const missing = wanted.filter((name) => !seen.has(name));
  if (command.length > 0 && missing.length > 0)
    place.error(
      'placeholder',
      `With \`each: ${each}\` the command must contain ${braced(missing)}, or it cannot know which dates to run.`,
    );
}

function braced(names: readonly string[]): string {
  return names.map((name) => `\`{${name}}\``).join(' and ');
}
