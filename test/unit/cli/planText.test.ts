import assert from 'node:assert/strict';
import { planText } from '../../../src/cli/render/planText';
import { classify } from '../../../src/core/coverage/classify';
import { makePlan } from '../../../src/core/plan/planner';
import { buildInput } from '../../support/builders';
import { planRequest } from '../../support/requests';

describe('a plan as text', () => {
  it('tells how it runs, and what could be asked for besides', () => {
    const run = [
      { kind: 'command', each: 'list', argv: ['l', '{dates}'], maxDates: 2, overrides: { fresh: [] } },
      {
        kind: 'command',
        each: 'range',
        argv: ['r', '{start}', '{end}'],
        overrides: { fresh: ['--no-resume'], deep: ['--d', '2'] },
      },
    ] as const;
    const input = buildInput({ seasons: [['2021-11-01', '2021-11-10']], nodes: [{ id: 'A', run }] });
    const how = (dates: readonly string[], ...overrides: string[]) => {
      const plan = makePlan({
        input,
        grid: classify(input),
        request: planRequest({ dates, choices: ['missing'], overrides }),
        manifest: '/x/backfill.yaml',
        salt: 'ab12',
        sqlText: () => undefined,
        digest: (text) => text,
      });
      const lines = planText(plan, { width: 100, color: false });
      return lines.slice(lines.indexOf('How:') + 2);
    };
    assert.deepEqual(how(['2021-11-01', '2021-11-02', '2021-11-03'], 'fresh'), [
      "    r '{start}' '{end}' --no-resume",
      '',
      'Overrides:',
      '  --override fresh (A): adds --no-resume to the command; it was asked for.',
      '  --override deep (A): adds --d 2 to the command.',
    ]);
    assert.deepEqual(how(['2021-11-01', '2021-11-03']), ["    l '{dates}'"], 'what it does anyhow need not be asked for');
  });
});
