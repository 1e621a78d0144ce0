import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dayOf } from '../../../src/base/day';
import { defineCommand } from '../../../src/cli/command';
import { type Parsed, parseCommandLine } from '../../../src/cli/parseCommandLine';
import { CHOICES } from '../../../src/core/backfill/backfill';

const commands = [
  defineCommand({
    name: 'coverage',
    summary: 'Show it',
    operands: [
      { name: 'P', help: 'a processor' },
      { name: 'DATE', help: 'a date', optional: true },
    ],
    options: {
      from: { kind: 'date', value: 'D', help: 'first date' },
      dates: { kind: 'dates', value: 'D,D', help: 'dates' },
      processor: { kind: 'list', value: 'A,B', help: 'processors' },
      choose: { kind: 'choices', of: CHOICES, help: 'which' },
      format: { kind: 'choice', of: ['table', 'json'], help: 'how' },
      yes: { kind: 'count', value: 'N', help: 'confirms' },
      reason: { kind: 'text', value: 'TEXT', help: 'why' },
      'dry-run': { kind: 'flag', help: 'only shows' },
    },
    run: async () => 0,
  }),
  defineCommand({ name: 'check', summary: 'Check it', options: {}, run: async () => 0 }),
  defineCommand({ name: 'execute', summary: 'Execute', hidden: true, options: {}, run: async () => 0 }),
];

function parse(...words: string[]): Parsed {
  return parseCommandLine(words, commands);
}

function message(...words: string[]): string {
  const parsed = parse(...words);
  assert.equal(parsed.kind, 'problem', JSON.stringify(parsed));
  return parsed.kind === 'problem' ? parsed.message : '';
}

describe('the command line', () => {
  it('reads every kind of option', () => {
    const parsed = parse(
      'coverage',
      'PDC',
      '--from',
      '2021-11-01',
      '--dates=2021-11-05,2021-11-06',
      '--processor',
      'A,B',
      '--processor=C',
      '--choose',
      'missing,failed',
      '--format',
      'json',
      '--yes',
      '1,096',
      '--reason',
      'a, b',
      '--dry-run',
      '2021-11-07',
    );
    assert.equal(parsed.kind, 'run');
    if (parsed.kind !== 'run') return;
    assert.deepEqual(parsed.operands, ['PDC', '2021-11-07']);
    assert.deepEqual(parsed.options, {
      from: dayOf(2021, 11, 1),
      dates: [dayOf(2021, 11, 5), dayOf(2021, 11, 6)],
      processor: ['A', 'B', 'C'],
      choose: ['missing', 'failed'],
      format: 'json',
      yes: 1096,
      reason: 'a, b',
      'dry-run': true,
    });
  });

  it('gives what was left out as nothing', () => {
    const parsed = parse('coverage', 'PDC');
    assert.deepEqual(parsed.kind === 'run' && parsed.options, {
      from: undefined,
      dates: [],
      processor: [],
      choose: [],
      format: undefined,
      yes: undefined,
      reason: undefined,
      'dry-run': false,
    });
  });

  it('asks for help and version', () => {
    assert.deepEqual(parse(), { kind: 'help' });
    assert.deepEqual(parse('--help'), { kind: 'help' });
    assert.deepEqual(parse('--version'), { kind: 'version' });
    assert.deepEqual(parse('check', '-h'), { kind: 'help', command: commands[1] });
    assert.deepEqual(parse('help', 'check'), { kind: 'help', command: commands[1] });
    // Help wins over what is wrong beside it.
    assert.deepEqual(parse('check', '--nonsense', '--help'), { kind: 'help', command: commands[1] });
  });

  it('names what is unknown in one line, with the nearest known word', () => {
    assert.equal(
      message('covrage'),
      "There is no command 'covrage'. Did you mean 'coverage'? 'backfill --help' lists the commands.",
    );
    assert.equal(message('cov'), "There is no command 'cov'. Did you mean 'coverage'? 'backfill --help' lists the commands.");
    assert.equal(message('zzz'), "There is no command 'zzz'. 'backfill --help' lists the commands.");
    // Hidden commands are no suggestion.
    assert.equal(message('execut'), "There is no command 'execut'. 'backfill --help' lists the commands.");
    assert.equal(
      message('coverage', 'P', '--form', 'x'),
      "backfill coverage has no option '--form'. Did you mean '--format'? 'backfill coverage --help' lists its options.",
    );
    assert.equal(
      message('coverage', 'P', '--toString'),
      "backfill coverage has no option '--toString'. 'backfill coverage --help' lists its options.",
    );
    assert.equal(message('--from', 'x'), 'The command comes first, then its options: backfill COMMAND --from …');
  });

  it('refuses values that are none', () => {
    assert.equal(
      message('coverage', 'P', '--from', '2021-02-30'),
      "--from: '2021-02-30' is no date. Dates are written YYYY-MM-DD.",
    );
    assert.equal(message('coverage', 'P', '--dates', '2021-11-05,x'), "--dates: 'x' is no date. Dates are written YYYY-MM-DD.");
    assert.equal(message('coverage', 'P', '--format', 'jsn'), "--format is one of table, json, not 'jsn'. Did you mean 'json'?");
    assert.equal(message('coverage', 'P', '--yes', 'all'), "--yes takes a whole number, not 'all'.");
    assert.equal(message('coverage', 'P', '--from', '--dry-run'), '--from needs a value: --from D');
    assert.equal(message('coverage', 'P', '--from'), '--from needs a value: --from D');
    assert.equal(message('coverage', 'P', '--dry-run=yes'), '--dry-run takes no value.');
    assert.equal(message('coverage', 'P', '--yes', '1', '--yes', '2'), '--yes is given more than once.');
    assert.equal(message('coverage'), 'backfill coverage needs P: backfill coverage P [DATE] [options]');
    assert.equal(message('coverage', 'P', 'D', 'X'), "backfill coverage does not take 'X': backfill coverage P [DATE] [options]");
  });

  it('answers any words, and a problem is always one line', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'coverage',
        'check',
        '--from',
        '--format',
        '--',
        '-',
        '--dates',
        '-h',
        '--yes',
        '--reason',
        '--__proto__',
        '=',
        '--no-from',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const parsed = parseCommandLine(words, commands);
        if (parsed.kind === 'problem') assert.match(parsed.message, /^[^\n\r]+$/);
      }),
    );
  });
});
