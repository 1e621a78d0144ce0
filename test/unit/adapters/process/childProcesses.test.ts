import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChildProcesses } from '../../../../src/adapters/process/childProcesses';
import { cleanEnvironment } from '../../../../src/adapters/process/cleanEnvironment';
import { startTimeOf } from '../../../../src/adapters/process/processIdentity';
import type { ChildCommand } from '../../../../src/app/execution/children';
import { skipBecause } from '../../../support/skip';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('ChildProcesses', () => {
  const folder = useTemporaryFolder();
  const never = new AbortController().signal;
  const node = (script: string, more: Partial<ChildCommand> = {}): ChildCommand => ({
    argv: [process.execPath, '-e', script],
    cwd: folder(),
    env: {},
    log: join(folder(), 'logs', 'a.log'),
    ...more,
  });
  const run = (command: ChildCommand, signal = never, started: (pid: number) => void = () => undefined) =>
    new ChildProcesses({ graceMs: 200 }).run(command, signal, started);

  it('tells the exit code and the last line of the output', async () => {
    assert.deepEqual(await run(node("console.log('out'); console.error('err\\n\\n'); process.exit(7)")), {
      how: 'exited',
      code: 7,
      tellingLine: 'err',
    });
    assert.equal(await readFile(join(folder(), 'logs', 'a.log'), 'utf8'), 'out\nerr\n\n\n');
  });

  it('appends to a log that is there', async () => {
    await run(node("process.stdout.write('one ')"));
    await run(node("process.stdout.write('two')"));
    assert.equal(await readFile(join(folder(), 'logs', 'a.log'), 'utf8'), 'one two');
  });

  it('tells the signal of somebody else', async () => {
    assert.deepEqual(await run(node("process.kill(process.pid, 'SIGKILL')")), { how: 'signal', signal: 'SIGKILL' });
  });

  it('passes arguments as they are, without a shell', async () => {
    const words = ['$HOME', 'a b', '*', '; exit 9', '"'];
    await run(
      node('process.stdout.write(JSON.stringify(process.argv.slice(1)))', {
        argv: [process.execPath, '-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', ...words],
      }),
    );
    assert.deepEqual(JSON.parse(await readFile(join(folder(), 'logs', 'a.log'), 'utf8')), words);
  });

  it('gives nothing to read, so that a job that asks gets an end', async () => {
    assert.equal((await run(node("process.stdin.on('end', () => process.exit(4)).resume()"))).how, 'exited');
  });

  for (const how of ['cancelled', 'timeout'] as const) {
    it(`ends the whole group when it is ${how}, a child that ignores requests included`, async () => {
      const stubborn = "process.on('SIGTERM',()=>{});console.log(process.pid);setInterval(()=>{},1000)";
      const script = `require('child_process').spawn(process.execPath,['-e',${JSON.stringify(stubborn)}],{stdio:'inherit'});setInterval(()=>{},1000)`;
      const stop = new AbortController();
      const log = join(folder(), 'logs', 'a.log');
      const running = run(node(script, how === 'timeout' ? { timeoutMs: 1500 } : {}), stop.signal);
      let pid = 0;
      while (pid === 0) {
        pid = Number((await readFile(log, 'utf8').catch(() => '')).trim());
        await new Promise((next) => setImmediate(next));
      }
      assert.notEqual(startTimeOf(pid), undefined);
      if (how === 'cancelled') stop.abort();
      assert.deepEqual(await running, { how });
      assert.equal(startTimeOf(pid), undefined);
    });
  }

  describe('of a wrapper that ends before what it started', () => {
    const wrapper = (end: string, inner: string) =>
      `const c=require('child_process').spawn(process.execPath,['-e',${JSON.stringify(inner)}],{stdio:['ignore','pipe','inherit']});` +
      `c.stdout.once('data',(d)=>{process.stdout.write(d);${end}})`;
    // Says its pid, and later, unless it is ended, writes.
    const quiet =
      "console.log(process.pid);process.stdout.on('error',()=>{});setTimeout(()=>require('fs').writeFileSync('late','x'),1500)";
    const writerOf = async () => Number((await readFile(join(folder(), 'logs', 'a.log'), 'utf8')).split('\n')[0]);
    const late = () => readFile(join(folder(), 'late'), 'utf8').catch(() => '');

    it('waits for it after a good end', async () => {
      const exit = await run(node(wrapper('process.exit(0)', quiet)));
      assert.deepEqual([exit.how, await late()], ['exited', 'x']);
      assert.equal(startTimeOf(await writerOf()), undefined);
    });

    it('waits no longer than its time', async () => {
      const forever = "console.log(process.pid);process.stdout.on('error',()=>{});setInterval(()=>{},1000)";
      assert.deepEqual(await run(node(wrapper('process.exit(0)', forever), { timeoutMs: 1000 })), { how: 'timeout' });
      assert.equal(startTimeOf(await writerOf()), undefined);
    });

    for (const [end, how] of [
      ["process.kill(process.pid,'SIGKILL')", 'signal'],
      ['process.exit(3)', 'exited'],
    ] as const) {
      it(`ends it after ${end}`, async () => {
        const exit = await run(node(wrapper(end, quiet)));
        assert.equal(exit.how, how);
        assert.equal(startTimeOf(await writerOf()), undefined, 'it is gone when the attempt is judged');
        assert.equal(await late(), '');
      });
    }
  });

  describe('that say nothing', function () {
    this.timeout(20_000);
    const watch = (afterMs: number) => {
      const said: string[] = [];
      const silence = {
        afterMs,
        silent: () => said.push('silent'),
        heard: () => said.push('heard'),
        ended: (seconds: number) => said.push(`ended after ${seconds >= afterMs / 1000 ? 'a silence' : 'none'}`),
      };
      return { said, silence };
    };

    it('are called silent once, and heard when they speak again', async () => {
      const { said, silence } = watch(1000);
      await run(node("setTimeout(() => console.log('here'), 2000); setTimeout(() => {}, 2600)", { silence }));
      assert.deepEqual(said, ['silent', 'heard', 'ended after a silence']);
    });

    it('are not while they speak', async () => {
      const { said, silence } = watch(2000);
      await run(
        node('let n = 0; const t = setInterval(() => { console.log(n); if (++n > 12) clearInterval(t) }, 250)', { silence }),
      );
      assert.deepEqual(said, ['ended after none']);
    });

    it('have slept where this process did: that is no silence, and takes nothing of their time', async function () {
      if (process.platform === 'win32') skipBecause(this, 'Windows stops no processes by signals');
      const { said, silence } = watch(3000);
      // Both are stopped for longer than the limits, as by a lid that is closed.
      const sleeper = `const pid = ${process.pid}; const { execFile } = require('node:child_process');
        setTimeout(() => execFile('sh', ['-c', 'kill -STOP ' + pid + '; sleep 5; kill -CONT ' + pid], () => process.exit(0)), 500);`;
      assert.equal((await run(node(sleeper, { silence, timeoutMs: 4000 }))).how, 'exited');
      assert.deepEqual(said, ['ended after none']);
    });
  });

  it('starts nothing after it was cancelled', async () => {
    const exit = await run(node(''), AbortSignal.abort(), () => assert.fail('started'));
    assert.deepEqual(exit, { how: 'cancelled' });
  });
});

describe('cleanEnvironment', () => {
  it('takes out what VS Code and the product put there, and adds what the manifest says', () => {
    const own = {
      PATH: '/shim:/bin',
      HOME: '/h',
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_IPC_HOOK: 'x',
      BACKFILL_HOME: 'y',
      PYTHONPATH: '/p',
    };
    assert.deepEqual(cleanEnvironment(own, { PYTHONPATH: '.' }), { PATH: '/shim:/bin', HOME: '/h', PYTHONPATH: '.' });
  });
});
