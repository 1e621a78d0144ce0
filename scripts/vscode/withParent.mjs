// Runs a program in the process group that this one leads, until standard input ends: so it never outlives the script that holds
// the other end, not even one that is killed.
// @ts-check
import { spawn } from 'node:child_process';

const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('exit', (code) => process.exit(code ?? 1));
process.stdin.once('end', () => process.kill(-process.pid, 'SIGKILL')).resume();
