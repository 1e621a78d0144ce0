import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FAILURE = 'SimilarityModelError: no answer from the similarity model within 30 s';
const LOG = 'logs/predictions.log';

/**
 * Writes the journal of a past backfill in which one date failed, as an executor would have left it: docs/journal.md.
 * @param {string} workspace
 * @param {NonNullable<import('./holes.mjs').Hole['journal']>} past
 * @param {{ pipeline: string, command: string[], rowsOf: (date: string) => number }} facts
 */
export function writePastBackfill(workspace, { id, processor, done, failed }, { pipeline, command, rowsOf }) {
  const dates = [...done, failed].sort();
  let clock = Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d).*/, '$1-$2-$3T$4:$5:$6.000Z'));
  const plan = {
    version: 1,
    id,
    pipeline,
    manifest: join(workspace, 'backfill.yaml'),
    createdAt: new Date(clock).toISOString(),
    mode: 'backfill',
    request: {
      processors: [processor],
      dates,
      choices: ['missing'],
      withUpstream: false,
      withDownstream: false,
      order: 'oldest',
      slots: 1,
      policy: 'continue',
      overrides: [],
      reason: 'New model',
    },
    jobs: [
      { processor, method: 'list', command, slots: 1, hash: createHash('sha256').update(JSON.stringify(command)).digest('hex') },
    ],
    partitions: dates.map((date) => ({
      processor,
      date,
      action: 'run',
      status: 'missing',
      why: 'missing; its needs are met',
      preflight: 'allowed',
    })),
    warnings: [],
  };

  /** @type {object[]} */
  const events = [];
  /** @type {string[]} */
  const log = [];
  const event = (/** @type {object} */ body) => {
    events.push({ seq: events.length + 1, at: new Date(clock).toISOString(), ...body });
  };
  const line = (/** @type {string} */ level, /** @type {string} */ text) => {
    log.push(`${new Date(clock).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)} - ${level} - ${text}`);
  };

  clock += 1_200;
  event({ type: 'started', owner: { host: 'last-winter', boot: 'ended', pidNamespace: 'ended', pid: 4242, startTime: '0' } });
  line('INFO', `Starting player prop predictions for ${dates.length} dates from ${dates[0]} to ${dates.at(-1)}`);
  dates.forEach((date, index) => {
    const partition = { attempt: `${processor}-${date}-1`, processor, date };
    event({ type: 'attemptStarted', ...partition, before: fingerprint(0), rowsBefore: 0, inputs: [], log: LOG });
    line('INFO', `Processing game date ${index + 1}/${dates.length}: ${date}`);
    const seconds = date === failed ? 30.2 : 1.9 + 0.3 * index;
    clock += 1000 * seconds;
    if (date === failed) {
      line('ERROR', `  ✗ Failed: ${FAILURE}`);
      log.push(`Error: ${FAILURE}`, '    at predict (jobs/model.mjs:41:11)', '    at async makeDate (jobs/job.mjs:77:14)');
      const cause = { category: 'exit', message: FAILURE, signature: FAILURE.replaceAll(/\d+/g, '#') };
      event({ type: 'attemptEnded', ...partition, outcome: 'failed', after: fingerprint(0), rowsAfter: 0, seconds, ...cause });
    } else {
      const rows = rowsOf(date);
      line('INFO', `  ✓ Success: ${rows} rows in ${seconds.toFixed(1)}s`);
      event({ type: 'attemptEnded', ...partition, outcome: 'done', after: fingerprint(rows), rowsAfter: rows, seconds });
    }
  });
  line('INFO', `BACKFILL SUMMARY: ${done.length} successful, 1 failed`);
  event({ type: 'ended', result: 'failed' });

  const folder = join(workspace, '.backfill/runs', id);
  mkdirSync(join(folder, 'logs'), { recursive: true });
  writeFileSync(join(folder, 'plan.json'), `${JSON.stringify(plan, undefined, 1)}\n`);
  writeFileSync(join(folder, 'events.ndjson'), events.map((one) => `${JSON.stringify(one)}\n`).join(''));
  writeFileSync(join(folder, LOG), `${log.join('\n')}\n`);
}

/** A fingerprint of rows alone, which agrees with every fuller one of as many rows. */
function fingerprint(/** @type {number} */ rows) {
  return `r${rows} e- k- w- c`;
}
