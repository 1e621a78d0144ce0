import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jobFlagsIn, type Language } from '../../../../src/cli/init/jobFlags';

const RANGE = { start: '--start-date', end: '--end-date' };

function finds(title: string, language: Language, text: string, expected: ReturnType<typeof jobFlagsIn>): void {
  it(title, () => {
    assert.deepEqual(jobFlagsIn(text, language), expected);
  });
}

describe('the date flags of a script', () => {
  describe('in Python', () => {
    finds(
      'argparse, with other flags and over several lines',
      'python',
      `parser.add_argument('-v', '--verbose', action='store_true')
parser.add_argument(
    "-s", "--start-date",
    type=str, required=True, help='First date, see --from',
)
parser.add_argument('--end-date', type=str)
parser.add_argument('--dates', help="several (YYYY-MM-DD,…)")`,
      { range: RANGE, dates: '--dates' },
    );
    finds('click', 'python', `@click.option('--start', type=date)\n@click.option("--end", "-e")\n`, {
      range: { start: '--start', end: '--end' },
    });
    finds('typer', 'python', 'def main(day: str = typer.Option(None, "--run-date")):', { date: '--run-date' });
    finds('absl', 'python', `flags.DEFINE_string('start_date', None, 'x')\nflags.DEFINE_string('end_date', None, 'x')`, {
      range: { start: '--start_date', end: '--end_date' },
    });
    finds('a date as of which', 'python', `p.add_argument('--as-of-date')`, { date: '--as-of-date' });
    finds('half a range', 'python', `p.add_argument('--start-date')`, undefined);
    finds('folders from and to', 'python', `p.add_argument('--from')\np.add_argument('--to')\ncopy(args.src)`, undefined);
    finds('dates from and to', 'python', `p.add_argument('--from', help='YYYY-MM-DD')\np.add_argument('--to')`, {
      range: { start: '--from', end: '--to' },
    });
    finds(
      'flags that it passes on to another script',
      'python',
      `subprocess.run(['python', 'job.py', '--start-date', start, '--end-date', end])`,
      undefined,
    );
    finds('flags that only its help speaks of', 'python', `p.add_argument('--x', help='like --date or --dates')`, undefined);
    finds('a number of days', 'python', `p.add_argument('--days', type=int)`, undefined);
  });

  describe('for Node', () => {
    finds('commander', 'node', `program.option('-s, --start-date <date>', 'first').requiredOption('--end-date <date>')`, {
      range: RANGE,
    });
    finds('yargs', 'node', `yargs.option('date', { type: 'string' })`, { date: '--date' });
    finds(
      'parseArgs',
      'node',
      `parseArgs({ options: { 'start-date': { type: 'string' }, "end-date": { short: 'e', type: 'string' } } })`,
      {
        range: RANGE,
      },
    );
    finds('an object of its own', 'node', `const schema = { date: { type: 'string' } };`, undefined);
  });

  describe('in a shell', () => {
    const text = (patterns: readonly string[]) =>
      `while [ $# -gt 0 ]; do\n  case "$1" in\n${patterns.map((pattern) => `    ${pattern}) shift ;;\n`).join('')}  esac\ndone`;
    finds('the patterns of a case', 'shell', text(['--start-date|-s', '--end-date', '*']), { range: RANGE });
    finds('values behind an equals sign', 'shell', text(['--start-date=*', '--end-date=*']), {
      range: { start: '--start-date=', end: '--end-date=' },
    });
    finds('both', 'shell', text(['--date=*', '--date']), { date: '--date' });
    finds('flags that it passes on', 'shell', 'python job.py --start-date "$1" --end-date "$2" \\\n  --date x', undefined);
  });

  it('are looked for in reasonable time, whatever the text', function () {
    this.timeout(10_000);
    const piece = fc.constantFrom(
      '--',
      '-',
      ' | ',
      '=*',
      '\n',
      ')',
      '(',
      "'",
      '"',
      'option(',
      'add_argument(',
      '.option(',
      '{',
      'type:',
      'start',
      ' ',
    );
    const language = fc.constantFrom<Language>('python', 'node', 'shell');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 400 }), language, (pieces, which) => {
        jobFlagsIn(pieces.join(''), which);
      }),
      { numRuns: 200 },
    );
    for (const long of ['-'.repeat(200_000), '--a|'.repeat(50_000), "option('".repeat(20_000), 'a: { '.repeat(40_000)])
      for (const which of ['python', 'node', 'shell'] as const) jobFlagsIn(`parseArgs\n${long}`, which);
  });
});
