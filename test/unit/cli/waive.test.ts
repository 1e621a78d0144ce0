import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useCliPipeline } from '../../support/commandLine';

const PIPELINE = `sources: [{ id: RAW, table: main.raw, date_column: day }]
phases:
  - id: build
    processors:
      - { id: A, table: main.a, date_column: day, needs: [{ source: RAW }], run: { sql: sql/a.sql } }`;

describe('backfill waive', function () {
  this.timeout(60_000);
  const at = useCliPipeline();
  const { backfill } = at;
  const path = () => join(at.fixture.folder, '.backfill/waivers.yaml');
  const write = (text: string) => {
    mkdirSync(join(at.fixture.folder, '.backfill'), { recursive: true });
    writeFileSync(path(), text);
  };

  /** A lacks the 2nd and the 3rd of three dates. */
  beforeEach(async () => {
    const rows = { '2021-11-01': 5, '2021-11-02': 5, '2021-11-03': 5 };
    await at.fixture.write(PIPELINE, { raw: rows, a: { '2021-11-01': 5 } }, '2021-11-03');
    await at.fixture.writeSql('a.sql', 'SELECT day, k, 1 AS stamp FROM raw WHERE day = @date\n');
  });

  it('accepts gaps with a reason, an end and an author, and takes that back', async () => {
    assert.equal((await backfill('gaps')).code, 1);
    const words = [
      'waive',
      'A',
      '2021-11-02..2021-11-03',
      '--reason',
      'never published',
      '--until',
      '2999-01-01',
      '--author',
      'ann',
    ];
    const waived = await backfill(...words);
    assert.equal(waived.code, 0, waived.err);
    assert.equal(waived.out, 'Waives 2 gaps of A, 2021-11-02 to 2021-11-03, until 2999-01-01 (ann): never published\n');
    assert.equal(
      readFileSync(path(), 'utf8'),
      'waivers:\n  - { processor: A, from: 2021-11-02, to: 2021-11-03, reason: never published, author: ann, until: 2999-01-01 }\n',
    );
    assert.equal((await backfill('gaps')).code, 0);

    const again = await backfill(...words);
    assert.equal(again.code, 2);
    assert.match(again.err, /^These dates of A are waived already, until 2999-01-01, by ann: never published\n$/);

    const removed = await backfill('waive', 'A', '2021-11-03', '--remove');
    assert.equal(removed.out, 'Nothing waives A, 2021-11-03 any more. 1 waiver left.\n');
    assert.equal((await backfill('gaps')).code, 1);
    assert.equal((await backfill('waive', 'A', '2021-11-03', '--remove')).code, 2);
  });

  it('asks for a reason and an end, and takes nothing for granted', async () => {
    for (const [words, message] of [
      [['A', '2021-11-02', '--until', 'never'], /needs a reason/],
      [['A', '2021-11-02', '--reason', 'r'], /needs an end/],
      [['A', '2021-11-02', '--reason', 'r', '--until', '2021-12-01'], /2021-12-01 is over/],
      [['A', '2021-11-02', '--reason', 'r', '--until', 'soon'], /a date or 'never', not 'soon'/],
      [['A', '2021-11-09..2021-11-02', '--reason', 'r', '--until', 'never'], /swap its ends/],
      [['B', '2021-11-02', '--reason', 'r', '--until', 'never'], /There is no processor or source 'B'/],
      [['A'], /needs a processor and dates/],
    ] as const) {
      const { code, err } = await backfill('waive', ...words);
      assert.equal(code, 2, words.join(' '));
      assert.match(err, message);
    }
    assert.throws(() => readFileSync(path()));
  });

  it('leaves a file with a mistake as it is, and says where that is', async () => {
    const broken = 'waivers:\n  - { processor: A, date: 2021-11-02, reason: r }\n';
    write(broken);
    const { code, err } = await backfill('waive', 'A', '2021-11-03', '--reason', 'r', '--until', 'never');
    assert.equal(code, 2);
    assert.match(err, /^\.backfill\/waivers\.yaml:2:5: `author` is missing .*Nothing was changed: mend this first\.\n$/);
    assert.equal(readFileSync(path(), 'utf8'), broken);
  });

  it('tells which waivers hold, which are over, and what counts again', async () => {
    write(`waivers:
  - { processor: A, date: 2021-11-02, reason: late, author: ann, until: 2022-01-01 }
  - { source: RAW, date: 2021-11-01, reason: odd, author: ben }
`);
    const table = await backfill('waive', '--list');
    assert.match(table.out, /^A +2021-11-02 +expired +1 +2022-01-01 +ann +late$/m);
    assert.match(table.out, /^RAW +2021-11-01 +holds +0 +never +ben +odd$/m);
    assert.match(table.out, /^1 waiver expired: 1 gap of theirs count again\.$/m);
    const { waivers } = JSON.parse((await backfill('waive', '--list', '--format', 'json')).out);
    assert.deepEqual(waivers[0], {
      node: 'A',
      from: '2021-11-02',
      to: '2021-11-02',
      state: 'expired',
      gaps: 1,
      until: '2022-01-01',
      author: 'ann',
      reason: 'late',
    });
    const explained = await backfill('explain', 'A', '2021-11-02');
    assert.match(explained.out, /its waiver by ann expired on 2022-01-01: late/i);
    assert.match(
      (await backfill('check')).out,
      /^\.backfill\/waivers\.yaml:2:\d+: information: This waiver expired on 2022-01-01/m,
    );
  });
});
