// Loaded by `--require` into an executor, or the process of another command, and asleep in every other process: kills it at the n-th step of
// its durable writes, or jumps its clock.
// A step is a moment before or inside of a write to the state folder; logs and beats of the lease, which change nothing, are none.
//   BACKFILL_FAULT = {"report": FILE, "command"?: "execute" (where absent) or another, "kill"?: {"at": N, "who": "executor" | "children" | "both", "afterMs"?: N}, "clock"?: {"at": N, "shiftMs": N}}
// The report gets a line for each step that was come to, and `killed WHO` where it killed: the executor where no job ran.
const fs = require('node:fs');
const { sep } = require('node:path');
const promises = require('node:fs/promises');
const childProcess = require('node:child_process');

const told = JSON.parse(process.env['BACKFILL_FAULT'] ?? '{}');
if (told.report !== undefined && process.argv[2] === (told.command ?? 'execute')) install(told);

function install({ report, kill, clock }) {
  const children = new Set();
  let steps = 0;
  const say = (line) => fs.appendFileSync(report, `${line}\n`);

  const killNow = () => {
    const living = [...children];
    const who = living.length === 0 ? 'executor' : kill.who;
    say(`killed ${who}, ${living.length} jobs ran`);
    if (who !== 'executor') for (const pid of living) killGroup(pid);
    if (who !== 'children') process.kill(process.pid, 'SIGKILL');
  };
  const step = (label) => {
    steps += 1;
    say(label);
    if (clock !== undefined && steps === clock.at) shiftClock(clock.shiftMs);
    if (kill === undefined || steps !== kill.at) return;
    if (kill.afterMs === undefined) killNow();
    else setTimeout(killNow, kill.afterMs).unref();
  };

  const open = promises.open;
  promises.open = async (path, ...rest) => {
    if (rest[0] === 'w' && nameOf(path)?.startsWith('plan.json')) step('prepare plan.json');
    const handle = await open(path, ...rest);
    if (nameOf(path) === 'events.ndjson' && rest[0] === 'a') watchEvents(handle, step);
    return handle;
  };
  const lease = { said: '', beats: false };
  /** @param {(...args: any[]) => string | undefined} labelOf of the arguments; undefined where the call is no step */
  const before = (module, name, labelOf) => {
    const real = module[name];
    module[name] = (...args) => {
      const label = labelOf(...args);
      if (label !== undefined) step(label);
      return real(...args);
    };
  };
  const hook = (/** @type {object} */ module, /** @type {string} */ ending) => {
    before(module, `writeFile${ending}`, (path, text) => {
      if (String(path).endsWith('lease.json.tmp')) look(lease, String(text));
      return labelled('write', path);
    });
    before(module, `rename${ending}`, (_, to) =>
      lease.beats && nameOf(to) === 'lease.json' ? undefined : labelled('rename', to),
    );
    before(module, `link${ending}`, (_, to) => labelled('link', to));
    before(module, `rm${ending}`, (path) => labelled('remove', path));
  };
  hook(promises, '');
  hook(fs, 'Sync');

  const spawn = childProcess.spawn;
  childProcess.spawn = (...args) => {
    const child = spawn(...args);
    if (child.pid !== undefined) {
      children.add(child.pid);
      child.once('exit', () => children.delete(child.pid));
    }
    return child;
  };
}

/** Before the lines, with half of them written, and with all of them written, before they are on the disk. */
function watchEvents(handle, step) {
  const appendFile = handle.appendFile.bind(handle);
  handle.appendFile = async (text) => {
    const label = labelOf(text);
    step(`before ${label}`);
    const half = Math.floor(text.length / 2);
    await appendFile(text.slice(0, half));
    step(`torn ${label}`);
    await appendFile(text.slice(half));
    step(`unsynced ${label}`);
  };
}

function labelOf(text) {
  const lines = text.split('\n').filter((line) => line !== '');
  const { type, processor = '', date = '' } = JSON.parse(lines[0]);
  return [type, processor, date, lines.length > 1 ? `and ${lines.length - 1} more` : ''].join(' ').trim();
}

/** What a step is called; undefined for what nobody reads, such as a file that is being prepared. */
function labelled(what, path) {
  const name = nameOf(path);
  return name === undefined || name.endsWith('.tmp') ? undefined : `${what} ${name}`;
}

/** What a path in the state folder is about, such as `lease.json`; undefined for what is none or is of no account. */
function nameOf(path) {
  const parts = String(path).split(sep);
  const at = parts.indexOf('.backfill');
  if (at < 0 || parts.includes('logs') || parts.at(-1).endsWith('.log')) return undefined;
  if (parts[at + 1] === 'claims') return `claim ${parts.at(-1).slice(0, 6)}${parts.at(-1).endsWith('.tmp') ? '.tmp' : ''}`;
  return parts[at + 1] === 'runs' ? parts.at(-1) : undefined;
}

/** A beat is a lease that says what the last one said, but for its time. */
function look(lease, text) {
  const said = text.replace(/"(at|beat)":("[^"]*"|\d+),?/g, '');
  lease.beats = lease.said === said;
  lease.said = said;
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** What was handed on as `Date` before shows the new time, too. */
function shiftClock(ms) {
  const RealDate = Date;
  const now = RealDate.now;
  RealDate.now = () => now() + ms;
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now());
      else super(...args);
    }
  };
}
