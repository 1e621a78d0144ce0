import assert from 'node:assert/strict';
import type { Explanation, Root } from '../../../../src/core/coverage/coverage';
import { partitionText } from '../../../../src/server/coverage/partitionText';
import { day } from '../../../support/builders';

const DAY = day('2021-11-05');

function explanation(change: Partial<Explanation>): Explanation {
  return {
    node: 'MLFS',
    day: DAY,
    status: 'complete',
    rows: 1234,
    entities: -1,
    expectedRows: 1,
    reasons: [],
    overlays: [],
    needs: [],
    roots: [],
    ...change,
  };
}

function root(change: Partial<Root>): Root {
  return { node: 'PDC', isSource: false, day: DAY, status: 'missing', have: '0 rows', need: '1 row', fix: 'run', ...change };
}

describe('partitionText', () => {
  const cases: readonly [string, Partial<Explanation>][] = [
    ['complete · 1,234 rows', {}],
    [
      'blocked · PDC 36 of 100',
      { status: 'blocked', rows: 0, roots: [root({ status: 'complete', have: '36 rows', need: '100 rows', consumer: 'MLFS' })] },
    ],
    ['blocked · PDC missing and 1 more', { status: 'blocked', rows: 0, roots: [root({}), root({ node: 'PSZA' })] }],
    ['blocked · TDZA 2021-11-04 failed', { status: 'blocked', roots: [root({ node: 'TDZA', day: DAY - 1, status: 'failed' })] }],
    [
      'suspect · PCF strength 80 %, needs 95 %',
      { status: 'suspect', roots: [root({ node: 'PCF', status: 'suspect', have: 'strength 80 %', need: '95 %' })] },
    ],
    [
      'missing · no rows, and no backfill ran it',
      { status: 'missing', rows: 0, reasons: [{ kind: 'neverRun' }], roots: [root({ node: 'MLFS' })] },
    ],
    [
      'partial · 8 rows, expects 10 rows',
      { status: 'partial', reasons: [{ kind: 'belowExpectation', have: '8 rows', need: '10 rows' }] },
    ],
    ['bootstrap, day 3 of 14', { status: 'off', rows: 0, reasons: [{ kind: 'off', off: 'bootstrap', detail: 'day 3 of 14' }] }],
    [
      'no games · 40 rows where nothing is expected',
      {
        status: 'off',
        rows: 40,
        reasons: [{ kind: 'off', off: 'offDay', detail: 'games' }],
        overlays: [{ kind: 'unexpectedRows', rows: 40 }],
      },
    ],
    [
      'waived · missing · source lost it',
      { status: 'missing', rows: 0, overlays: [{ kind: 'waived', reason: 'source lost it', author: 'Ada' }] },
    ],
    ['running', { status: 'running', rows: 0, reasons: [{ kind: 'neverRun' }] }],
    [
      'unknown · no such table',
      { status: 'unknown', rows: -1, reasons: [{ kind: 'unavailable', error: 'no such table', since: 0 }] },
    ],
  ];
  for (const [text, change] of cases) {
    it(text, () => assert.equal(partitionText(explanation(change)), text));
  }
});
