import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readCheckpoint } from '../../../../src/core/checkpoints/checkpointText';
import { pathTemplate } from '../../../../src/core/checkpoints/pathTemplate';
import { day } from '../../../support/builders';

const WHOLE = {
  job_name: 'team_defense_zone_analysis',
  start_date: '2021-11-01',
  end_date: '2021-11-14',
  created_at: '2026-11-23T10:23:08.770825',
  last_updated: '2026-11-23T10:25:09.000111',
  last_successful_date: '2021-11-13',
  successful_dates: ['2021-11-02', '2021-11-13'],
  failed_dates: ['2021-11-05'],
  skipped_dates: ['2021-11-01'],
  stats: { total_days: 14, processed: 4, successful: 2, failed: 1, skipped: 1 },
  version: 2,
};

const read = (change: object, named = {}) => readCheckpoint(JSON.stringify({ ...WHOLE, ...change }), named);

describe('a checkpoint as text', () => {
  it('tells the job, its range, its dates in the order in which they were noted, and its times as a difference', () => {
    const checkpoint = readCheckpoint(JSON.stringify(WHOLE), {});
    assert.ok(typeof checkpoint === 'object');
    assert.deepEqual(
      [checkpoint.job, checkpoint.from, checkpoint.to, checkpoint.lastSuccess],
      ['team_defense_zone_analysis', day('2021-11-01'), day('2021-11-14'), day('2021-11-13')],
    );
    assert.deepEqual(checkpoint.successful, [day('2021-11-02'), day('2021-11-13')]);
    assert.deepEqual([checkpoint.failed, checkpoint.skipped], [[day('2021-11-05')], [day('2021-11-01')]]);
    assert.equal((checkpoint.updatedAt ?? 0) - (checkpoint.createdAt ?? 0), 120_230);
  });

  it('lets the name of the file stand above the content', () => {
    const checkpoint = read(
      { job_name: 'old', start_date: undefined },
      { job: 'new', start: day('2021-11-02'), end: day('2021-11-20') },
    );
    assert.ok(typeof checkpoint === 'object');
    assert.deepEqual([checkpoint.job, checkpoint.from, checkpoint.to], ['new', day('2021-11-02'), day('2021-11-20')]);
  });

  it('takes the last of the successful dates where no last success is noted', () => {
    const checkpoint = read({ last_successful_date: undefined, successful_dates: ['2021-11-13', '2021-11-02'] });
    assert.ok(typeof checkpoint === 'object');
    assert.equal(checkpoint.lastSuccess, day('2021-11-13'));
  });

  it('says in a sentence why a text is none', () => {
    const texts: readonly (readonly [string, string | RegExp])[] = [
      ['', 'It is empty.'],
      ['{"job_name": "x", "succ', 'It is no JSON, or is cut off.'],
      ['[1]', 'It is no JSON object.'],
      ['null', 'It is no JSON object.'],
      [JSON.stringify({ ...WHOLE, job_name: 7 }), 'It names no job: `job_name` is missing.'],
      [JSON.stringify({ ...WHOLE, end_date: '2021-11-31' }), /^Its range of dates is not known/],
      [JSON.stringify({ ...WHOLE, end_date: '2021-10-31' }), 'Its range ends before it starts (2021-11-01 to 2021-10-31).'],
      [JSON.stringify({ ...WHOLE, successful_dates: undefined }), 'It has no list `successful_dates`.'],
      [JSON.stringify({ ...WHOLE, failed_dates: 'all' }), '`failed_dates` is no list.'],
      [JSON.stringify({ ...WHOLE, skipped_dates: ['2021-02-30'] }), '`skipped_dates` holds something that is no date.'],
      [JSON.stringify({ ...WHOLE, last_successful_date: 'yesterday' }), '`last_successful_date` is no date.'],
    ];
    for (const [text, expected] of texts) {
      const problem = readCheckpoint(text, {});
      assert.ok(typeof problem === 'string', text);
      if (typeof expected === 'string') assert.equal(problem, expected);
      else assert.match(problem, expected);
    }
  });

  it('never breaks, whatever a file holds', () => {
    const values = fc.oneof(
      fc.constantFrom<unknown>('2021-11-02', '', null, 3, {}, [[]], ['2021-11-03', 4], '9999-99-99'),
      fc.jsonValue(),
    );
    const fields = fc.record(Object.fromEntries(Object.keys(WHOLE).map((key) => [key, values])), { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fields.map((value) => JSON.stringify(value)),
        ),
        fc.nat(),
        (text, cut) => {
          for (const one of [text, text.slice(0, cut % (text.length + 1))]) {
            const result = readCheckpoint(one, {});
            if (typeof result === 'string') assert.match(result, /^[A-Z`].*\.$/s);
            else assert.ok(result.from <= result.to && result.successful.every(Number.isInteger));
          }
        },
      ),
    );
  });
});

describe('the path of checkpoints', () => {
  const TEMPLATE = '/tmp/backfill_checkpoints/{job}_{start}_{end}.json';

  it('says which folder to look at, and what a file in it stands for', () => {
    const { folder, depth, match } = pathTemplate(TEMPLATE);
    assert.deepEqual([folder, depth], ['/tmp/backfill_checkpoints/', 1]);
    assert.deepEqual(match('ml_feature_store_2021-11-01_2021-11-14.json'), {
      job: 'ml_feature_store',
      start: day('2021-11-01'),
      end: day('2021-11-14'),
    });
  });

  it('ignores locks, files that are not whole yet, and anything else', () => {
    const { match } = pathTemplate(TEMPLATE);
    for (const name of [
      'x_2021-11-01_2021-11-14.json.lock',
      'x_2021-11-01_2021-11-14.json.tmp',
      'x_2021-11-01_2021-11-14.lock',
      'x_2021-11-01_2021-11-14.tmp',
      'x_2021-11-01_2021-11-31.json',
      '_2021-11-01_2021-11-14.json',
      'x_2021-11-01.json',
      'sub/x_2021-11-01_2021-11-14.json',
      '.x_2021-11-01_2021-11-14.json',
      '',
    ])
      assert.equal(match(name), undefined, name);
    assert.equal(pathTemplate('/tmp/{start}_{end}_{job}').match('2021-11-01_2021-11-14_x.tmp'), undefined);
  });

  it('can have placeholders in folders, more than once, or not all of them', () => {
    const nested = pathTemplate('cp\\{job}\\{job}-{start}.json');
    assert.deepEqual([nested.folder, nested.depth], ['cp/', 2]);
    assert.deepEqual(nested.match('pdc/pdc-2021-11-01.json'), { job: 'pdc', start: day('2021-11-01') });
    assert.equal(nested.match('pdc/pcf-2021-11-01.json'), undefined);
    assert.deepEqual(pathTemplate('cp/one.json').match('one.json'), {});
  });

  it('reads back what it fills in', () => {
    const job = fc.stringMatching(/^[A-Za-z][\w.+()-]{0,20}$/);
    const date = fc.integer({ min: 0, max: 40_000 });
    const template = fc.constantFrom(
      TEMPLATE,
      'a/{job}/{start}--{end}.json',
      '{start}/{job}.{end}',
      'x(+){end}_{start}_{job}.json',
      '{job}{start}{end}',
    );
    fc.assert(
      fc.property(template, job, date, date, (path, name, start, end) => {
        fc.pre(!/\.(lock|tmp|temp|bak|swp)$/.test(name));
        const whole = pathTemplate(path);
        assert.deepEqual(whole.match(whole.fill({ job: name, start, end })), { job: name, start, end });
      }),
    );
  });
});
