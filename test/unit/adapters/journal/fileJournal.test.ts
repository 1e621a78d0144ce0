import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { FileJournal } from '../../../../src/adapters/journal/fileJournal';
import { eventToText, readEvent } from '../../../../src/adapters/journal/journalText';
import { ownIdentity, startTimeOf } from '../../../../src/adapters/process/processIdentity';
import type { BackfillEvent, BackfillEventBody, Plan, RemoteJob, RequestKind } from '../../../../src/core/backfill/backfill';
import { progressOf } from '../../../../src/core/backfill/progress';
import { useTemporaryFolder } from '../../../support/temporaryFolder';
import { attempted, ended, planOf, started } from '../../cli/backfillFixture';

const PLAN = planOf([
  ['PDC', 5],
  ['PDC', 6],
]);
const WITH_INPUT: BackfillEventBody = {
  ...(attempted('PDC', 5) as Extract<BackfillEventBody, { type: 'attemptStarted' }>),
  inputs: [{ node: 'PGS', day: 18_936, fingerprint: 'r10', unmet: false }],
};

describe('FileJournal', () => {
  const folder = useTemporaryFolder();
  const eventsFile = () => join(folder(), 'runs', PLAN.id, 'events.ndjson');

  async function journalWith(...bodies: BackfillEventBody[]): Promise<FileJournal> {
    const journal = new FileJournal(folder());
    await journal.create(PLAN);
    if (bodies.length > 0) await journal.append(PLAN.id, ...bodies);
    return journal;
  }

  it('gives back the plan and the events that were written, to any reader', async () => {
    const journal = await journalWith(started, WITH_INPUT);
    await journal.append(PLAN.id, ended('PDC', 5, 3));
    const record = await new FileJournal(folder()).read(PLAN.id);
    assert.deepEqual(record?.plan, PLAN);
    assert.deepEqual(record?.problems, []);
    assert.deepEqual(
      record?.events.map(({ seq, at, ...body }) => ({ seq, body, at: typeof at })),
      [started, WITH_INPUT, ended('PDC', 5, 3)].map((body, index) => ({ seq: index + 1, body, at: 'string' })),
    );
  });

  it('gives back remote jobs, whatever they are called', async () => {
    const name = fc.string({ unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(name, name, fc.option(name, { nil: undefined }), name, async (attempt, project, location, job) => {
        const of = { type: 'remoteJob', attempt, processor: 'PDC', date: '2021-11-05', project, job } as const;
        const event: BackfillEvent = {
          seq: 1,
          at: '2026-11-23T14:02:12.000Z',
          ...of,
          ...(location !== undefined && { location }),
        };
        assert.deepEqual(readEvent(eventToText(event)), event);
      }),
    );
    assert.match(
      JSON.stringify(readEvent('{"seq":1,"at":"2026-11-23T14:02:12.000Z","type":"remoteJob","attempt":"a"}')),
      /processor/,
    );
  });

  it('keeps dates as ISO text in the file', async () => {
    await journalWith(started, WITH_INPUT);
    const line: unknown = JSON.parse((await readFile(eventsFile(), 'utf8')).split('\n')[1] ?? '');
    assert.deepEqual((line as { inputs: unknown }).inputs, [
      { node: 'PGS', date: '2021-11-05', fingerprint: 'r10', unmet: false },
    ]);
  });

  it('writes a plan once', async () => {
    const journal = await journalWith();
    await assert.rejects(journal.create(PLAN), { name: 'JournalError', kind: 'exists' });
    await assert.rejects(journal.create({ ...PLAN, id: '../outside' }), { name: 'JournalError', kind: 'unwritable' });
    assert.deepEqual(await readdir(folder()), ['runs']);
  });

  it('refuses events of a backfill that does not exist', async () => {
    const journal = new FileJournal(folder());
    await assert.rejects(journal.append('20990101T000000-x', started), { kind: 'unknownBackfill' });
    await assert.rejects(journal.request('20990101T000000-x', { kind: 'cancel' }, 'me'), { kind: 'unknownBackfill' });
    assert.equal(await journal.read('20990101T000000-x'), undefined);
  });

  it('lists the newest first and leaves out what has no readable plan', async () => {
    const journal = await journalWith();
    await journal.create({ ...PLAN, id: '20261124-000000-zz99' });
    await mkdir(join(folder(), 'runs', '20261125-000000-half'));
    await mkdir(join(folder(), 'runs', '20261126-000000-other'));
    await writeFile(join(folder(), 'runs', '20261126-000000-other', 'plan.json'), '{"version":7}');
    assert.deepEqual(await journal.list(), ['20261124-000000-zz99', PLAN.id]);
  });

  it('keeps all other runs where the events of one cannot be read', async () => {
    const journal = await journalWith(started, attempted('PDC', 5), ended('PDC', 5, 3));
    const broken = '20261124-000000-zz99';
    await journal.create({ ...PLAN, id: broken });
    // A folder in place of a file fails for every user, as missing permissions do for most.
    await mkdir(join(folder(), 'runs', broken, 'events.ndjson'));
    const reader = new FileJournal(folder());
    assert.deepEqual(await reader.list(), [broken, PLAN.id]);
    assert.equal((await reader.ledger()).last.get('PDC 2021-11-05')?.outcome, 'done');
    assert.match((await reader.read(broken))?.problems[0] ?? '', /^events\.ndjson cannot be read \(.*EISDIR/);
    const [damage, ...others] = await reader.damage();
    assert.deepEqual([damage?.id, damage?.what, others], [broken, 'events', []]);
    await assert.rejects(reader.append(broken, started), { kind: 'unwritable' });
  });

  it('counts the attempts of a run whose plan cannot be read, and says so', async () => {
    await journalWith(started, attempted('PDC', 5), ended('PDC', 5, 3, { outcome: 'failed' }), attempted('PDC', 6));
    for (const text of ['{"version":7}', undefined]) {
      const path = join(folder(), 'runs', PLAN.id, 'plan.json');
      await (text === undefined ? rm(path) : writeFile(path, text));
      const reader = new FileJournal(folder());
      const { last } = await reader.ledger();
      assert.equal(last.get('PDC 2021-11-05')?.outcome, 'failed');
      assert.equal(last.get('PDC 2021-11-06')?.outcome, 'interrupted');
      assert.equal(await reader.ledger(), await reader.ledger());
      const [damage] = await reader.damage();
      assert.deepEqual([damage?.id, damage?.what, damage?.events.length], [PLAN.id, 'plan', 4]);
    }
  });

  it('tells how many lines of events cannot be read', async () => {
    const journal = await journalWith(started);
    await appendFile(eventsFile(), 'garbage\n{"seq":2}\n');
    const [damage] = await journal.damage();
    assert.equal(damage?.message, `2 lines of events of ${PLAN.id} cannot be read.`);
    assert.equal(damage?.what, 'lines');
  });

  it('goes on without a state folder that it can use, and says what to do', async () => {
    await writeFile(join(folder(), 'state'), '');
    for (const path of [join(folder(), 'state'), folder()]) {
      if (path === folder()) await writeFile(join(folder(), 'runs'), '');
      const journal = new FileJournal(path);
      assert.deepEqual(await journal.list(), []);
      assert.equal((await journal.ledger()).last.size, 0);
      assert.match((await journal.damage())[0]?.message ?? '', /is a file and has to be a folder: move it away\.$/);
      await assert.rejects(journal.create(PLAN), { kind: 'unwritable', message: /is a file and has to be a folder/ });
    }
  });

  it('sees what another process appended', async () => {
    const reader = await journalWith(started);
    assert.equal((await reader.read(PLAN.id))?.events.length, 1);
    await new FileJournal(folder()).append(PLAN.id, attempted('PDC', 5));
    assert.equal((await reader.read(PLAN.id))?.events.length, 2);
  });

  it('keeps the order of appends that were made at once', async () => {
    const journal = await journalWith();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => journal.append(PLAN.id, { type: 'note', message: String(index) })),
    );
    const { events = [], problems } = (await journal.read(PLAN.id)) ?? {};
    assert.deepEqual(problems, []);
    assert.deepEqual(
      events.map((event) => event.type === 'note' && event.message),
      Array.from({ length: 30 }, (_, index) => String(index)),
    );
  });

  it('reports a torn last line, and starts a fresh line after it', async () => {
    await journalWith(started, attempted('PDC', 5), ended('PDC', 5, 3));
    const { length } = await readFile(eventsFile());
    await truncate(eventsFile(), length - 20);
    const journal = new FileJournal(folder());
    const torn = await journal.read(PLAN.id);
    assert.equal(torn?.events.length, 2);
    assert.match(torn.problems.join(), /line 3 is incomplete/);

    await journal.append(PLAN.id, { type: 'note', message: 'on' });
    const after = await journal.read(PLAN.id);
    assert.deepEqual(
      after?.events.map(({ seq, type }) => [seq, type]),
      [
        [1, 'started'],
        [2, 'attemptStarted'],
        [3, 'note'],
      ],
    );
    assert.match(after.problems.join(), /line 3 is left out/);
    assert.equal((await readFile(eventsFile(), 'utf8')).split('\n').length, 5);
  });

  it('takes a last line that lacks only its end', async () => {
    await journalWith(started, attempted('PDC', 5));
    await truncate(eventsFile(), (await readFile(eventsFile())).length - 1);
    const journal = new FileJournal(folder());
    assert.equal((await journal.read(PLAN.id))?.events.length, 2);
    await journal.append(PLAN.id, ended('PDC', 5, 3));
    const { events = [], problems } = (await journal.read(PLAN.id)) ?? {};
    assert.deepEqual([events.map(({ seq }) => seq), problems], [[1, 2, 3], []]);
  });

  it('leaves out lines that it cannot read, and says which', async () => {
    const journal = await journalWith(started);
    await appendFile(eventsFile(), 'no JSON\n{"seq":2,"at":"2026-11-23T14:02:12.000Z","type":"fromTheFuture"}\n');
    await appendFile(eventsFile(), '{"seq":3,"at":"2026-11-23T14:02:12.000Z","type":"note","message":"read"}\n');
    const { events = [], problems = [] } = (await journal.read(PLAN.id)) ?? {};
    assert.deepEqual(
      events.map(({ type }) => type),
      ['started', 'note'],
    );
    assert.equal(problems.length, 3, problems.join('\n'));
    assert.match(problems.join('\n'), /line 2 is left out[\s\S]*line 3 is left out[\s\S]*line 4 has seq 3 after 1/);
  });

  it('reads again from the start what was replaced', async () => {
    const journal = await journalWith(started, attempted('PDC', 5));
    assert.equal((await journal.read(PLAN.id))?.events.length, 2);
    await truncate(eventsFile(), 0);
    await appendFile(eventsFile(), '{"seq":1,"at":"2026-11-23T14:02:12.000Z","type":"note","message":"new"}\n');
    assert.deepEqual(
      (await journal.read(PLAN.id))?.events.map(({ type }) => type),
      ['note'],
    );
  });

  describe('requests', () => {
    const append = (journal: FileJournal, request: string, kind: RequestKind) =>
      journal.append(PLAN.id, { type: 'requested', request, kind, by: 'me', answer: 'done' });
    const names = async (journal: FileJournal) => (await journal.requests(PLAN.id)).map(({ name }) => name);

    it('keeps the first of equal ones until it is answered, and then takes another', async () => {
      const journal = await journalWith();
      assert.deepEqual(await journal.requests(PLAN.id), []);
      await journal.request(PLAN.id, { kind: 'pause' }, 'the sidebar');
      await journal.request(PLAN.id, { kind: 'pause' }, 'a terminal');
      await journal.request(PLAN.id, { kind: 'continue' }, 'a terminal');
      assert.deepEqual(await journal.requests(PLAN.id), [
        { name: '000001-pause.json', kind: 'pause', by: 'the sidebar', session: 1 },
        { name: '000002-continue.json', kind: 'continue', by: 'a terminal', session: 1 },
      ]);
      await append(journal, '000001-pause.json', 'pause');
      await journal.request(PLAN.id, { kind: 'pause' }, 'a terminal');
      assert.deepEqual(await names(journal), ['000001-pause.json', '000002-continue.json', '000003-pause.json']);
    });

    it('ends with what was asked for last', async () => {
      const journal = await journalWith();
      for (const kind of ['pause', 'continue', 'pause', 'pause', 'cancel', 'cancel', 'pause'] as const)
        await journal.request(PLAN.id, { kind }, 'a terminal');
      assert.deepEqual(await names(journal), [
        '000001-pause.json',
        '000002-continue.json',
        '000003-pause.json',
        '000004-cancel.json',
      ]);
    });

    it('gives every request that many processes make at once a name of its own', async () => {
      const first = await journalWith();
      const journals = [first, ...[1, 2, 3].map(() => new FileJournal(folder()))];
      const attempts = ['A-2021-11-01-1', 'A-2021-11-02-1', 'A-2021-11-03-1'];
      await Promise.all(
        journals.flatMap((journal, index) =>
          attempts.map((attempt) => journal.request(PLAN.id, { kind: 'endJob', attempt: `${attempt}${index}` }, 'me')),
        ),
      );
      assert.equal(new Set(await names(first)).size, 12);
    });

    it('takes what is left by hand, and the request to cancel of older releases', async () => {
      const journal = await journalWith();
      const folder = join(journal.folder(PLAN.id), 'requests');
      await mkdir(folder);
      await writeFile(join(folder, 'pause'), '');
      await writeFile(join(folder, 'mine'), '{"kind":"endJob","attempt":"A-2021-11-01-1"}');
      await writeFile(join(folder, 'half.json'), '{"kind":"endJ');
      await writeFile(join(folder, 'endJob.json'), '{"by":"me"}');
      await writeFile(join(journal.folder(PLAN.id), 'cancel.json'), '{"by":"ann","at":"2021-11-05T10:00:00.000Z"}');
      assert.deepEqual(await journal.requests(PLAN.id), [
        { name: 'cancel.json', kind: 'cancel', by: 'ann' },
        { name: 'mine', kind: 'endJob', attempt: 'A-2021-11-01-1', by: 'somebody' },
        { name: 'pause', kind: 'pause', by: 'somebody' },
      ]);
    });
  });

  it('folds all backfills into one ledger, and makes it anew only when something changed', async () => {
    const journal = await journalWith(started, attempted('PDC', 5), ended('PDC', 5, 3, { after: 'r214 e- k- w- c' }));
    const ledger = await journal.ledger();
    assert.equal(ledger.last.get('PDC 2021-11-05')?.outcome, 'done');
    assert.equal(await journal.ledger(), ledger);
    await journal.append(PLAN.id, attempted('PDC', 6));
    const next = await journal.ledger();
    assert.notEqual(next, ledger);
    assert.equal(next.last.get('PDC 2021-11-06')?.outcome, 'interrupted', 'nobody owns it');
  });

  describe('claims', () => {
    it('belong to one', async () => {
      const journal = await journalWith();
      assert.equal(await journal.ownerAlive(PLAN.id), false);
      const claims = await Promise.all(Array.from({ length: 8 }, () => new FileJournal(folder()).claim(PLAN.id)));
      const got = claims.filter((claim) => claim !== undefined);
      assert.equal(got.length, 1);
      assert.deepEqual(got[0]?.owner, ownIdentity());
      assert.equal(await journal.ownerAlive(PLAN.id), true);
      await got[0].release();
      assert.equal(await journal.ownerAlive(PLAN.id), false);
    });

    it('hold the partitions of the plan', async () => {
      const journal = await journalWith(started, attempted('PDC', 5));
      const claim = await journal.claim(PLAN.id);
      assert.deepEqual(
        [...(await journal.ledger()).active],
        [
          ['PDC 2021-11-05', { backfill: PLAN.id, state: 'running' }],
          ['PDC 2021-11-06', { backfill: PLAN.id, state: 'queued' }],
        ],
      );
      await claim?.release();
      const freed = await journal.ledger();
      assert.deepEqual([freed.active.size, freed.last.get('PDC 2021-11-05')?.outcome], [0, 'interrupted']);
    });

    it('of a dead process are void, and who takes it over gets the child that it left', async () => {
      const journal = await journalWith();
      const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
      const pid = child.pid ?? 0;
      await ownerFile({ ...ownIdentity(), pid: 2 ** 22 + 1 });
      const job = { pid, startTime: startTimeOf(pid), attempt: 'PDC-2021-11-05-1' };
      await lease({ children: [job, { pid: 2 ** 22 + 2, startTime: '1', attempt: 'PDC-2021-11-06-1' }] });
      const record = await journal.read(PLAN.id);
      assert.deepEqual([record?.ownerAlive, record?.jobsLeft], [false, true]);
      const claim = await journal.claim(PLAN.id);
      assert.equal(claim?.session, 2);
      assert.deepEqual(claim.left, { jobs: [job], known: ['PDC-2021-11-05-1', 'PDC-2021-11-06-1'] });
      claim.setChildren([]);
      assert.match(await readFile(join(folder(), 'runs', PLAN.id, 'lease.json'), 'utf8'), new RegExp(`"pid":${pid}`));
      child.stdin.end();
      await once(child, 'exit');
      claim.setChildren([]);
      assert.match(await readFile(join(folder(), 'runs', PLAN.id, 'lease.json'), 'utf8'), /"children":\[\]/);
      await claim.release();
      assert.deepEqual(
        (await readdir(join(folder(), 'runs', PLAN.id))).filter((name) => name.startsWith('owner')),
        ['owner-1.json', 'owner-2.json'],
      );
    });

    it('of a pid that was used again are void', async () => {
      const journal = await journalWith();
      await ownerFile({ ...ownIdentity(), startTime: '1' });
      assert.equal(await journal.ownerAlive(PLAN.id), false);
    });

    it('from elsewhere live as long as their lease is fresh', async () => {
      const journal = await journalWith();
      for (const [index, elsewhere] of [{ host: `not-${hostname()}` }, { pidNamespace: 'pid:[1]' }].entries()) {
        const id = `${PLAN.id}-${index}`;
        await journal.create({ ...PLAN, id });
        await ownerFile({ ...ownIdentity(), ...elsewhere }, id);
        await lease({ at: new Date(Date.now() - 121_000).toISOString(), everyMs: 10 }, id);
        assert.equal(await journal.ownerAlive(id), false);
        await lease({ everyMs: 10 }, id);
        assert.equal(await journal.ownerAlive(id), true);
        assert.equal(await journal.claim(id), undefined);
      }
    });

    it('from elsewhere live whatever the clock says, as long as they beat', async () => {
      const journal = await journalWith();
      await ownerFile({ ...ownIdentity(), host: `not-${hostname()}` });
      const stale = { at: new Date(Date.now() - 86_400_000).toISOString(), everyMs: 100 };
      await lease({ ...stale, beat: 0 });
      assert.equal(await journal.ownerAlive(PLAN.id), false, 'by the clock');
      let beat = 0;
      const beating = setInterval(() => void lease({ ...stale, beat: ++beat }), 50);
      assert.equal(await journal.claim(PLAN.id), undefined, 'it was seen to beat');
      clearInterval(beating);
      assert.equal(await journal.ownerAlive(PLAN.id), true);
    });

    it('from before a reboot are void, and partitions that they claimed free', async () => {
      const journal = await journalWith(started, attempted('PDC', 5));
      await ownerFile({ ...ownIdentity(), boot: 'another', pid: process.pid });
      await lease({ at: new Date(Date.now() - 1_000).toISOString(), everyMs: 10 });
      assert.equal((await journal.read(PLAN.id))?.ownerAlive, false);
      assert.equal((await journal.ledger()).active.size, 0);
      const claim = await journal.claim(PLAN.id);
      assert.equal(claim?.session, 2);
      await claim.release();
    });

    it('are never seen half-written, and an empty one is as old as its file', async () => {
      const journal = await journalWith();
      await writeFile(join(folder(), 'runs', PLAN.id, 'owner-1.json'), '');
      assert.equal(await journal.ownerAlive(PLAN.id), true, 'somebody may be writing it');
      assert.equal(await journal.claim(PLAN.id), undefined);
    });

    it('are asked each for themselves', async () => {
      const journal = await journalWith(started);
      await ownerFile({ ...ownIdentity(), pid: 2 ** 22 + 1 });
      await journal.request(PLAN.id, { kind: 'cancel' }, 'the first');
      const claim = await journal.claim(PLAN.id);
      await journal.request(PLAN.id, { kind: 'cancel' }, 'the second');
      const next = await journal.requests(PLAN.id);
      assert.deepEqual(
        next.map(({ by, session }) => [by, session]),
        [['the first', 2]],
      );
      await claim?.release();
      await journal.request(PLAN.id, { kind: 'cancel' }, 'the third');
      assert.deepEqual((await journal.requests(PLAN.id)).at(-1), {
        ...{ name: '000002-cancel.json', kind: 'cancel', by: 'the third', session: 3 },
      });
    });

    describe('of partitions', () => {
      const DEAD = '20261123T120000-pdc-dead';
      const PARTITION = { processor: 'PDC', tables: ['mart.pdc'], date: '2021-11-05' };
      const JOB = { project: 'nba', location: 'us-west2', job: 'backfill_1' };
      const never = () => Promise.reject(new Error('nobody is to be asked'));

      /** What an executor left that submitted a job and died. */
      async function dieWith(job: typeof JOB | undefined): Promise<void> {
        const journal = new FileJournal(folder());
        await journal.create({ ...PLAN, id: DEAD });
        const claim = await journal.claim(DEAD);
        const hold = await claim?.takePartitions([PARTITION], never);
        assert.equal(hold?.others.size, 0);
        if (job !== undefined) await hold?.setRemoteJob(0, job);
        await claim?.release();
      }
      const take = async (isRunning: (job: RemoteJob) => Promise<boolean>) => {
        const claim = await (await journalWith()).claim(PLAN.id);
        const hold = await claim?.takePartitions([PARTITION], isRunning);
        await claim?.release();
        return hold?.others.get(0);
      };

      it('are void with their backfill, where it left no job', async () => {
        await dieWith(undefined);
        assert.equal(await take(never), undefined);
      });

      it('last as long as a job that it left runs, or may run', async () => {
        await dieWith(JOB);
        const asked: RemoteJob[] = [];
        const held = await take(async (job) => asked.push(job) > 0);
        assert.deepEqual([held, asked[0]], [{ backfill: DEAD, job: JOB }, JOB]);
      });

      it('last where nobody can say whether it runs', async () => {
        await dieWith(JOB);
        assert.deepEqual(await take(() => Promise.reject(new Error('unreachable'))), { backfill: DEAD, job: JOB });
      });

      it('are void once it has ended', async () => {
        await dieWith(JOB);
        assert.equal(await take(async () => false), undefined);
        assert.equal(
          (await readdir(join(folder(), 'claims'))).some((name) => name.includes(DEAD)),
          false,
        );
      });
    });

    async function ownerFile(owner: object, id = PLAN.id): Promise<void> {
      await writeFile(join(folder(), 'runs', id, 'owner-1.json'), JSON.stringify(owner));
    }
    async function lease(parts: object, id = PLAN.id): Promise<void> {
      const text = JSON.stringify({ claim: 1, at: new Date().toISOString(), released: false, children: [], ...parts });
      await writeFile(join(folder(), 'runs', id, 'lease.json'), text);
    }
  });

  describe('watching', function () {
    this.timeout(10_000);

    it('tells of new backfills, of events and of owners that come and go', async () => {
      const journal = new FileJournal(folder(), { pollMs: 50 });
      const heard = listenTo(journal);
      try {
        const other = new FileJournal(folder());
        await other.create(PLAN);
        await heard.next();
        await other.append(PLAN.id, started);
        await heard.next(async () => (await journal.read(PLAN.id))?.events.length === 1);
        const claim = await other.claim(PLAN.id);
        await heard.next(async () => phase(journal, PLAN, await journal.ownerAlive(PLAN.id)).then((text) => text === 'running'));
        await claim?.release();
        await heard.next(async () =>
          phase(journal, PLAN, await journal.ownerAlive(PLAN.id)).then((text) => text === 'interrupted'),
        );
      } finally {
        heard.stop();
      }
    });

    it('names all backfills at first, and tells nothing after it was stopped', async () => {
      const journal = await journalWith(started, { type: 'ended', result: 'done' });
      const heard = listenTo(journal);
      const stopped = listenTo(journal);
      await Promise.all([heard.next(), stopped.next()]);
      stopped.stop();
      await new FileJournal(folder()).create({ ...PLAN, id: '20261124-000000-zz99' });
      await heard.next();
      heard.stop();
      assert.deepEqual(heard.told, [PLAN.id, '20261124-000000-zz99']);
      assert.deepEqual(stopped.told, [PLAN.id]);
    });

    function listenTo(journal: FileJournal) {
      let wake: (() => void) | undefined;
      let rang = false;
      const told: string[] = [];
      const stop = journal.watch((ids) => {
        told.push(...ids);
        rang = true;
        wake?.();
      });
      return {
        told,
        stop,
        /** Resolves at the next call after which the condition holds. */
        async next(holds: () => Promise<boolean> = async () => true): Promise<void> {
          for (;;) {
            if (!rang) {
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
            }
            rang = false;
            if (await holds()) return;
          }
        },
      };
    }

    async function phase(journal: FileJournal, plan: Plan, alive: boolean): Promise<string> {
      return progressOf(plan, (await journal.read(plan.id))?.events ?? [], alive).phase;
    }
  });
});
