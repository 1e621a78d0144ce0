import assert from 'node:assert/strict';
import { signatureOf, tellingLine } from '../../../../src/core/backfill/signature';

describe('signatureOf', () => {
  it('is the same for messages that differ only in dates, numbers, ids and paths', () => {
    const messages = [
      'no data for 2021-11-05 in /srv/data/2021-11-05.csv: 12 rows at 10:15:00, run 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
      'no data for 2021-11-06T01:02:03Z in C:\\data\\x\\y.csv: 1,234 rows at 09:00, run 6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    ];
    assert.equal(new Set(messages.map((message) => signatureOf('exit', message))).size, 1);
    assert.equal(signatureOf('exit', messages[0] ?? ''), 'exit: no data for <date> in <path>: <n> rows at <time>, run <id>');
  });

  it('tells causes and categories apart', () => {
    assert.notEqual(signatureOf('exit', 'no data'), signatureOf('timeout', 'no data'));
    assert.notEqual(signatureOf('exit', 'KeyError: a'), signatureOf('exit', 'KeyError: b'));
  });
});

describe('tellingLine', () => {
  it('prefers what looks like an error to what was said last', () => {
    const traceback = [
      'Traceback (most recent call last):',
      '  File "pdc.py", line 9',
      "KeyError: 'minutes'",
      '',
      'Failed dates: 2025-05-13',
      '',
    ];
    assert.equal(tellingLine(traceback), "KeyError: 'minutes'");
    assert.equal(tellingLine(['ERROR:__main__:no rows', 'INFO:__main__:done']), 'ERROR:__main__:no rows');
    assert.equal(tellingLine(['12 dates', '0 errors', 'bye']), 'bye');
    assert.equal(tellingLine(['', '  ']), '');
  });
});
