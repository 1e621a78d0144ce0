import assert from 'node:assert/strict';
import type { DateVerdict } from '../../../../src/core/backfill/outcome';
import { explainVerdict } from '../../../../src/core/logs/explainVerdict';
import type { LogDate, LogDigest } from '../../../../src/core/logs/logDigest';

const DATE = '2021-11-05';

function log(date: Partial<LogDate>, more: Partial<LogDigest> = {}): LogDigest {
  const one: LogDate = { date: DATE, outcome: 'failed', stages: {}, firstLine: 1, lastLine: 2, ...date };
  return { dates: [one], omitted: 0, unmatched: { lines: 0, samples: [] }, lines: 2, ...more };
}
const ended = (
  outcome: Extract<DateVerdict, { kind: 'ended' }>['outcome'],
  category?: string,
  message?: string,
): DateVerdict => ({
  kind: 'ended',
  outcome,
  ...(category !== undefined && { category }),
  ...(message !== undefined && { message }),
});
const EXIT = ended('failed', 'exit', 'exit code 1: bye');
const EMPTY = ended('succeededButEmpty', 'empty', 'it left no rows');

describe('a verdict with what the log says', () => {
  it('has the cause of its own date in place of the last line of the log', () => {
    const said = log({ cause: 'no context', category: 'ValueError' });
    assert.deepEqual(explainVerdict(EXIT, said, DATE), ended('failed', 'ValueError', 'exit code 1: no context'));
    const torn = ended('torn', 'exit', 'exit code 1: bye, after it had changed the partition');
    assert.deepEqual(
      explainVerdict(torn, said, DATE),
      ended('torn', 'ValueError', 'exit code 1: no context, after it had changed the partition'),
    );
    const other = ended('failed', 'exit', 'exit code 1; its log does not name this date');
    assert.deepEqual(explainVerdict(EXIT, said, '2021-11-06'), other, 'what was said last is about another date');
    const well = ended('failed', 'exit', 'exit code 1; its log says that it succeeded');
    assert.deepEqual(explainVerdict(EXIT, log({ outcome: 'succeeded' }), DATE), well);
    assert.deepEqual(explainVerdict(EXIT, log({ outcome: 'started' }), DATE), EXIT);
  });

  it('says beside the time that was over what the log said last', () => {
    const late = ended('failed', 'timeout', 'ended after its time of 10 min');
    assert.deepEqual(
      explainVerdict(late, log({ outcome: 'started', cause: 'Read timed out' }), DATE),
      ended('failed', 'timeout', 'ended after its time of 10 min; its log says: Read timed out'),
    );
    assert.deepEqual(explainVerdict(late, log({ outcome: 'started' }), DATE), late);
  });

  it('never changes an outcome, and adds nothing to a success but its stages', () => {
    const stages = { extract: 1.5 };
    assert.deepEqual(explainVerdict(ended('done'), log({ stages, cause: 'x' }), DATE), { ...ended('done'), stages });
    const later: DateVerdict = { kind: 'notAttempted', why: 'killed', again: true };
    assert.equal(explainVerdict(later, log({}), DATE), later);
  });

  it('tells of nothing written what the log claims', () => {
    const message = (said: LogDigest) => {
      const verdict = explainVerdict(EMPTY, said, DATE);
      return verdict.kind === 'ended' ? verdict.message?.replace('it left no rows; ', '') : undefined;
    };
    assert.equal(message(log({})), 'its log says that it failed');
    assert.equal(message(log({ outcome: 'skipped', skipReason: 'no games' })), 'its log says: skipped, no games');
    assert.equal(message(log({ outcome: 'succeeded' })), 'its log says that it succeeded');
    assert.equal(message(log({ outcome: 'succeeded', rows: 30, rowsFrom: 'loaded' })), 'its log says that it loaded 30 rows');
    assert.equal(message(log({ outcome: 'started', cause: 'x' })), 'its log does not say how it ended: x');
    assert.equal(message(log({ date: '2021-11-06' })), 'its log does not name this date');
    assert.equal(message(log({}, { dates: [], failure: { cause: 'no table', line: 3 } })), 'its log says: no table');
    assert.equal(message(log({}, { dates: [] })), 'it left no rows');
  });
});
