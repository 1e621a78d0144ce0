import assert from 'node:assert/strict';
import type { BackfillEvent, Plan } from '../../../../src/core/backfill/backfill';
import { forecastOf } from '../../../../src/core/backfill/forecast';
import { progressOf } from '../../../../src/core/backfill/progress';
import { classify } from '../../../../src/core/coverage/classify';
import type { CoverageInput } from '../../../../src/core/coverage/coverage';
import { type Handoff, type HandoffInput, handoffOf } from '../../../../src/core/handoff/handoff';
import { handoffMarkdown } from '../../../../src/core/handoff/handoffMarkdown';
import { handoffReport } from '../../../../src/core/handoff/handoffReport';
import { rememberCoverage } from '../../../../src/core/handoff/memory';
import type { BackfillFacts } from '../../../../src/core/handoff/work';
import { failureCategories, failuresOf } from '../../../../src/core/records/failures';
import { timingOf } from '../../../../src/core/timing/processorTiming';
import { buildInput, day, type InputSpec, READ_AT } from '../../../support/builders';
import { assertGolden } from '../../../support/golden';
import { dayRange, NOVEMBER_NODES_WITH_CAUSES, november2021, sharedDataMissing } from '../../../support/realSeasons';
import { failureRecord, failureTable } from '../../../support/records';
import { skipBecause } from '../../../support/skip';
import { attempted, ended, eventsOf, planOf, started } from '../../cli/backfillFixture';

const NOW = READ_AT + 3_600_000;
const LAYOUT = { manifest: 'backfill.yaml', link: (path: string) => path };

function factsOf(input: CoverageInput, more: Partial<HandoffInput> = {}): HandoffInput {
  const grid = classify(input);
  return {
    input,
    grid,
    scope: {},
    source: 'warehouse',
    now: NOW,
    audience: 'whoever takes over next',
    everyDate: false,
    backfills: [],
    damage: [],
    elsewhere: [],
    timing: { processors: [], problems: [] },
    memory: rememberCoverage(input, grid, NOW),
    ...more,
  };
}

function memoryOf(input: CoverageInput, at: number) {
  return rememberCoverage(input, classify(input), at);
}

function factsOfBackfill(plan: Plan, events: readonly BackfillEvent[], ownerAlive: boolean): BackfillFacts {
  const progress = progressOf(plan, events, ownerAlive);
  return { plan, progress, forecast: forecastOf({ plan, events }, progress, Date.parse('2026-11-23T14:02:50Z')) };
}

