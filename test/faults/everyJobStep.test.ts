import { CommandLine } from '../support/commandLine';
import { ALL, sideBySide, Tally } from './support/figures';
import { type KillTrial, killAndGoOn } from './support/killTrial';
import { removeTemplates } from './support/smallPipeline';

type At = Omit<NonNullable<KillTrial['at']>, 'who'>;

const WHO = { child: 'the job', executor: 'its executor', both: 'both' } as const;
/** First and last dates of a call, and a call beside another. */
const DATES = { date: ['01', '03'], range: ['01', '02', '04'], list: ['01', '02', '04'] } as const;
const FIRST_CALL = { date: '2021-11-01', range: '2021-11-01..2021-11-02', list: '2021-11-01,2021-11-02' } as const;
const COMMANDS = ['date', 'range', 'list'] as const;

describe('a kill at every step of a job', function () {
  this.timeout(600_000);
  let cli: CommandLine;
  before(async () => {
    cli = await CommandLine.build();
  });
  after(removeTemplates);

  for (const [row, method] of COMMANDS.entries()) {
    for (const [column, who] of (['child', 'executor', 'both'] as const).entries()) {
      it(`of ${WHO[who]}: ${method}${ALL ? '' : ', one of them'}`, async () => {
        const tally = new Tally(`kill at ${ALL ? 'every step' : 'a step'} of a job, ${who}, ${method}`);
        const steps = stepsOf(method);
        const chosen = ALL ? steps : steps.slice(-1 - ((2 * row + 3 * column) % steps.length)).slice(0, 1);
        await sideBySide(chosen, async (at) => {
          await killAndGoOn(cli, { method, at: { ...at, who } }, tally);
        });
        tally.report();
      });
    }
  }
});

function stepsOf(method: (typeof COMMANDS)[number]): readonly At[] {
  const dates = DATES[method].map((day) => `2021-11-${day}`);
  const steps = dates.flatMap((date) => ['begun', 'deleted', 'made'].map((step) => ({ step, date })));
  return [...steps, { step: 'over', date: FIRST_CALL[method] }];
}