describe('a handoff', () => {
  it('tells November 2021 as it was recorded', function () {
    const missing = sharedDataMissing();
    if (missing !== undefined) skipBecause(this, missing);
    const spec = november2021(NOVEMBER_NODES_WITH_CAUSES);
    const data = spec.data ?? {};
    // The evening before, PDC had not been run again, and PCF still had a date that it has lost.
    const { '2021-11-20': _, '2021-11-21': __, ...earlier } = data['PDC'] ?? {};
    const before = buildInput({ ...spec, data: { ...data, PDC: earlier, PCF: { ...data['PCF'], '2021-11-29': 350 } } });
    const input = buildInput(spec);
    const facts = factsOf(input, {
      scope: dayRange(['2021-11-01', '2021-11-30']),
      previous: memoryOf(before, READ_AT - 43_200_000),
    });
    const handoff = handoffOf(facts);
    assertGolden('handoff/november.md', handoffMarkdown(handoff, LAYOUT).trimEnd());
    assert.deepEqual(handoffOf(facts), handoff);
  });

  const spec: InputSpec = {
    name: 'odd | names <b>& `ticks`',
    seasons: [
      ['2021-09-01', '2021-09-30'],
      ['2021-11-01', '2021-11-30'],
    ],
    nodes: [
      { id: 'RAW', phase: 'sources' },
      { id: 'PDC', phase: 'phase1', bootstrapDays: 3, needs: ['RAW'] },
      { id: 'MLFS', phase: 'phase2', bootstrapDays: 3, needs: [{ node: 'PDC', minRows: 100 }] },
    ],
    data: {
      RAW: Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`2021-11-${String(at + 1).padStart(2, '0')}`, 5])),
      PDC: { '2021-11-04': 120, '2021-11-05': 36, '2021-11-06': 120 },
      MLFS: { '2021-11-04': 214, '2021-11-05': 0 },
    },
    failures: [failureTable()],
    waivers: [
      { node: 'PDC', from: day('2021-11-20'), to: day('2021-11-25'), reason: 'a | b', author: 'ann', until: day('2021-12-09') },
      { node: 'PDC', from: day('2021-11-28'), to: day('2021-11-28'), reason: 'over', author: 'bob', until: day('2021-11-30') },
      { node: 'MLFS', from: day('2021-11-26'), to: day('2021-11-27'), reason: 'for good', author: 'ann' },
      {
        node: 'MLFS',
        from: day('2021-11-26'),
        to: day('2021-11-27'),
        reason: 'long over',
        author: 'ann',
        until: day('2021-10-01'),
      },
    ],
  };
  const input = buildInput(spec);
  const grid = classify(input);
  const plan = planOf([
    ['PDC', 4],
    ['PDC', 7],
    ['PDC', 8],
  ]);
  const events = eventsOf([
    [0, started],
    [1, attempted('PDC', 4)],
    [20, ended('PDC', 4, 19)],
    [21, attempted('PDC', 7)],
  ]);
  const endedPlan = { ...plan, id: '20261122T140211-pdc-cd34', request: { ...plan.request, reason: 'ann asked' } };
  const records = [
    failureRecord('PDC', '2021-11-07', 'PROCESSING_ERROR', { reason: 'bad | <img src=x> `x`\nsecond\u001b[31m line' }),
    failureRecord('PDC', '2021-11-04', 'INSUFFICIENT_DATA'),
  ];
  const stages = [{ name: 'extract', seconds: 12 }];
  const full: Partial<HandoffInput> = {
    problem: { message: 'The file is | locked.', since: new Date(NOW - 60_000).toISOString() },
    backfills: [
      factsOfBackfill(plan, events, true),
      factsOfBackfill({ ...plan, id: 'b2' }, events, false),
      factsOfBackfill(endedPlan, [...events, ...eventsOf([[60, { type: 'ended', result: 'failed' }]])], false),
    ],
    damage: ['The plan of backfill b3 cannot be read.'],
    failures: {
      categories: failureCategories(failuresOf(records, input, grid)),
      readAt: new Date(NOW).toISOString(),
      problems: ['ops.other was not read: no <access>.'],
    },
    timing: {
      processors: timingOf(
        [],
        [
          { processor: 'PDC', day: day('2021-11-04'), outcome: 'done', seconds: 19, stages },
          { processor: 'MLFS', day: day('2021-11-04'), outcome: 'done', seconds: 90, stages: [] },
        ],
        ['PDC', 'MLFS'],
      ),
      problems: [],
    },
  };

  it('tells everything, and nothing of it breaks the document', () => {
    const handoff = handoffOf(factsOf(input, full));
    const text = handoffMarkdown(handoff, { manifest: "it's.yaml" });
    assertGolden('handoff/everything.md', text.trimEnd());
    assert.doesNotMatch(text, /(?<!\\)<(?:img|b>)/);
    const widths = new Set<number>();
    for (const block of text.split('\n\n').filter((one) => one.startsWith('|'))) {
      const counts = block
        .trim()
        .split('\n')
        .map((line) => line.replaceAll('\\|', '').split('|').length);
      assert.equal(new Set(counts).size, 1, block);
      widths.add(counts[0] ?? 0);
    }
    assert.ok(widths.size >= 3);
    // A pipe, a tag or a control character of a message never stands bare.
    assert.equal(text.replaceAll('\n', '').replace(/\p{Cc}/gu, ''), text.replaceAll('\n', ''));
  });

  it('is data for other tools', () => {
    const report = handoffReport(handoffOf(factsOf(input, full)), input.pipeline.processors);
    assertGolden('handoff/everything.json', JSON.stringify(report, null, 2));
  });

  it('tells a long window by seasons and months, and every date where that is asked for', () => {
    const long = handoffOf(factsOf(input));
    const text = handoffMarkdown(long, LAYOUT);
    assert.match(text, /^## By season$/m);
    assert.match(text, /^\| 2021-11 +\|/m);
    assert.doesNotMatch(text, /^\| 2021-11-04 \|/m);
    const all = handoffMarkdown(handoffOf(factsOf(input, { everyDate: true })), LAYOUT);
    assert.match(all, /^\| 2021-11-04 +\| +120 \| +214 \|/m);
    assert.match(all, /^\| 2021-10-01 to 2021-10-31 +\| +- \| +- \| Outside the seasons +\|/m);
  });

  it('is bounded for a huge pipeline, and says what it left out', () => {
    const nodes = Array.from({ length: 120 }, (_, index) => ({
      id: `P${index}`,
      ...(index % 7 === 3 && { needs: [`P${index - 1}`] }),
    }));
    const huge = buildInput({
      seasons: [['2016-01-01', '2021-11-30']],
      calendars: [{ kind: 'every', name: 'weekly', every: 'week' }],
      nodes,
    });
    const handoff = handoffOf(factsOf(huge, { previous: memoryOf(buildInput({ ...spec, name: 'huge' }), READ_AT) }));
    const text = handoffMarkdown(handoff, LAYOUT);
    assert.ok(text.length < 200_000, `${text.length} characters`);
    assert.match(text, /60 processors left out, 60 of them with gaps: `backfill coverage` shows all\./);
    assert.match(text, /23 earlier months left out/);
    assert.match(text, /more groups?: `backfill gaps` lists them\./);
  });

  it('says so where there are no dates, no gaps and no report before', () => {
    const empty = buildInput({ nodes: [{ id: 'A' }], calendars: [] as never, data: { A: null } });
    const bare = (facts: CoverageInput, more: Partial<HandoffInput> = {}): [Handoff, string] => {
      const handoff = handoffOf(factsOf(facts, more));
      return [handoff, handoffMarkdown(handoff, LAYOUT)];
    };
    const none = buildInput({ nodes: [], seasons: [] });
    for (const facts of [empty, none]) {
      const [{ asOf }, text] = bare(facts);
      assert.equal(asOf, null);
      assert.match(text, /This is the first report/);
      assert.match(text, /^- Read: never; thresholds of mode backfill$/m);
    }
    const whole = buildInput({
      seasons: [['2021-11-01', '2021-11-02']],
      nodes: [{ id: 'A' }],
      data: { A: { '2021-11-01': 1, '2021-11-02': 1 } },
    });
    const [, text] = bare(whole, { previous: memoryOf(whole, READ_AT) });
    assert.match(text, /## What changed since 2021-12-02 12:00 UTC\n\nNothing: every partition is as the last report found it/);
    assert.match(text, /## Gaps by cause\n\nNo gaps\./);
    assert.match(text, /Nothing runs/);
    const told = bare(whole, { previousProblem: 'The last report is torn.' })[1];
    assert.match(told, /> The last report is torn\.\n\nThis is the first report/);
  });
});
